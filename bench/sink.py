"""An SMTP server that takes everything and keeps nothing but a count, as fast as Python can."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

_EHLO = b"250-sink\r\n250-PIPELINING\r\n250-SIZE 50000000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
_END = b"\r\n.\r\n"


class _Talk(asyncio.Protocol):
    taken = 0
    delay = 0.0

    def connection_made(self, transport):
        self._transport = transport
        self._buffer = bytearray()
        self._in_data = False
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.write(b"220 sink\r\n")

    def data_received(self, data):
        buffer, out = self._buffer, []
        searched = max(0, len(buffer) - len(_END))
        buffer += data
        while True:
            end = buffer.find(_END if self._in_data else b"\r\n", searched)
            if end < 0:
                break
            searched = 0
            if self._in_data:
                del buffer[: end + len(_END)]
                self._in_data = False
                _Talk.taken += 1
                out.append(b"250 2.0.0 queued\r\n")
            else:
                verb = bytes(buffer[:4]).upper()
                del buffer[: end + 2]
                self._in_data = verb == b"DATA"
                out.append(_ANSWERS.get(verb, b"250 ok\r\n"))
        if out and _Talk.delay:
            asyncio.get_running_loop().call_later(_Talk.delay, self._answer, out)
        elif out:
            self._answer(out)

    def _answer(self, out):
        if not self._transport.is_closing():
            self._transport.write(b"".join(out))
        if b"221 bye\r\n" in out:
            self._transport.close()


_ANSWERS = {b"EHLO": _EHLO, b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


def _serve(pipe: Connection, delay: float) -> None:
    _Talk.delay = delay

    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Talk, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        async with server:
            await loop.run_in_executor(None, pipe.recv)
        pipe.send(_Talk.taken)

    asyncio.run(main())


@contextmanager
def own_sink(counts: list[int], delay: float = 0.0) -> Iterator[int]:
    """A sink in a process of its own; gives its port, and at the end how many it took.

    It answers after `delay` seconds.
    """
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, delay))
    process.start()
    try:
        yield here.recv()
        here.send("stop")
        counts.append(here.recv())
    finally:
        process.terminate()
        process.join()


def postfix_program(name: str, sbin: str) -> str | None:
    """Where a program of Postfix is, if it is installed."""
    return shutil.which(name, path=f"{sbin}:{os.environ.get('PATH', '')}")


@contextmanager
def running_postfix_sink(program: str) -> Iterator[int]:
    """Postfix's own sink, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *user, f"127.0.0.1:{port}", "100"])
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()
