"""Answers with what a file holds: all of it, a part, or that the client has it already."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from publisher.web.ranges import Span, read_range
from publisher.web.representations import Made, common_headers

_PIECE = 64 * 1024
_DROPPED = {"Content-Type", "Content-Encoding", "Content-Security-Policy", "Accept-Ranges"}
_Read = Callable[[int, int], Awaitable[bytes]]  # so many bytes from an offset on


def answer(asked: Headers, made: Made) -> Response:
    """What a request with these headers gets of a file whose bytes are at hand."""
    chosen = made.plain
    if made.packed and takes_gzip(asked.get("accept-encoding", "")):
        chosen = made.packed
    headers, data = chosen.headers, chosen.data
    if _is_known(asked, headers["ETag"], made.modified):
        return _not_modified(headers)
    span = None
    if chosen is made.plain:
        span = read_range(asked, len(data), headers["ETag"])
    if span == ():
        return _unsatisfiable(headers, len(data))
    if span is None and len(data) <= _PIECE:
        return Response(data, 200, headers)

    async def read(offset: int, size: int) -> bytes:
        return data[offset : offset + size]

    return _pieces(headers, len(data), span, read)


def stream(asked: Headers, path: str, handle: int, status: os.stat_result) -> Response:
    """The same of a large file, of which no more is read than the client takes.

    What it holds can't be hashed for each request. `handle` is closed here, whatever becomes of it.
    """
    headers = common_headers(path, status)
    headers["ETag"] = f'"{status.st_size:x}-{status.st_mtime_ns:x}-{status.st_ino:x}"'
    headers["Accept-Ranges"] = "bytes"
    span = read_range(asked, status.st_size, headers["ETag"])
    if _is_known(asked, headers["ETag"], int(status.st_mtime)) or span == ():
        os.close(handle)
        if span == ():
            return _unsatisfiable(headers, status.st_size)
        return _not_modified(headers)

    async def read(offset: int, size: int) -> bytes:
        return await run_in_threadpool(os.pread, handle, size, offset)

    return _pieces(headers, status.st_size, span, read, lambda: os.close(handle))


def takes_gzip(header: str) -> bool:
    """Whether Accept-Encoding asks for gzip (RFC 9110 section 12.5.3)."""
    for part in header[:500].lower().split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip() in ("gzip", "x-gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _pieces(
    headers: Mapping[str, str],
    size: int,
    span: Span | tuple[()] | None,
    read: _Read,
    close: Callable[[], None] = lambda: None,
) -> Response:
    whole = Span(0, size - 1)
    more = {"Content-Range": f"bytes {span.first}-{span.last}/{size}"} if span else {}
    return _Pieces(read, span or whole, 206 if span else 200, {**headers, **more}, close)


class _Pieces(Response):
    """Bytes that go out as the client takes them; closed whatever becomes of that."""

    def __init__(
        self,
        read: _Read,
        span: Span,
        code: int,
        headers: Mapping[str, str],
        close: Callable[[], None],
    ) -> None:
        length = {"Content-Length": str(span.last - span.first + 1)}
        super().__init__(None, code, {**headers, **length})
        self._read, self._span, self._close = read, span, close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        start = {"type": "http.response.start", "status": self.status_code}
        offset, end = self._span.first, self._span.last + 1
        if scope["method"] == "HEAD":
            offset = end
        gone = asyncio.create_task(_wait_until_gone(receive))
        try:
            await send({**start, "headers": self.raw_headers})
            while offset < end and not gone.done():
                piece = await self._read(offset, min(_PIECE, end - offset))
                if not piece:
                    return  # the disk took it away; the client sees that it is short
                offset += len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": offset < end})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self._close()


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _is_known(asked: Headers, etag: str, modified: int) -> bool:
    """Whether the client has these bytes already (RFC 9110 section 13.2.2)."""
    tags = asked.get("if-none-match")
    if tags is not None:
        known = [tag.strip().removeprefix("W/") for tag in tags[:4000].split(",")]
        return "*" in known or etag in known
    since = asked.get("if-modified-since")
    if since is None:
        return False
    try:
        return modified <= parsedate_to_datetime(since[:100]).timestamp()
    except (ValueError, OverflowError):
        return False


def _not_modified(headers: Mapping[str, str]) -> Response:
    kept = {name: value for name, value in headers.items() if name not in _DROPPED}
    return Response(None, 304, kept)


def _unsatisfiable(headers: Mapping[str, str], size: int) -> Response:
    return Response(b"", 416, {**headers, "Content-Range": f"bytes */{size}"})
