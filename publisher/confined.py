"""Work that could crash, hang or fill the interpreter, in a process of its own with limits.

One such process serves this one; it is started when first wanted, has neither our environment nor
our open files, and ends with us. It makes objects (templates, a compiler of markup) and calls them:
values go there, text comes back. Whatever it does, we go on.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from publisher.errors import TemplateError

MEMORY = 512 << 20  # bytes of address space
CPU_SECONDS = 5.0  # for one call
SECONDS = 10.0  # of the clock, for one call
_LONGEST = 64 << 20  # bytes of an answer
_MOST_MADE = 32  # objects that one process keeps
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from publisher.confined import serve; serve()"
)


class EndedError(Exception):
    """The work was ended, or ended itself, before it was done; says why."""


class Confined:
    """An object that `maker` ("module:Class") makes of `words` in the other process.

    What goes there is pickled, so classes and functions have to stand at the top of a module.
    """

    def __init__(self, maker: str, *words: object) -> None:
        self._made = pickle.dumps((maker, words))
        self._key = hashlib.sha256(self._made).hexdigest()

    def call(self, method: str, *words: object) -> str:
        """What a method answers, which is text. Raises TemplateError as it does; EndedError."""
        return _ROOM.call(self._key, self._made, method, words)


class _Room:
    """The other process, as one of ours sees it; a fork of ours gets another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._made: set[str] = set()
        self._owner = 0
        self._left_to_parent: list[object] = []

    def call(self, key: str, made: bytes, method: str, words: tuple[object, ...]) -> str:
        with self._lock:
            process = self._started()
            job = (key, None if key in self._made else made, method, words, CPU_SECONDS)
            try:
                answer = _exchange(process, pickle.dumps(job), time.monotonic() + SECONDS)
            except EndedError as err:
                raise EndedError(self.end() or str(err)) from None
            self._made.add(key)
        if "template" in answer:
            what, mend, path, line = answer["template"]
            raise TemplateError(what, mend=mend, path=path, line=line)
        if "value" not in answer:
            raise EndedError(str(answer.get("ended")))
        return str(answer["value"])

    def end(self) -> str:
        """End the process; says what ended it before, if anything did."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return ""
        with suppress(OSError):
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
        code = process.returncode
        process.kill()
        process.wait()
        return "" if code is None or code >= 0 else f"it crashed ({signal.Signals(-code).name})"

    def _started(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            self._left_to_parent.append(self._process)
            self._process, self._owner = None, os.getpid()
        if self._process and (self._process.poll() is not None or len(self._made) >= _MOST_MADE):
            self.end()
        if self._process is None:
            self._made = set()
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-I", "-c", _START, str(Path(__file__).parents[1])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8"},
                cwd="/",
            )
        return self._process


_ROOM = _Room()
atexit.register(_ROOM.end)


def _exchange(process: subprocess.Popen[bytes], job: bytes, until: float) -> dict[str, Any]:
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(len(job).to_bytes(8, "big") + job)
        process.stdin.flush()
    except OSError:
        raise EndedError("it could not be started") from None
    size = int.from_bytes(_take(process.stdout, 8, until), "big")
    if size > _LONGEST:
        raise EndedError(f"it makes more than {_LONGEST >> 20} MB of text")
    answer: dict[str, Any] = json.loads(_take(process.stdout, size, until))
    return answer


def _take(pipe: BinaryIO | Any, size: int, until: float) -> bytes:
    parts = b""
    while len(parts) < size:
        if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
            raise EndedError("it took too long")
        part = os.read(pipe.fileno(), size - len(parts))
        if not part:
            raise EndedError("it ended early")
        parts += part
    return parts


def serve() -> None:
    """The other process: reads calls, answers them, until there are no more."""
    import resource  # noqa: PLC0415 - here alone

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, _overdraw)
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # those who asked us decide, and close the pipe
    made: dict[str, Any] = {}
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(8):
        answer = _answer(source.read(int.from_bytes(head, "big")), made)
        target.write(len(answer).to_bytes(8, "big") + answer)
        target.flush()


def _answer(job: bytes, made: dict[str, Any]) -> bytes:
    try:
        # Written by ourselves, a pipe ago.
        key, maker, method, words, seconds = pickle.loads(job)  # noqa: S301
        signal.setitimer(signal.ITIMER_PROF, seconds)
        if maker is not None:
            name, given = pickle.loads(maker)  # noqa: S301
            module, _, kind = name.partition(":")
            made[key] = getattr(import_module(module), kind)(*given)
        answer: dict[str, object] = {"value": getattr(made[key], method)(*words)}
        return json.dumps(answer).encode()
    except TemplateError as err:
        answer = {"template": [err.what, err.mend, err.path, err.line]}
    except MemoryError:
        answer = {"ended": f"it needs more than {MEMORY >> 20} MB"}
    except Exception as err:  # noqa: BLE001 - whatever it is, they have to know
        answer = {"ended": f"{type(err).__name__}: {err}"}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return json.dumps(answer).encode()


def _overdraw(_number: int, _frame: object) -> None:
    raise TimeoutError("it took too long")
