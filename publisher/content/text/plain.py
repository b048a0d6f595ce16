"""The plain words of a sanitised tree: blocks for the summary and tags, and one text."""

from __future__ import annotations

import re
from html import escape

from lxml import etree

from publisher.content.text.lexicon import words
from publisher.valueclass import valueclass

_BLOCKS = words(
    "p div blockquote pre h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table tbody thead tfoot tr "
    "caption figure figcaption hr details summary"
)
_SPACE = re.compile(r"[ \t\n\r\f]+")


@valueclass(kw_only=False)
class Block:
    """A piece of text that stands by itself; `kind` is the name of its element."""

    kind: str
    text: str

    @property
    def is_prose(self) -> bool:
        """Whether it is running text: no heading, list, table or caption."""
        return self.kind in {"p", "div", "blockquote"}


def blocks_of(root: etree._Element) -> list[Block]:
    """The blocks of a tree in reading order, none empty."""
    walk = _Walk()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            walk.enter(element, is_root=element is root)
        else:
            walk.leave(element, is_root=element is root)
    walk.flush()
    return walk.blocks


def text_of(blocks: list[Block]) -> str:
    """One text, a blank line between paragraphs; items of a list and rows stand close together."""
    parts: list[str] = []
    close = {"li", "tr"}
    for number, block in enumerate(blocks):
        if number:
            together = block.kind in close and blocks[number - 1].kind == block.kind
            parts.append("\n" if together else "\n\n")
        parts.append(block.text)
    return "".join(parts)


def single_spaced(text: str) -> str:
    """A line as HTML shows it: what it calls white space counts as one space, none around."""
    if not text.isascii():
        return _SPACE.sub(" ", text).strip()
    # Of what separates words by Unicode, ASCII has only what HTML calls white space.
    return " ".join(text.split())


def plain_as_html(text: str) -> str:
    """Plain text as paragraphs."""
    parts = re.split(r"\n\s*\n", escape(text.strip(), quote=False))
    return "".join(f"<p>{'<br>'.join(part.splitlines())}</p>" for part in parts if part.strip())


class _Walk:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.open: list[str] = ["div"]
        self.counters: list[int | None] = []
        self.mark = ""
        self.verbatim = 0

    def enter(self, element: etree._Element, *, is_root: bool) -> None:
        tag = element.tag
        if tag in _BLOCKS and not is_root:
            self.flush()
            self.open.append(tag)
            self.verbatim += tag == "pre"
            if tag in {"ul", "ol"}:
                self.counters.append(_start(element) if tag == "ol" else None)
            elif tag == "li":
                self.mark = self._item_mark()
        elif tag == "br":
            self.parts.append("\0")
        elif tag in {"td", "th"} and "".join(self.parts).strip():
            self.parts.append(" | ")
        self.parts.append(element.text or "")

    def leave(self, element: etree._Element, *, is_root: bool) -> None:
        tag = element.tag
        if tag in _BLOCKS and not is_root:
            self.flush()
            self.open.pop()
            self.verbatim -= tag == "pre"
            if tag in {"ul", "ol"}:
                self.counters.pop()
        if not is_root:
            self.parts.append(element.tail or "")

    def flush(self) -> None:
        raw = "".join(self.parts)
        self.parts = []
        if self.verbatim:
            text = raw.replace("\0", "\n").strip("\n")
        else:
            lines = map(single_spaced, raw.split("\0"))
            text = "\n".join(line for line in lines if line)
        if not text.strip():
            return
        kind = "li" if self.mark else self._kind()
        self.blocks.append(Block(kind, self.mark + text))
        self.mark = ""

    def _kind(self) -> str:
        around = self.open[-1]
        if around in {"p", "div"} and any(k in {"li", "td", "tr", "figure"} for k in self.open):
            return "li"
        return around

    def _item_mark(self) -> str:
        if not self.counters or self.counters[-1] is None:
            return "- "
        number = self.counters[-1]
        self.counters[-1] = number + 1
        return f"{number}. "


def _start(element: etree._Element) -> int:
    start = element.get("start", "")
    return int(start) if start.isascii() and start.isdigit() else 1
