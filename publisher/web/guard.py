"""What the service puts up with: how many headers, how large a body, how slow a form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from starlette.datastructures import FormData
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from publisher.web.problems import Problem

MOST_HEADERS = 100
MOST_HEAD = 16 * 1024  # bytes of all header fields
MOST_BODY = 64 * 1024  # bytes; every form of ours has far less
_DRAINED = 16 * 1024 * 1024  # of what is too large, so that its sender stays to hear so
BODY_SECONDS = 10  # for the whole of it
_MOST_FIELDS = 2000
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_ALLOW = b"GET, HEAD, POST, OPTIONS"


class Guard:
    """Turns away what no reader sends, before anything looks at it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        status = _refusal(scope)
        if scope["method"] == "OPTIONS" and not status:
            status = 204
        if status:
            await _answer(send, status)
            return
        await self._app(scope, receive, send)


def _refusal(scope: Scope) -> int:
    """The status that a request is refused with by its head alone; 0: it may go on."""
    size = sum(len(name) + len(value) for name, value in scope["headers"])
    if len(scope["headers"]) > MOST_HEADERS or size > MOST_HEAD:
        return 431  # RFC 6585 section 5
    if scope["method"] not in _METHODS:
        return 405
    return 0


async def _answer(send: Send, status: int) -> None:
    text = {405: b"Not allowed here.\n", 431: b"Too many header fields.\n"}.get(status, b"")
    headers = [(b"allow", _ALLOW)]
    if text:
        headers.append((b"content-length", str(len(text)).encode()))
        headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


async def read_form(request: Request) -> FormData:
    """The fields of a form, without files. Raises Problem for what is no form, too large, too slow.

    Both ways in which browsers and mailbox providers send one (RFC 8058 section 3.2) are read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            if kind == "application/x-www-form-urlencoded":
                form = await FormParser(request.headers, _once(body)).parse()
            elif kind == "multipart/form-data":
                parser = MultiPartParser(
                    request.headers, _once(body), max_files=0, max_fields=_MOST_FIELDS
                )
                form = await parser.parse()
            elif not body:
                form = FormData()
            else:
                raise Problem("no-form", 415)
    except TimeoutError:
        raise Problem("slow", 408) from None
    except (MultiPartException, ValueError):
        raise Problem("no-form", 400) from None
    if len(form.multi_items()) > _MOST_FIELDS:
        raise Problem("no-form", 400)
    return form


async def read_body(request: Request, most: int = MOST_BODY) -> bytes:
    """The whole body. Raises Problem for one that is too large, too slow, or breaks off."""
    parts = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size <= most:
                    parts.append(part)
                elif size > _DRAINED:
                    break
    except TimeoutError:
        raise Problem("slow", 408) from None
    except ClientDisconnect:
        raise Problem("no-form", 400) from None
    if size > most:
        raise Problem("large", 413)
    return b"".join(parts)


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
