"""Work that pauses between its steps, so that each step of many is done in turn.

A processor that goes on doing the same is a sixth faster than one that does all of a work, and
then all of the next: the program for a step, and what it looks up, stay near it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import ParamSpec, TypeAlias, TypeVar

_T = TypeVar("_T")
_P = ParamSpec("_P")

Steps: TypeAlias = Generator[None, None, _T]


def in_turn(works: Iterable[Steps[_T]]) -> list[_T]:
    """What each of the works comes to, in their order; what one raises ends all."""
    done: dict[int, _T] = {}
    begun = list(enumerate(works))
    left = begun
    while left:
        paused = []
        for number, work in left:
            try:
                next(work)
            except StopIteration as end:
                done[number] = end.value
            else:
                paused.append((number, work))
        left = paused
    return [done[number] for number, _ in begun]


def at_once(steps: Callable[_P, Steps[_T]]) -> Callable[_P, _T]:
    """The same work without a pause."""

    def work(*words: _P.args, **more: _P.kwargs) -> _T:
        return in_turn([steps(*words, **more)])[0]

    work.__doc__ = steps.__doc__
    return work
