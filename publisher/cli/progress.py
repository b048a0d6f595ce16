"""How far long work has come: a bar on a terminal, else a line a minute, as for a log.

Neither has a thread: where there are several, no process can be forked, as long builds do.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from publisher.cli.common import tell
from publisher.publish.progress import Advance, unseen

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

__all__ = ["progress", "unseen"]

_FIRST = 1.0  # seconds that work may take before a bar is worth showing
_GLANCE = 0.1  # seconds from one look of the bar to the next
_LINE = 60.0  # seconds from one line of a log to the next


@contextmanager
def progress(
    what: str, total: int | None = None, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Advance]:
    """Show on stderr how far `what` has come of `total`.

    Used as `with progress("Sending", total) as advance:`, in which `advance(n)` says that so many
    more are done. The bar shows after a second, and goes with the end of the block; the log's
    first line comes after a minute. `clock` is in seconds.
    """
    shown = (_Bar if sys.stderr.isatty() else _Log)(what, total, clock)
    try:
        yield shown.advance
    finally:
        shown.end()


class _Log:
    """A line now and then."""

    every, first = _LINE, _LINE

    def __init__(self, what: str, total: int | None, clock: Callable[[], float]) -> None:
        self.what = what
        self.total = total
        self._clock = clock
        self._began = clock()
        self._due = self._began + self.first
        self.done = 0

    def advance(self, done: int) -> None:
        self.done += done
        now = self._clock()
        if now >= self._due:
            self._due = now + self.every
            of = "" if self.total is None else f" of {self.total:,}"
            self.show(f"{self.done:,}{of}, {pace(self.done, self.total, now - self._began)}")

    def show(self, words: str) -> None:
        tell(f"{self.what}: {words}")

    def end(self) -> None:
        pass


class _Bar(_Log):
    """The same on a terminal."""

    every, first = _GLANCE, _FIRST

    def __init__(self, what: str, total: int | None, clock: Callable[[], float]) -> None:
        super().__init__(what, total, clock)
        self._bar: Bar | None = None

    def show(self, words: str) -> None:
        bar = self._bar
        if bar is None:
            bar = self._bar = _new_bar()
            bar.add_task(self.what, total=self.total, completed=self.done, words=words)
            bar.start()
        bar.update(bar.task_ids[0], completed=self.done, words=words)
        bar.refresh()

    def end(self) -> None:
        if self._bar:
            self._bar.stop()


def _new_bar() -> Bar:
    from rich.console import Console  # noqa: PLC0415 - slow to import, seldom needed
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[words]}", markup=False),
        console=Console(stderr=True),
        auto_refresh=False,
        transient=True,
    )


def pace(done: int, total: int | None, seconds: float) -> str:
    """How fast it goes, and for how long it will at that rate."""
    rate = done / seconds if seconds > 0 else 0.0
    words = f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s"
    if total is None or rate == 0:
        return words
    return f"{words}, {_duration(max(0, total - done) / rate)} left"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = -(-whole // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02} min"
