"""The kinds of file that may be published beside an entry.

A short list of our own, not the machine's table of types, so that the same article gives the
same entry everywhere. SVG is left out on purpose: it can carry script.
"""

from __future__ import annotations

_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "pdf": "application/pdf",
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "chapters.json": "application/json+chapters",
}
PUBLISHABLE = tuple(_TYPES)
ARTICLES = frozenset({"md", "markdown", "txt", "html", "htm", "xml", "json"})


def extension(path: str) -> str:
    """The extension of a path or address in small letters, without query, fragment and dot."""
    name = path.partition("#")[0].partition("?")[0].rpartition("/")[2]
    if name.lower().endswith(".chapters.json"):  # a podcast's; any other JSON is no such thing
        return "chapters.json"
    return name.rpartition(".")[2].lower() if "." in name else ""


def media_type(path: str) -> str:
    """The media type (RFC 6838) that a file's name tells, or an empty text."""
    return _TYPES.get(extension(path), "")
