"""feeds/ over HTTP: the bytes of one file at a time, and headers that belong to those bytes.

A publish replaces files whole by renaming (output.py), so that an open file never changes. Here a
file is opened once, and its size, time, bytes and ETag all come from that one.
"""

from __future__ import annotations

import os
import stat
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from publisher.valueclass import valueclass
from publisher.web import answers
from publisher.web.problems import Problem
from publisher.web.representations import Kept, Made, compress, is_text, is_twin, make
from publisher.web.service import Service

_WHOLE = 2 << 20  # bytes; a larger file is not hashed and goes out in pieces
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


@valueclass
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


class Ready:
    """Answers what was answered before, and is the same still, before any route is looked for."""

    def __init__(self, app: ASGIApp, files: Files) -> None:
        self._app, self._files = app, files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        made = self._files.ready(scope["path"]) if scope["method"] in {"GET", "HEAD"} else None
        if made is None:
            await self._app(scope, receive, send)
        else:
            await answers.answer(Headers(scope=scope), made)(scope, receive, send)


class Files:
    """The output folder; it comes last, for it answers every path."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._root = service.site.output
        self._prefix = urlsplit(service.site.publication.url).path
        self._kept = Kept()

    def routes(self) -> list[BaseRoute]:
        """What is answered here."""
        return [Route(self._prefix + "{path:path}", self.show, methods=["GET"])]

    async def show(self, request: Request) -> Response:
        """A file, its gzip twin, a part of it, or that it is as the client has it."""
        path = _file(request.path_params["path"])
        try:
            found = await run_in_threadpool(self._load, path)
        except IsADirectoryError:
            return RedirectResponse(
                self._prefix + quote(path) + "/", 308, {"Cache-Control": "max-age=300"}
            )
        except (OSError, ValueError):
            raise Problem("page", 404) from None
        if isinstance(found, _Opened):
            return answers.stream(request.headers, path, found.handle, found.status)
        return answers.answer(request.headers, found)

    def ready(self, path: str) -> Made | None:
        """What is kept for a path of the service, if the file is still the same.

        It takes a look at the disk and no thread, for nothing is read.
        """
        if not path.startswith(self._prefix):
            return None
        path = _file(path.removeprefix(self._prefix))
        made = self._kept.get(path)
        if made is None:
            return None
        try:
            opened = self._open(path)
        except OSError:
            return None
        os.close(opened.handle)
        return made if made.is_of(opened.status) else None

    def _load(self, path: str) -> Made | _Opened:
        """The file as it is now; a large one is only opened. OSError or ValueError: no file."""
        now = self._service.clock().timestamp()
        opened = self._open(path)
        if opened.status.st_size > _WHOLE:
            return opened
        try:
            data = opened.read()
        finally:
            os.close(opened.handle)
        packed = self._packed(path, data) if is_text(path) else None
        made = make(path, opened.status, data, packed, now=now)
        self._kept.keep(path, made)
        return made

    def _packed(self, path: str, data: bytes) -> bytes:
        """The same bytes as gzip: kept, from the .gz beside the file if it is of these, or made."""
        kept = self._kept.get(path)
        if kept and kept.packed and kept.plain.data == data:
            return kept.packed.data
        try:
            opened = self._open(f"{path}.gz")
        except (OSError, ValueError):
            return compress(data)
        try:
            packed = opened.read() if opened.status.st_size <= _WHOLE else b""
        finally:
            os.close(opened.handle)
        return packed if is_twin(packed, data) else compress(data)

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


def _file(path: str) -> str:
    """The file that is shown for a path below the publication's."""
    return path + "index.html" if path == "" or path.endswith("/") else path
