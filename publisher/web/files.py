"""feeds/ over HTTP: the bytes of one file at a time, and headers that belong to those bytes.

A publish replaces files whole by renaming (output.py), so that an open file never changes. Here a
file is opened once, and its size, time, bytes and ETag all come from that one.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import zlib
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from mimetypes import MimeTypes
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from publisher.web.problems import Problem
from publisher.web.ranges import Span, read_range
from publisher.web.service import COMMON, Service

_WHOLE = 2 << 20  # bytes; a larger file is not hashed and goes out in pieces
_PIECE = 64 * 1024
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """An open file: whoever gets it closes it."""

    handle: int
    status: os.stat_result

    def read(self) -> bytes:
        parts = []
        offset = 0
        while part := os.pread(self.handle, self.status.st_size + 1, offset):
            parts.append(part)
            offset += len(part)
        return b"".join(parts)


class Files:
    """The output folder; it comes last, for it answers every path."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._root = service.site.output
        self._prefix = urlsplit(service.site.publication.url).path

    def routes(self) -> list[BaseRoute]:
        """What is answered here."""
        return [Route(self._prefix + "{path:path}", self.show, methods=["GET"])]

    def show(self, request: Request) -> Response:
        """A file, its gzip twin, a part of it, or that it is as the client has it."""
        path = request.path_params["path"]
        if path == "" or path.endswith("/"):
            path += "index.html"
        try:
            opened = self._open(path)
        except IsADirectoryError:
            return RedirectResponse(
                self._prefix + quote(path) + "/", 308, {"Cache-Control": "max-age=300"}
            )
        except (OSError, ValueError):
            raise Problem("page", 404) from None
        if opened.status.st_size > _WHOLE:
            return _stream(request, path, opened)
        try:
            data = opened.read()
        finally:
            os.close(opened.handle)
        return self._answer(request, path, data, opened.status)

    def _answer(self, request: Request, path: str, data: bytes, status: os.stat_result) -> Response:
        headers = _headers(path, status)
        headers["ETag"] = _etag(data)
        if _is_text(headers["Content-Type"]):
            headers["Vary"] = "Accept-Encoding"
            if _takes_gzip(request.headers.get("accept-encoding", "")):
                twin = self._twin(path, data)
                if len(twin) < len(data):
                    data = twin
                    headers["ETag"] = _etag(data)
                    headers["Content-Encoding"] = "gzip"
        if _is_known(request, headers["ETag"], status):
            return _not_modified(headers)
        if "Content-Encoding" in headers:
            return Response(data, 200, headers)
        headers["Accept-Ranges"] = "bytes"
        span = read_range(request.headers, len(data), headers["ETag"])
        if span is None:
            return Response(data, 200, headers)
        if not span:
            return _unsatisfiable(headers, len(data))
        headers["Content-Range"] = f"bytes {span.first}-{span.last}/{len(data)}"
        return Response(data[span.first : span.last + 1], 206, headers)

    def _twin(self, path: str, data: bytes) -> bytes:
        """The same bytes compressed: from the .gz beside the file if it is of these, else made."""
        try:
            opened = self._open(f"{path}.gz")
        except (OSError, ValueError):
            return _compressed(data)
        try:
            packed = opened.read() if opened.status.st_size <= _WHOLE else b""
        finally:
            os.close(opened.handle)
        # RFC 1952 section 2.3.1: it ends with the CRC and the size of what it holds.
        end = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
        return packed if packed.endswith(end) else _compressed(data)

    def _open(self, path: str) -> _Opened:
        """Open a regular file below the root, following no link on the way; OSError otherwise."""
        parts = path.split("/")
        if any(not part or part.startswith(".") or "\0" in part for part in parts):
            raise FileNotFoundError(path)
        folder = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts[:-1]:
                inner = os.open(part, _FOLDER, dir_fd=folder)
                os.close(folder)
                folder = inner
            handle = os.open(parts[-1], _FILE, dir_fd=folder)
        finally:
            os.close(folder)
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            os.close(handle)
            raise (IsADirectoryError if stat.S_ISDIR(status.st_mode) else FileNotFoundError)(path)
        return _Opened(handle=handle, status=status)


