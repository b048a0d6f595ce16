"""Another core of the machine, for work that does not wait for this process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WHOLE = b"\0"  # ends an answer: one without it is of a process that died


def usable_cores() -> int:
    """On how many cores processes of ours may work; 1 where it is not safe to start any.

    A fork copies one thread of several, and whatever locks the others hold.
    """
    if not hasattr(os, "sched_getaffinity") or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


@contextmanager
def meanwhile(work: Callable[[], bytes]) -> Iterator[Callable[[], bytes]]:
    """Let a forked process do the work; what is yielded waits for it, and gives what it came to.

    Takes about 2 ms. If that process is ended by somebody, the work is done here.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)  # else we would never be told that nobody reads any more
        _answer(writer, work)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:

        def answer() -> bytes:
            said = pipe.read()
            return said[: -len(_WHOLE)] if said.endswith(_WHOLE) else work()

        try:
            yield answer
        finally:
            pipe.close()  # by which the other one ends if nobody has asked for its answer
            os.waitpid(child, 0)


def _answer(writer: int, work: Callable[[], bytes]) -> None:
    """What the other process does; it ends here, and cleans up nothing that is its parent's."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for us is told
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(work() + _WHOLE)
    finally:
        os._exit(0)
