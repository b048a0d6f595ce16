"""Work shared out among as many processes as there are cores, where there is much of it."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager, nullcontext, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from publisher.cores import usable_cores

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")
_Work: TypeAlias = Callable[[Sequence[Any]], list[Any]]

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
    hands: Hands | None = None,
) -> Iterator[list[_Answer]]:
    """The answers to each portion, in order; `many` says that other processes are worth it.

    `portions` are asked for as hands come free, and in this process. `prepare` does what every
    hand would have to do first: import what the work takes, before there are any. `meanwhile` is
    what this process has to do anyway, and does once the others are at work. If there are `hands`
    already that were begun with this work, they do it, and no others are started.
    """
    if hands is None and (not many or usable_cores() < 2):
        meanwhile()
        for portion in portions:
            yield work(portion)
        return
    if hands is None:
        prepare()
    with nullcontext(hands) if hands else begun(work) as those:
        answers = those.begin(work, iter(portions))
        meanwhile()
        yield from answers


@contextmanager
def begun(*works: _Work) -> Iterator[Hands]:
    """As many hands as there are cores, for these works.

    What is not asked for any more at the end is not done.
    """
    import multiprocessing  # noqa: PLC0415 - slow to import, seldom needed
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # Forked, so that each has the rules and the site as they are here.
    context = multiprocessing.get_context("fork")
    gc.freeze()  # what is there is not looked through by each hand, which would copy it
    many = usable_cores()
    pool = ProcessPoolExecutor(
        many, mp_context=context, initializer=_begin, initargs=(works, os.getpid())
    )
    try:
        yield Hands(pool, many, works)
    finally:
        pool.shutdown(cancel_futures=True)


class Hands:
    """So `many` processes, forked when the first is asked to do one of the `works`."""

    def __init__(self, pool: ProcessPoolExecutor, many: int, works: Sequence[_Work]) -> None:
        self._pool = pool
        self._many = many
        self._works = works

    def begin(
        self,
        work: Callable[[Sequence[_Task]], list[_Answer]],
        portions: Iterator[Sequence[_Task]],
        first: int = 0,
    ) -> Iterator[list[_Answer]]:
        """The answers to each portion, in order; so many portions are given out at once."""
        number = self._works.index(work)
        some = islice(portions, first or self._many + 1)
        given = deque((portion, self._give(number, portion)) for portion in some)
        return self._answers(number, portions, given)

    def each(self, step: Callable[[], None]) -> None:
        """Have each hand that has nothing else to do take this step, a function of a module."""
        for _ in range(self._many):
            with suppress(BrokenExecutor):  # as the next answer will say
                self._pool.submit(step)

    def _answers(
        self,
        number: int,
        portions: Iterator[Sequence[Any]],
        given: deque[tuple[Sequence[Any], Future[list[Any]]]],
    ) -> Iterator[list[Any]]:
        try:
            for portion in portions:
                given.append((portion, self._give(number, portion)))
                while len(given) > self._many + 1:
                    yield given[0][1].result()
                    given.popleft()
            while given:
                yield given[0][1].result()
                given.popleft()
        except BrokenExecutor:
            # Somebody has ended a process (a machine short of memory): we do it ourselves.
            for portion, _ in given:
                yield self._works[number](portion)
            for portion in portions:
                yield self._works[number](portion)

    def _give(self, number: int, portion: Sequence[Any]) -> Future[list[Any]]:
        try:
            return self._pool.submit(_do, number, portion)
        except BrokenExecutor as err:  # to be said when the answer is asked for
            future: Future[list[Any]] = Future()
            future.set_exception(err)
            return future


_works: Sequence[_Work] = ()


def _begin(works: Sequence[_Work], parent: int) -> None:
    """In a new process: what it may be asked to do, once and not with each portion."""
    global _works  # noqa: PLW0603 - a process of its own has nowhere else to keep it
    _works = works
    gc.set_threshold(100_000)  # what is read has no cycles, and looking for them takes its time
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for us is told, and tells us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: int) -> None:
    """End with the process that we work for, also if it was killed."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _do(number: int, portion: Sequence[Any]) -> list[Any]:
    return _works[number](portion)
