"""Elements of a large XML file, one at a time, each forgotten when the next is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import BinaryIO

from lxml import etree

from publisher.errors import ArticleError
from publisher.exports.item import Trouble

_DOCTYPE = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
# A title that has a form feed in it is no XML, and exports are full of them.
_FORBIDDEN = bytes(set(range(32)) - {9, 10, 13})
_SPACES = bytes.maketrans(_FORBIDDEN, b" " * len(_FORBIDDEN))
_LOOK = 64 * 1024
_DEEPEST = 50
_MOST_PROBLEMS = 20


class _Cleaned:
    """A stream without the characters that XML 1.0 section 2.2 forbids."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._tail = b""
        self.is_cut = False

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size).translate(_SPACES)
        self._tail = (self._tail + data)[-200:]
        # What the parser still tells of from here on it has closed by itself.
        self.is_cut = not data and b"</rss" not in self._tail
        return data


def elements(
    stream: BinaryIO, names: AbstractSet[str], place: str, problems: list[Trouble]
) -> Iterator[etree._Element]:
    """Each element with one of these names (without namespace), whole; nested ones are not told.

    An element that breaks XML is repaired as far as it can be, and what was wrong joins
    `problems`, with its line. Raises ArticleError for a DTD, which is never read.
    """
    start = stream.read(_LOOK)
    stream.seek(0)
    if _DOCTYPE.search(start[: start.find(b"<rss") if b"<rss" in start else None]):
        raise ArticleError(
            "the export brings a DTD, which is not read", path=place,
            mend="take out its DOCTYPE",
        )  # fmt: skip
    cleaned = _Cleaned(stream)
    context = etree.iterparse(
        cleaned, events=("start", "end"), resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, recover=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    depth, inside = 0, 0
    try:
        for event, element in context:
            name = _local(element)
            if event == "start":
                depth += 1
                inside = inside or (depth if name in names else 0)
                if depth > _DEEPEST:
                    raise ArticleError(f"elements are nested deeper than {_DEEPEST} levels",
                                       path=place, line=element.sourceline)  # fmt: skip
                continue
            if depth == inside and name in names:
                inside = 0
                if cleaned.is_cut:
                    problems.append(_cut_off(element, place))
                else:
                    yield _told(element)
                _forget(element)
            elif not inside:
                _forget(element)
            depth -= 1
    except etree.XMLSyntaxError as error:
        problems.append(_trouble(str(error.msg), error.lineno, place))
    for entry in list(context.error_log)[:_MOST_PROBLEMS]:
        trouble = _trouble(entry.message, entry.line, place)
        if trouble not in problems:
            problems.append(trouble)


def _cut_off(element: etree._Element, place: str) -> Trouble:
    what = "the file ends in the middle of an article, which is left out"
    return Trouble(what, "export again", place, element.sourceline)


def _trouble(message: str, line: int | None, place: str) -> Trouble:
    what = " ".join(message.split()).partition(", line ")[0][:160]
    return Trouble(
        f"the file is no well-formed XML here: {what}",
        "look whether the articles around it are whole",
        place,
        line or None,
    )


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _told(element: etree._Element) -> etree._Element:
    """The element with plain names; the excerpt's would be that of the content."""
    for one in element.iter():
        tag = one.tag if isinstance(one.tag, str) else ""
        excerpt = tag.endswith("}encoded") and "/excerpt/" in tag
        one.tag = "excerpt.encoded" if excerpt else tag.rpartition("}")[2]
    return element


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
