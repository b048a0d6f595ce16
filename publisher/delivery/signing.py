"""Processes that fill in and sign messages: RSA is most of the work, and Python has one core.

Each is a program of its own (signer.py) that gets words and keys over its standard input and ends
when that does: so it outlives nobody, however we end.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from publisher.delivery.dkim import DkimSigner
from publisher.delivery.message import MessageTemplate
from publisher.delivery.signer import SIZE
from publisher.model import Recipient

_CHUNK = 10  # messages that one process gets at a time
_AHEAD = 3  # chunks that it has at once
_READ = 1 << 20


# A message to be made: by which number its owner knows it, its segment, and for whom it is.
Job = tuple[int, int, Recipient]


class Signers:
    """`processes` that make the messages of an edition, signed by `signer`.

    Of `templates`, by the number of the segment, they get the words when they need them.
    """

    def __init__(
        self, signer: DkimSigner, templates: Mapping[int, MessageTemplate], *, processes: int
    ) -> None:
        self.templates = templates
        self._opening = pickle.dumps(signer.export())
        self._count = processes
        self._processes: list[_Process] = []
        self._backlog: deque[list[Job]] = deque()
        self._done: Callable[[int, bytes | str | None], None] = _nobody

    def begin(self, done: Callable[[int, bytes | str | None], None]) -> None:
        """Start them, in a running event loop; `done` gets a job's number with the message.

        Or with what was wrong, in words, where there can be no message; or with None, if every
        process has died, and its owner has to make it.
        """
        self._done = done
        self._processes = [_Process(self, self._opening) for _ in range(self._count)]

    def submit(self, jobs: Sequence[Job]) -> None:
        """Have these made, in about this order."""
        for _, group in groupby(jobs, key=itemgetter(1)):
            of_one = list(group)
            self._backlog += [of_one[at : at + _CHUNK] for at in range(0, len(of_one), _CHUNK)]
        self._hand_out()

    def end(self) -> None:
        """Stop them; what is not done is forgotten."""
        for process in self._processes:
            process.stop()
        self._processes.clear()
        self._backlog.clear()

    def made(self, chunk: list[Job], results: list[bytes | str]) -> None:
        """A process has done a chunk."""
        for (number, *_), result in zip(chunk, results, strict=True):
            self._done(number, result)
        self._hand_out()

    def lost(self, process: _Process) -> None:
        """A process has died; the others take over."""
        process.stop()
        self._processes.remove(process)
        self._backlog.extendleft(reversed(process.chunks))
        self._hand_out()

    def _hand_out(self) -> None:
        if not self._processes:
            for number, *_ in [job for chunk in self._backlog for job in chunk]:
                self._done(number, None)
            self._backlog.clear()
        while self._backlog:
            process = min(self._processes, key=lambda one: len(one.chunks))
            if len(process.chunks) >= _AHEAD:
                return
            chunk = self._backlog.popleft()
            try:
                process.give(chunk)
            except Exception:  # noqa: BLE001 - an event loop would swallow it; its owner meets it again
                for number, *_ in chunk:
                    self._done(number, None)


class _Process:
    """One of them, seen from here."""

    def __init__(self, owner: Signers, opening: bytes) -> None:
        self.chunks: deque[list[Job]] = deque()
        self._owner = owner
        self._received = bytearray()
        self._loop = asyncio.get_running_loop()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "publisher.delivery.signer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # what stops us from the keyboard must not stop it first
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in = self._process.stdin.fileno()
        os.set_blocking(self._in, False)
        self._to_send = bytearray()
        self._segment: int | None = None  # whose words it has
        self._out = self._process.stdout.fileno()
        os.set_blocking(self._out, False)
        self._loop.add_reader(self._out, self._read)
        self._write(opening)

    def give(self, chunk: list[Job]) -> None:
        """Have these made."""
        segment = chunk[0][1]
        words = self._owner.templates[segment].message if segment != self._segment else None
        self.chunks.append(chunk)
        self._segment = segment
        self._write(pickle.dumps((words, [recipient for *_, recipient in chunk])))

    def stop(self) -> None:
        """End it."""
        self._loop.remove_reader(self._out)
        self._loop.remove_writer(self._in)
        self._process.kill()
        self._process.communicate()

    def _write(self, data: bytes) -> None:
        self._to_send += SIZE.pack(len(data)) + data
        self._push()

    def _push(self) -> None:
        """Send as much as the pipe takes: waiting for it could be waiting for each other."""
        try:
            sent = os.write(self._in, self._to_send)
            del self._to_send[:sent]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._to_send.clear()  # it has died: reading will tell
        if self._to_send:
            self._loop.add_writer(self._in, self._push)
        else:
            self._loop.remove_writer(self._in)

    def _read(self) -> None:
        try:
            data = os.read(self._out, _READ)
        except BlockingIOError:
            return
        if not data:
            self._owner.lost(self)
            return
        self._received += data
        while len(self._received) >= SIZE.size:
            (size,) = SIZE.unpack_from(self._received)
            if len(self._received) < SIZE.size + size:
                return
            frame = bytes(self._received[SIZE.size : SIZE.size + size])
            del self._received[: SIZE.size + size]
            # It is our own program at the other end of the pipe.
            self._owner.made(self.chunks.popleft(), pickle.loads(frame))  # noqa: S301


def _nobody(_number: int, _made: bytes | str | None) -> None:
    pass
