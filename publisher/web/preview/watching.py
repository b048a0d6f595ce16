"""Notices changes, has everything read again, and looks it through while nothing changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Event, Thread
from types import TracebackType
from typing import Self

from publisher.publish.preview import Previews, review

_PAUSE = 0.25  # seconds between two looks at the files
_SHARE = 4  # looking takes at most one part in so many of the time


class Watcher:
    """A thread that keeps the previews as new as the files; a context manager.

    Inside it, there is a first state.
    """

    def __init__(self, previews: Previews, *, clock: Callable[[], datetime]) -> None:
        self._previews = previews
        self._clock = clock
        self._stop = Event()
        self._thread = Thread(target=self._watch, name="watcher", daemon=True)

    def __enter__(self) -> Self:
        self._seen: object = self._previews.watched()
        self._previews.refresh(self._clock())
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        previews = self._previews
        steps: Iterator[None] = review(previews, previews.current)
        pause = 0.0
        while not self._stop.wait(pause):
            began = time.monotonic()
            marks = previews.watched()
            until = previews.current.until
            if marks != self._seen or (until is not None and until <= self._clock()):
                self._seen = marks
                previews.refresh(self._clock())
                steps = review(previews, previews.current)
            took = time.monotonic() - began
            pause = max(_PAUSE, took * _SHARE)
            if _go_on(steps, pause):
                pause = 0.0


def _go_on(steps: Iterator[None], seconds: float) -> bool:
    """Take steps for so long; whether there are more."""
    end = time.monotonic() + seconds
    return any(time.monotonic() >= end for _ in steps)
