"""Characters that no feed, mail or page can carry: where they stand, and text without them.

XML 1.0 section 2.2 forbids most control characters, surrogates, U+FFFE and U+FFFF; HTML and the
Unicode standard (section 23.7) reserve the other noncharacters, and `model.Mark` relies on
content never holding U+FDD0 and U+FDD1.
"""

from __future__ import annotations

import re
import unicodedata

from publisher.late import late_pattern

_PLANES = "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)
)
_FORBIDDEN = late_pattern(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef{_PLANES}]"
)
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\n"
# These separate words where they stand, so a space takes their place.
_SPACES = frozenset("\x0b\x0c\x85\u2028\u2029")


def clean(text: str) -> str:
    """The text in NFC without a forbidden character, so that no later stage can trip over one."""
    if is_plain(text):
        return text
    return unicodedata.normalize("NFC", _FORBIDDEN.sub(_replacement, text))


def is_plain(text: str) -> bool:
    """Whether it is ASCII without controls but line ends: nearly always, and told quickly."""
    # What stands on one line is told by the first question, in a tenth of the time.
    return text.isascii() and (
        text.isprintable() or not text.encode("ascii").translate(None, _PRINTABLE)
    )


def squeeze(text: str) -> str:
    """The text, clean, on one line, with single spaces: what a title or a name is."""
    return " ".join(clean(text).split())


def forbidden(text: str) -> list[tuple[int, str]]:
    """Every character that `clean` drops, with the line (from 1) that it stands in."""
    found: list[tuple[int, str]] = []
    line, seen = 1, 0
    for match in _FORBIDDEN.finditer(text):
        if match[0] in _SPACES:
            continue  # a word processor's line end: nothing is lost
        line += text.count("\n", seen, match.start())
        seen = match.start()
        found.append((line, match[0]))
    return found


def _replacement(match: re.Match[str]) -> str:
    return " " if match[0] in _SPACES else ""
