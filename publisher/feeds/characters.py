"""The one place that keeps out of every feed what XML can't hold.

Reading an article already drops such characters. It is done again here because one that slips
through would make the whole feed unreadable, not the one entry.
"""

from __future__ import annotations

from publisher.late import late_pattern

# What is left is Char of XML 1.0 (section 2.2) without those that its note discourages: DEL and
# the C1 controls (which also are what the W3C validator takes for Windows-1252 read wrongly),
# and the noncharacters, U+FDD0 to U+FDEF and the last two of each plane.
_PLANE_ENDS = "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000))
_UNFIT = late_pattern(
    f"[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\ud800-\udfff\ufdd0-\ufdef{_PLANE_ENDS}]"
)
# NEL stands for a line end in text from mainframes; as a C1 control it can't stay.
_NEL = "\x85"
_SPACES = late_pattern(r"[ \t\n\u2028\u2029]+")


def clean(text: str) -> str:
    """The text without characters that no feed may carry; a carriage return is a line end."""
    if text.replace("\n", "").isprintable():  # nearly always, and ten times as fast
        return text
    text = _UNFIT.sub("", text)
    if "\r" in text or _NEL in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace(_NEL, "\n")
    return text


def line(text: str) -> str:
    """The same on one line, for titles and names; empty if there is nothing to see.

    Runs of spaces and line ends become one space, a space that does not break stays.
    """
    if text.isprintable() and "  " not in text:  # nearly always; of spaces, " " alone is printable
        return text.strip(" ")
    text = _SPACES.sub(" ", clean(text)).strip(" ")
    return "" if text.isspace() else text
