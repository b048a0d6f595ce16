"""A message as one who likes it light, or dark, sees it, whatever this machine likes. Pure."""

from __future__ import annotations

import re
from typing import Literal

Scheme = Literal["light", "dark"]

_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.DOTALL | re.IGNORECASE)
_ASKED = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_BOTH = re.compile(r"\b(color-scheme\s*:\s*)(?:light\s+dark|dark\s+light)\b", re.IGNORECASE)
_META = re.compile(
    r"(<meta\b[^>]*\bname=\"(?:supported-)?color-schemes?\"[^>]*\bcontent=\")([^\"]*)(\")",
    re.IGNORECASE,
)
# Features that always hold, and never do, in the place of one that depends on the machine.
_ALWAYS, _NEVER = "(min-width: 0px)", "(max-width: 0px)"


def in_scheme(html: str, scheme: Scheme) -> str:
    """The document with its own styles for this scheme in force, and the other ones off."""

    def styled(found: re.Match[str]) -> str:
        css = _ASKED.sub(lambda m: _ALWAYS if m[1].lower() == scheme else _NEVER, found[2])
        return found[1] + _BOTH.sub(rf"\g<1>{scheme}", css) + found[3]

    def declared(found: re.Match[str]) -> str:
        both = scheme in found[2].lower().split()
        return found[1] + (scheme if both else found[2]) + found[3]

    return _META.sub(declared, _STYLE.sub(styled, html))
