"""How large a picture beside an article is, told by the first bytes of its file."""

from __future__ import annotations

import os
import re
from pathlib import Path

from publisher.sources.files import open_regular

_LOOKED_AT = 256 * 1024  # a camera's notes stand before a JPEG's size
_JPEG_MARKER = re.compile(rb"\xff+([\xc0-\xfe])")
# Huffman tables, arithmetic coding conditions and JPEG's own extension share the row of frames.
_NO_FRAME = {0xC4, 0xC8, 0xCC}


def picture_size(folder: Path, source: str) -> tuple[int, int] | None:
    """Width and height in pixels of the file at `source` below the articles folder.

    PNG, GIF, JPEG and WebP; None for anything else, and for what can't be read.
    """
    try:
        with open_regular(folder, source) as file:
            return size_of(os.read(file, _LOOKED_AT))
    except OSError:
        return None


def size_of(data: bytes) -> tuple[int, int] | None:
    """The same of a file's first bytes."""
    found: tuple[int, int] | None = None
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        found = _big(data[16:20]), _big(data[20:24])
    elif data.startswith((b"GIF87a", b"GIF89a")):
        found = _little(data[6:8]), _little(data[8:10])
    elif data.startswith(b"\xff\xd8"):
        found = _jpeg(data)
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        found = _webp(data)
    return found if found and all(found) else None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while match := _JPEG_MARKER.match(data, at):
        kind, at = match[1][0], match.end()
        if 0xC0 <= kind <= 0xCF and kind not in _NO_FRAME:
            return _big(data[at + 5 : at + 7]), _big(data[at + 3 : at + 5])
        at += _big(data[at : at + 2])
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    match data[12:16]:
        case b"VP8 ":
            return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
        case b"VP8L":
            bits = _little(data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return _little(data[24:27]) + 1, _little(data[27:30]) + 1
        case _:
            return None


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
