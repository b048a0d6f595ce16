"""What a file is over HTTP (RFC 9110 section 3.2): bytes, plain and compressed, and headers.

Thousands ask for the same few feeds, nearly always to hear that nothing is new: what is made of a
file is kept as long as the file stays the same one.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from email.utils import formatdate
from mimetypes import MimeTypes
from threading import Lock

from publisher.model import STYLESHEET
from publisher.valueclass import valueclass
from publisher.web.service import COMMON

_MOST_KEPT = 32 << 20  # bytes
_BESIDES = 4096  # bytes that a representation has beside its data, roughly
# A file that is changed twice between two ticks of the disk's clock may look the same afterwards.
_SETTLED_SECONDS = 2
_TYPES = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".m4a": "audio/mp4",
}
_KNOWN = MimeTypes(filenames=())  # the same on every machine
_PAGE_POLICY = (
    "default-src 'none'; img-src https: http: data: 'self'; media-src https: http: 'self'; "
    "style-src 'unsafe-inline' 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@valueclass
class Representation:
    """Bytes as they go out, and the headers that belong to them."""

    data: bytes
    headers: Mapping[str, str]


@valueclass
class Made:
    """Everything that one file is answered with; `packed` is None where gzip is no gain."""

    mark: tuple[int, ...]
    is_settled: bool
    modified: int
    plain: Representation
    packed: Representation | None

    @property
    def size(self) -> int:
        """Bytes of memory, roughly."""
        packed = len(self.packed.data) if self.packed else 0
        return len(self.plain.data) + packed + _BESIDES

    def is_of(self, status: os.stat_result) -> bool:
        """Whether a file of this status has these bytes for sure, without a look into it."""
        return self.is_settled and self.mark == _mark(status)


def make(
    path: str, status: os.stat_result, data: bytes, packed: bytes | None, *, now: float
) -> Made:
    """The answers of a file; `now` is a time before it was opened, in seconds since 1970."""
    headers = common_headers(path, status)
    if packed is not None:
        headers["Vary"] = "Accept-Encoding"
    plain = {**headers, "ETag": _etag(data), "Accept-Ranges": "bytes"}
    twin = None
    if packed is not None and len(packed) < len(data):
        more = {"ETag": _etag(packed), "Content-Encoding": "gzip"}
        twin = Representation(data=packed, headers={**headers, **more})
    return Made(
        mark=_mark(status),
        is_settled=now - status.st_ctime >= _SETTLED_SECONDS,
        modified=int(status.st_mtime),
        plain=Representation(data=data, headers=plain),
        packed=twin,
    )


def common_headers(path: str, status: os.stat_result) -> dict[str, str]:
    """The headers of a file that do not depend on its bytes."""
    name = path.rpartition("/")[2]
    dot = name[name.rfind(".") :].lower() if "." in name else ""
    # Pages ask for their looks by what is in them.
    minutes = 24 * 60 if path.startswith("media/") or path == STYLESHEET else 5
    headers = {
        **COMMON,
        "Content-Type": media_type(path),
        "Last-Modified": formatdate(status.st_mtime, usegmt=True),
        "Cache-Control": f"public, max-age={minutes * 60}",
        # Feeds and pictures are for everybody, also for a reader that runs in a browser.
        "Access-Control-Allow-Origin": "*",
    }
    if dot in (".html", ".svg", ".xml"):
        headers["Content-Security-Policy"] = _PAGE_POLICY
    return headers


def media_type(path: str) -> str:
    """What kind of file it is, by its name."""
    name = path.rpartition("/")[2]
    dot = name[name.rfind(".") :].lower() if "." in name else ""
    kind = _TYPES.get(name) or _TYPES.get(dot) or _KNOWN.guess_type(name)[0]
    return kind or "application/octet-stream"


def is_text(path: str) -> bool:
    """Whether compressing such a file is worth it."""
    kind = media_type(path)
    return kind.startswith("text/") or "xml" in kind or "json" in kind


def compress(data: bytes) -> bytes:
    """The same bytes as gzip, the same each time."""
    return gzip.compress(data, 6, mtime=0)


def is_twin(packed: bytes, data: bytes) -> bool:
    """Whether these are gzip of `data`, by CRC and size at their end (RFC 1952 section 2.3.1)."""
    end = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return packed.endswith(end)


class Kept:
    """What was made lately, up to so many bytes; safe to use from many threads."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most = most
        self._made: OrderedDict[str, Made] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, path: str) -> Made | None:
        """What was made of the file at this path, whatever it is by now."""
        with self._lock:
            made = self._made.get(path)
            if made is not None:
                self._made.move_to_end(path)
            return made

    def keep(self, path: str, made: Made) -> None:
        """In place of what was kept for this path; what nobody asked for longest gives way."""
        with self._lock:
            self._drop(path)
            self._made[path] = made
            self._size += made.size
            while self._size > self._most:
                self._drop(next(iter(self._made)))

    def _drop(self, path: str) -> None:
        made = self._made.pop(path, None)
        self._size -= made.size if made else 0


def _mark(status: os.stat_result) -> tuple[int, ...]:
    """What changes whenever a file is replaced or written to."""
    times = (status.st_mtime_ns, status.st_ctime_ns)
    return (status.st_dev, status.st_ino, status.st_size, *times)


def _etag(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'
