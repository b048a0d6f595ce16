"""How long work tells how far it has come, whoever shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Advance = Callable[[int], None]


class Progress(Protocol):
    """Who shows how far work has come: `with progress("Sending", total) as advance:`."""

    def __call__(self, what: str, total: int | None = None, /) -> AbstractContextManager[Advance]:
        """Begin to show; `advance(n)` says that so many more are done. None: nobody knows of how
        many.
        """
        ...


@contextmanager
def unseen(what: str, total: int | None = None) -> Iterator[Advance]:  # noqa: ARG001
    """Progress that nobody looks at."""
    yield lambda _done: None
