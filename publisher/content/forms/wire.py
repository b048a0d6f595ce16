"""Plain wire copy: a headline, a blank line, maybe a byline, paragraphs, credits at the end."""

from __future__ import annotations

import html
import re

from publisher.content.forms.fields import Person
from publisher.content.forms.manuscript import Manuscript
from publisher.content.forms.versions import read_note
from publisher.content.naming.bylines import Byline, is_credit, is_rights, parse_byline
from publisher.content.naming.dateline import parse_dateline
from publisher.content.text.characters import squeeze
from publisher.errors import ArticleError
from publisher.model import Finding, Severity
from publisher.valueclass import valueclass

_LONGEST_HEADLINE = 300
# A line longer than this was not wrapped by hand, so its end ends a paragraph.
_LONGEST_WRAPPED = 120
_RULE = re.compile(r"[_*=~-]{3,}")
_END_MARK = re.compile(
    r"#{2,}|-\s?30\s?-|\(?END\)?|ENDS|\(END\).{0,40}|/ENDS/|Ends?\s*\.?", re.IGNORECASE
)


@valueclass(kw_only=False)
class _Block:
    lines: tuple[str, ...]
    line: int


def read_wire(body: str, path: str, body_line: int, title: str) -> Manuscript:
    """The manuscript of wire copy; with a `title` from front matter the text begins at once.

    Raises ArticleError where there is no headline or nothing below it.
    """
    blocks = _blocks(body, body_line)
    findings: list[Finding] = []
    if title:
        if blocks and squeeze(" ".join(blocks[0].lines)).casefold() == title.casefold():
            blocks = blocks[1:]
    else:
        title, blocks = _take_headline(blocks, path, body_line, findings)
    note, blocks = _take_note(blocks)
    byline, blocks = _take_bylines(blocks)
    if not note:
        note, blocks = _take_note(blocks)
    paragraphs = [words for block in blocks for words in _paragraphs(block)]
    credit, rights = _take_credits(paragraphs)
    return Manuscript(
        title=title,
        html="\n".join(_element(words) for words in paragraphs),
        authors=tuple(Person(name) for name in byline.names),
        credit="; ".join(part for part in (byline.credit, credit) if part),
        rights=rights,
        note=note,
        origins={"title": "the first line", "authors": "the byline"},
        findings=findings,
    )


def _blocks(body: str, body_line: int) -> list[_Block]:
    blocks: list[_Block] = []
    lines: list[str] = []
    for number, line in enumerate([*body.split("\n"), ""], body_line):
        if line.strip():
            lines.append(line.rstrip())
        elif lines:
            blocks.append(_Block(tuple(lines), number - len(lines)))
            lines = []
    return blocks


def _take_headline(
    blocks: list[_Block], path: str, body_line: int, findings: list[Finding]
) -> tuple[str, list[_Block]]:
    if not blocks:
        raise ArticleError(
            "there is no headline", path=path, line=body_line, mend="write it in the first line"
        )
    first = blocks[0]
    below = first.lines[1:]
    wrapped = squeeze(" ".join(first.lines))
    if not below or (len(wrapped) <= 200 and len(blocks) > 1 and not _begins_text(below[0])):
        title, rest = wrapped, blocks[1:]
    else:
        title, rest = squeeze(first.lines[0]), [_Block(below, first.line + 1), *blocks[1:]]
        if not parse_byline(below[0]):
            findings.append(_no_blank_line(path, first.line + 1))
    if not title or len(title) > _LONGEST_HEADLINE:
        raise ArticleError(
            f"the first line is no headline: it has {len(title)} characters",
            path=path,
            line=first.line,
            mend="write a headline, a blank line, then the text; or give `title:` in front matter",
        )
    return title, rest


def _begins_text(line: str) -> bool:
    return parse_byline(line) is not None or parse_dateline(line) is not None


def _no_blank_line(path: str, line: int) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        what="the text begins right below the headline",
        mend="leave a blank line after the headline",
        path=path,
        line=line,
    )


def _take_note(blocks: list[_Block]) -> tuple[str, list[_Block]]:
    """Take what speaks to editors alone off the first block: `(Adds quotes in paragraph 3)`."""
    words = squeeze(" ".join(blocks[0].lines)) if blocks else ""
    return (words, blocks[1:]) if read_note(words) else ("", blocks)


def _take_bylines(blocks: list[_Block]) -> tuple[Byline, list[_Block]]:
    """Take up to three lines of byline off the first blocks."""
    names: list[str] = []
    notes: list[str] = []
    while blocks and len(names) + len(notes) < 8:
        lines = blocks[0].lines
        found = parse_byline(lines[0])
        whole = parse_byline(" ".join(lines)) if len(lines) <= 3 else None
        if whole is not None:
            found, lines = whole, ()
        elif found is not None:
            lines = lines[1:]
        elif (names or notes) and len(lines) == 1 and _is_role(lines[0]):
            found, lines = Byline((), lines[0].strip()), ()
        else:
            break
        names += found.names
        notes += [found.credit] if found.credit else []
        blocks = [_Block(lines, blocks[0].line), *blocks[1:]] if lines else blocks[1:]
    return Byline(tuple(dict.fromkeys(names)), ", ".join(notes)), blocks


def _is_role(line: str) -> bool:
    """Whether a line below a byline says for whom they write ("Associated Press Writer")."""
    if len(line) > 60 or line.rstrip().endswith((".", "?", "!")):
        return False
    found = parse_byline(f"By {line.strip()}")
    return found is not None and not found.names


def _paragraphs(block: _Block) -> list[str]:
    paragraphs: list[list[str]] = []
    previous = ""
    indented = [line[0] in " \t" for line in block.lines]
    # An indent opens a paragraph only where some lines have one and some have not.
    by_indent = any(indented) and not all(indented[1:] or [True])
    for line, is_indented in zip(block.lines, indented, strict=True):
        words = " ".join(line.split())
        opens = len(previous) > _LONGEST_WRAPPED or _RULE.fullmatch(words) or (
            by_indent and is_indented
        )  # fmt: skip
        if not paragraphs or opens or _RULE.fullmatch(previous):
            paragraphs.append([words])
        else:
            paragraphs[-1].append(words)
        previous = words
    return [_join(lines) for lines in paragraphs]


def _join(lines: list[str]) -> str:
    joined: list[str] = []
    for line in lines:
        if joined and not (_is_cjk(joined[-1][-1]) and _is_cjk(line[0])):
            joined.append(" ")
        joined.append(line)
    return "".join(joined)


def _is_cjk(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"


def _take_credits(paragraphs: list[str]) -> tuple[str, str]:
    """Take credits, rights, end marks and the rule above them off the end of a story."""
    notes: list[str] = []
    rights: list[str] = []
    while paragraphs:
        last = paragraphs[-1]
        if is_rights(last):
            rights.insert(0, last)
        elif is_credit(last):
            notes.insert(0, last.strip("()[]").strip())
        elif not (_END_MARK.fullmatch(last) or _RULE.fullmatch(last)):
            break
        paragraphs.pop()
    return " ".join(notes), " ".join(rights)


def _element(words: str) -> str:
    return "<hr>" if _RULE.fullmatch(words) else f"<p>{html.escape(words, quote=False)}</p>"
