"""Slugs: the part of a path or an id that stands for a name, in `[a-z0-9-]{1,80}`.

A slug is safe as a file name on every system and never needs escaping in an address.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_LONGEST = 80
_SPELLED = {"&": " and ", "+": " plus ", "#": " sharp "}
_APOSTROPHES = re.compile(r"['’ʼ`]")
_OTHERS = re.compile(r"[^a-z0-9]+")
# "index" is the page of a feed; the others are devices on Windows, with any extension.
_RESERVED = re.compile(r"index|con|prn|aux|nul|(?:com|lpt)[0-9]")


@lru_cache(maxsize=4096)  # the same few tags stand in many articles
def slugify(text: str) -> str:
    """A slug for any text: never empty, never a reserved name, the same for equal text.

    Accents go, other scripts are spelled in Latin letters (`Пекин` is `pekin`), `&`, `+` and `#`
    are spoken. What leaves nothing (an emoji without a name) gets a short hash.
    """
    # NFKC first, so that composed and decomposed spellings of one text agree; anyascii does
    # the rest of what NFKD and dropping marks would, and for scripts where marks are vowels too.
    plain = unicodedata.normalize("NFKC", text[:400])
    for sign, word in _SPELLED.items():
        plain = plain.replace(sign, word)
    plain = _APOSTROPHES.sub("", anyascii(_APOSTROPHES.sub("", plain))).lower()
    slug = _shorten(_OTHERS.sub("-", plain).strip("-"))
    if not slug:
        slug = "x" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug}-1" if _RESERVED.fullmatch(slug) else slug


def _shorten(slug: str) -> str:
    if len(slug) <= _LONGEST:
        return slug
    cut = slug[: _LONGEST + 1]
    whole_words = cut.rpartition("-")[0]
    return (whole_words if len(whole_words) > _LONGEST // 2 else cut[:_LONGEST]).strip("-")
