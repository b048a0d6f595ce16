"""Plain text as paragraphs of HTML, where a form carries no markup."""

from __future__ import annotations

import html
import re

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_INDENTED = re.compile(r"\n(?=[ \t]{2,}\S)")
_TAG = re.compile(r"</?p\b[^<>]*>", re.IGNORECASE)


def paragraphs_of(text: str, *, markup: bool = False) -> str:
    """A paragraph for each block between blank lines, or for each indented first line.

    A single line end is a wrapped line, unless there are no blank lines at all and the lines are
    as long as paragraphs. `markup`: agencies put one `<p>` around a whole story, and mean only
    that it is text; its blank lines and indents are the paragraphs then.
    """
    if markup:
        if len(_TAG.findall(text)) > 2 or "<" in _TAG.sub("", text):
            return text
        text = html.unescape(_TAG.sub("\n\n", text))
    text = text.strip("\n")
    blocks = _BLANK_LINE.split(text)
    if len(blocks) == 1:
        blocks = _INDENTED.split(text)
    else:
        blocks = [part for block in blocks for part in _INDENTED.split(block)]
    lines = text.split("\n")
    if len(blocks) == 1 and len(lines) > 1 and sum(map(len, lines)) / len(lines) > 120:
        blocks = lines
    words = (" ".join(block.split()) for block in blocks)
    return "\n".join(f"<p>{html.escape(one, quote=False)}</p>" for one in words if one)
