"""Who lets the service wait: over real sockets, with less patience than `serve` has."""

import asyncio
import socket
import threading
import time
from contextlib import ExitStack, contextmanager

import pytest

from publisher.web import patience
from publisher.web.server import Server, make_config

PIECE = b"x" * 65536
HEAD = b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n"


class Running:
    """A server in a thread, with an application that answers by what the path says."""

    def __init__(self):
        self.held, self.release, self._done = (
            threading.Event(),
            threading.Event(),
            threading.Event(),
        )
        self.server = Server(make_config(self, ()), self._done.is_set)
        self._socket = socket.create_server(("127.0.0.1", 0))
        run = lambda: self.server.run(sockets=[self._socket])  # noqa: E731
        self._thread = threading.Thread(target=run)
        self._thread.start()

    async def __call__(self, scope, receive, send):
        if scope["path"] == "/held":
            self.held.set()
            await asyncio.to_thread(self.release.wait, 30)
        if scope["path"] == "/busy":
            self.held.set()
            self.release.wait(30)  # and nothing else happens meanwhile
        count = {"/large": 200, "/pieces": 60}.get(scope["path"], 1)
        parts = [PIECE * count] if scope["path"] == "/large" else [PIECE] * count
        length = str(count * len(PIECE)).encode()
        head = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-length", length)],
        }
        await send(head)
        for left, part in zip(range(len(parts) - 1, -1, -1), parts, strict=True):
            await send({"type": "http.response.body", "body": part, "more_body": left > 0})

    @contextmanager
    def call(self, said, receive_buffer=0):
        with socket.socket() as line:
            if receive_buffer:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            line.settimeout(30)
            line.connect(self._socket.getsockname())
            line.sendall(said)
            yield line

    def wait_for(self, count):
        """Until so many connections are left."""
        until = time.monotonic() + 30
        while len(self.server.server_state.connections) != count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.server.server_state.connections) == count

    def stop(self):
        self.release.set()
        self._done.set()
        self._thread.join()
        self._socket.close()


@pytest.fixture
def running(monkeypatch):
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(patience, "SEND_SECONDS", 0.5)
    found = Running()
    yield found
    found.stop()


def whole(line):
    """Everything that comes until the other side hangs up, or the answer is whole."""
    got = b""
    try:
        while part := line.recv(1 << 20):
            got += part
            head, _, body = got.partition(b"\r\n\r\n")
            if b"content-length: %d\r" % len(body) in head + b"\r":
                break
    except ConnectionResetError:
        pass
    return got


@pytest.mark.threat(25)
@pytest.mark.parametrize("said", [b"", b"GET / HT"])
def test_who_asks_for_nothing_is_hung_up_on(running, said):
    with running.call(said) as line:
        assert whole(line) == b""


@pytest.mark.threat(25)
@pytest.mark.parametrize("path", [b"/large", b"/pieces"])
def test_who_takes_nothing_is_hung_up_on(running, path):
    """In one piece uvicorn has handed everything over, and would wait for ever; so in many."""
    with running.call(HEAD % path, receive_buffer=4096):
        running.wait_for(1)
        running.wait_for(0)


@pytest.mark.threat(25)
def test_who_is_slow_but_takes_each_piece_gets_all(running):
    with running.call(HEAD % b"/pieces", receive_buffer=65536) as line:
        got = b""
        while len(got) < 60 * len(PIECE):
            time.sleep(0.01)
            part = line.recv(60_000)
            assert part, len(got)
            got += part


@pytest.mark.threat(25)
def test_a_body_that_goes_on_after_the_answer_has_an_end(running):
    said = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nx"
    with running.call(said) as line:
        assert whole(line).startswith(b"HTTP/1.1 200")
        line.settimeout(0.05)
        with pytest.raises(ConnectionError):
            for _ in range(600):
                line.sendall(b"x")
                time.sleep(0.05)


@pytest.mark.threat(25)
def test_a_crowd_that_is_silent_makes_room(running):
    running.server.config.limit_concurrency = 5
    with running.call(HEAD % b"/held") as held:
        assert running.held.wait(30)
        lines = []
        for number in range(12):
            line = running.call((b"", b"GET / HT", HEAD % b"/")[number % 3])
            lines.append((line, line.__enter__()))
        with running.call(HEAD % b"/") as line:
            assert whole(line).startswith(b"HTTP/1.1 200")
        running.release.set()
        assert whole(held).startswith(b"HTTP/1.1 200")
        for line, _ in lines:
            line.__exit__(None, None, None)


@pytest.mark.threat(25)
def test_who_comes_while_the_service_is_busy_is_let_in_with_all_others(running, monkeypatch):
    """Those who had to make room still come to their end then, and take up none of it."""
    monkeypatch.setattr(patience, "SEND_SECONDS", 30)
    monkeypatch.setattr(patience, "STALLED_SECONDS", 0)
    running.server.config.limit_concurrency = 5
    with ExitStack() as lines:
        for _ in range(3):
            lines.enter_context(running.call(HEAD % b"/pieces", receive_buffer=4096))
        running.wait_for(3)
        busy = lines.enter_context(running.call(HEAD % b"/busy"))
        assert running.held.wait(30)
        late = [lines.enter_context(running.call(HEAD % b"/")) for _ in range(3)]
        running.release.set()
        for line in (busy, *late):
            assert whole(line).startswith(b"HTTP/1.1 200")


@pytest.mark.threat(25)
def test_a_crowd_that_does_not_read_makes_room(running, monkeypatch):
    monkeypatch.setattr(patience, "SEND_SECONDS", 30)
    monkeypatch.setattr(patience, "STALLED_SECONDS", 0)
    running.server.config.limit_concurrency = 4
    lines = [running.call(HEAD % b"/pieces", receive_buffer=4096) for _ in range(8)]
    for line in lines:
        line.__enter__()
    with running.call(HEAD % b"/") as line:
        assert whole(line).startswith(b"HTTP/1.1 200")
    for line in lines:
        line.__exit__(None, None, None)
