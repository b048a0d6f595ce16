"""Clients as no server wants them: slow to ask, slow to read, or with far too much to say."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from contextlib import suppress

PAUSE = 0.25  # seconds between two bytes, or two looks
LARGE = 10_000_000  # bytes of a body
KINDS = ("head", "reader", "body", "header")


class Crowd(threading.Thread):
    """So many of them at once until it is stopped; `counts` tells what became of each call.

    A third send a head byte by byte, a third take a large file 512 bytes at a time; of the rest one
    at a time sends a body of ten megabytes, and one a header field of forty kilobytes.
    """

    def __init__(self, port: int, count: int, *, form: str, large: str) -> None:
        super().__init__(daemon=True)
        self.counts: Counter[str] = Counter()
        self._port, self._count, self._form, self._large = port, count, form, large
        self._done = threading.Event()

    def run(self) -> None:
        asyncio.run(self._gather())

    def stop(self) -> None:
        self._done.set()
        self.join()

    async def _gather(self) -> None:
        kinds = [KINDS[number % 2] for number in range(max(0, self._count - 2))]
        kinds += KINDS[2:][: self._count]
        calls = [asyncio.create_task(self._call_again(kind)) for kind in kinds]
        await asyncio.to_thread(self._done.wait)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    async def _call_again(self, kind: str) -> None:
        while True:
            line = socket.socket()
            line.setblocking(False)
            if kind == "reader":
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            try:
                await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", self._port))
                outcome = await getattr(self, f"_{kind}")(line)
            except OSError:
                outcome = "hung up"
            except asyncio.CancelledError:
                self.counts[f"{kind}: still there"] += 1
                raise
            finally:
                line.close()
            self.counts[f"{kind}: {outcome}"] += 1
            await asyncio.sleep(PAUSE)

    async def _head(self, line: socket.socket) -> str:
        loop = asyncio.get_running_loop()
        for byte in b"GET /rss.xml HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 2000:
            await loop.sock_sendall(line, bytes([byte]))
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    return "answered" if await loop.sock_recv(line, 100) else "hung up"
        return "never hung up on"

    async def _reader(self, line: socket.socket) -> str:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(line, f"GET {self._large} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while True:
            if not await loop.sock_recv(line, 512):
                return "hung up"
            await asyncio.sleep(PAUSE)

    async def _body(self, line: socket.socket) -> str:
        head = f"POST {self._form} HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGE}\r\n"
        kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        return await self._say(line, (head + kind).encode() + b"x" * LARGE)

    async def _header(self, line: socket.socket) -> str:
        return await self._say(
            line, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 40_000 + b"\r\n\r\n"
        )

    async def _say(self, line: socket.socket, said: bytes) -> str:
        """The status of the answer, which may come before all is said."""
        loop = asyncio.get_running_loop()
        saying = asyncio.create_task(loop.sock_sendall(line, said))
        try:
            return (await loop.sock_recv(line, 100))[9:12].decode() or "hung up"
        finally:
            saying.cancel()
            await asyncio.gather(saying, return_exceptions=True)
