"""Work shared out among as many processes as there are cores, where there is much of it."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from publisher.cores import usable_cores

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")

MANY = 400  # articles from which on starting processes pays
PORTION = 800  # articles that a hand reads before it asks for more


def in_portions(tasks: Sequence[_Task], size: int = PORTION) -> Iterator[Sequence[_Task]]:
    """The tasks, so many at a time; fewer towards the end, so that no hand is last by much."""
    at = 0
    while rest := len(tasks) - at:
        many = min(size, max(1, size // 8, rest // 4), rest)
        yield tasks[at : at + many]
        at += many


def share_out(
    work: Callable[[Sequence[_Task]], list[_Answer]],
    portions: Iterable[Sequence[_Task]],
    *,
    many: bool,
    prepare: Callable[[], None] = lambda: None,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[list[_Answer]]:
    """The answers to each portion, in order; `many` says that other processes are worth it.

    `portions` are asked for as hands come free, and in this process. `prepare` does what every
    hand would have to do first: import what the work takes, before there are any. `meanwhile` is
    what this process has to do anyway, and does once the others are at work.
    """
    if not many or usable_cores() < 2:
        meanwhile()
        for portion in portions:
            yield work(portion)
        return
    prepare()
    with begun(work, iter(portions), first=usable_cores() + 1) as answers:
        meanwhile()
        yield from answers


@contextmanager
def begun(
    work: Callable[[Sequence[_Task]], list[_Answer]],
    portions: Iterator[Sequence[_Task]],
    *,
    first: int = 0,
) -> Iterator[Iterator[list[_Answer]]]:
    """The same where there are cores for it, and begun at once with so many portions at `first`.

    What is not asked for any more at the end is not done.
    """
    import multiprocessing  # noqa: PLC0415 - slow to import, seldom needed
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # Forked, so that each has the rules and the site as they are here.
    context = multiprocessing.get_context("fork")
    gc.freeze()  # what is there is not looked through by each hand, which would copy it
    hands = usable_cores()
    pool = ProcessPoolExecutor(
        hands, mp_context=context, initializer=_begin, initargs=(work, os.getpid())
    )
    given = deque((portion, _given_to(pool, portion)) for portion in islice(portions, first))
    try:
        yield _answers(work, portions, given, pool, hands + 1)
    finally:
        pool.shutdown(cancel_futures=True)


def _answers(
    work: Callable[[Sequence[_Task]], list[_Answer]],
    portions: Iterator[Sequence[_Task]],
    given: deque[tuple[Sequence[_Task], Future[list[_Answer]]]],
    pool: ProcessPoolExecutor,
    ahead: int,
) -> Iterator[list[_Answer]]:
    """The answers in the order of the portions, of which so many are `given` out ahead."""
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - see `begun`

    try:
        for portion in portions:
            given.append((portion, _given_to(pool, portion)))
            while len(given) > ahead:
                yield given[0][1].result()
                given.popleft()
        while given:
            yield given[0][1].result()
            given.popleft()
    except BrokenProcessPool:
        # Somebody has ended a process (a machine short of memory): we do it ourselves.
        for portion, _ in given:
            yield work(portion)
        for portion in portions:
            yield work(portion)


def _given_to(pool: ProcessPoolExecutor, portion: Sequence[Any]) -> Future[list[Any]]:
    from concurrent.futures import Future  # noqa: PLC0415 - see `begun`
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    try:
        return pool.submit(_do, portion)
    except BrokenProcessPool as err:  # to be said when the answer is asked for
        future: Future[list[Any]] = Future()
        future.set_exception(err)
        return future


_work: Callable[[Sequence[Any]], list[Any]] | None = None


def _begin(work: Callable[[Sequence[Any]], list[Any]], parent: int) -> None:
    """In a new process: what it will be asked to do, once and not with each portion."""
    global _work  # noqa: PLW0603 - a process of its own has nowhere else to keep it
    _work = work
    gc.set_threshold(100_000)  # what is read has no cycles, and looking for them takes its time
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for us is told, and tells us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: int) -> None:
    """End with the process that we work for, also if it was killed."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _do(portion: Sequence[Any]) -> list[Any]:
    assert _work is not None
    return _work(portion)
