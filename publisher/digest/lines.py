"""Single lines and wrapped text, as a subject, a preview and a plain-text mail need them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SUBJECT_LENGTH = 78  # RFC 5322 section 2.1.1: lines SHOULD be no longer
PREHEADER_LENGTH = 140
WIDTH = 72

# Every client sorts on these, so no subject may begin with one unless it is an answer.
_ANSWER = re.compile(r"(?i)^(?:(?:re|fwd?|aw|wg|sv|vs|tr|rv)(?:\[\d+\])?\s*[:：]\s*)+")
# Controls, line ends of any kind, and the signs that our own marks are made of.
_UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]+")


def one_line(text: str) -> str:
    """Text on one line: white space folded to single blanks, control characters gone."""
    return " ".join(_UNWANTED.sub(" ", text).split())


def cut(text: str, length: int) -> str:
    """Text of at most `length` characters; what was longer ends at a word, with an ellipsis."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    # Where words are not parted by blanks, the last blank is too far back to be of use.
    if " " in head and not text[length - 1].isspace():
        at_word = head.rpartition(" ")[0]
        head = at_word if len(at_word) > length // 2 else head
    while head and unicodedata.combining(text[len(head)]):
        head = head[:-1]
    return head.rstrip(" ,;:.-–—") + "…"


def subject_line(text: str, otherwise: str) -> str:
    """A subject: one line, at most 78 characters, never one that looks like an answer.

    `otherwise` stands in where nothing is left.
    """
    line = _ANSWER.sub("", one_line(text)) or _ANSWER.sub("", one_line(otherwise))
    return cut(line, SUBJECT_LENGTH)


@lru_cache(maxsize=4096)  # one entry stands in many segments
def wrap(text: str, width: int = WIDTH, indent: str = "") -> str:
    """Text in lines of at most `width` columns, each after `indent`; paragraphs stay apart.

    Wide signs (Chinese, Japanese, Korean) count as two columns and may be parted anywhere; a
    word longer than a line, such as an address, stays whole on a line of its own.
    """
    paragraphs = (one_line(part) for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(
        "\n".join(indent + line for line in _lines(part, width - len(indent)))
        for part in paragraphs
        if part
    )


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(_width(sign) for sign in text)


def _width(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _lines(text: str, width: int) -> list[str]:
    lines = [""]
    taken = 0
    for piece in re.findall(r"\s+|[^\s\u2e80-\U0003ffff]+|[\u2e80-\U0003ffff]", text):
        size = columns(piece)
        # A closing sign never begins a line (a first part of what CSS calls kinsoku).
        hangs = len(piece) == 1 and unicodedata.category(piece) in {"Pe", "Po", "Pf"}
        if taken and taken + size > width and not hangs:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
            taken = 0
        if taken or not piece.isspace():
            lines[-1] += piece
            taken += size
    lines[-1] = lines[-1].rstrip()
    return lines