def _stream(request: Request, path: str, opened: _Opened) -> Response:
    """A large file, in pieces: what it holds can't be hashed for each request."""
    status = opened.status
    headers = _headers(path, status)
    headers["ETag"] = f'"{status.st_size:x}-{status.st_mtime_ns:x}-{status.st_ino:x}"'
    headers["Accept-Ranges"] = "bytes"
    span = read_range(request.headers, status.st_size, headers["ETag"])
    if _is_known(request, headers["ETag"], status) or span == ():
        os.close(opened.handle)
        if span == ():
            return _unsatisfiable(headers, status.st_size)
        return _not_modified(headers)
    code = 206 if span else 200
    if span:
        headers["Content-Range"] = f"bytes {span.first}-{span.last}/{status.st_size}"
    return _Pieces(opened, span or Span(0, status.st_size - 1), code, headers)


class _Pieces(Response):
    """A part of an open file, read as the client takes it; closed whatever becomes of that."""

    def __init__(self, opened: _Opened, span: Span, code: int, headers: dict[str, str]) -> None:
        length = {"Content-Length": str(span.last - span.first + 1)}
        super().__init__(None, code, {**headers, **length})
        self._opened = opened
        self._span = span

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """ASGI."""
        start = {"type": "http.response.start", "status": self.status_code}
        handle, offset, end = self._opened.handle, self._span.first, self._span.last + 1
        if scope["method"] == "HEAD":
            offset = end
        try:
            await send({**start, "headers": self.raw_headers})
            while offset < end:
                size = min(_PIECE, end - offset)
                piece = await run_in_threadpool(os.pread, handle, size, offset)
                if not piece:
                    return  # the disk took it away; the client sees that it is short
                offset += len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            os.close(handle)


def _headers(path: str, status: os.stat_result) -> dict[str, str]:
    name = path.rpartition("/")[2]
    dot = name[name.rfind(".") :].lower() if "." in name else ""
    kind = _TYPES.get(name) or _TYPES.get(dot) or _KNOWN.guess_type(name)[0]
    minutes = 24 * 60 if path.startswith("media/") else 5
    headers = {
        **COMMON,
        "Content-Type": kind or "application/octet-stream",
        "Last-Modified": formatdate(status.st_mtime, usegmt=True),
        "Cache-Control": f"public, max-age={minutes * 60}",
        # Feeds and pictures are for everybody, also for a reader that runs in a browser.
        "Access-Control-Allow-Origin": "*",
    }
    if dot in (".html", ".svg", ".xml"):
        headers["Content-Security-Policy"] = _PAGE_POLICY
    return headers


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or "xml" in kind or "json" in kind


@lru_cache(maxsize=256)
def _etag(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


@lru_cache(maxsize=128)
def _compressed(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def _takes_gzip(header: str) -> bool:
    """Whether Accept-Encoding asks for gzip (RFC 9110 section 12.5.3)."""
    for part in header[:500].lower().split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip() in ("gzip", "x-gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _is_known(request: Request, etag: str, status: os.stat_result) -> bool:
    """Whether the client has these bytes already (RFC 9110 section 13.2.2)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = [tag.strip().removeprefix("W/") for tag in tags[:4000].split(",")]
        return "*" in known or etag in known
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return int(status.st_mtime) <= parsedate_to_datetime(since[:100]).timestamp()
    except (ValueError, OverflowError):
        return False


def _not_modified(headers: dict[str, str]) -> Response:
    dropped = {"Content-Type", "Content-Encoding", "Content-Security-Policy", "Accept-Ranges"}
    kept = {name: value for name, value in headers.items() if name not in dropped}
    return Response(None, 304, kept)


def _unsatisfiable(headers: dict[str, str], size: int) -> Response:
    headers["Content-Range"] = f"bytes */{size}"
    return Response(b"", 416, headers)
