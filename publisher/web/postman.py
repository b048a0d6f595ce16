"""Sends the mails that people on the web wait for, beside the loop that answers them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from publisher.errors import PublisherError, trace

_ROUND = 20  # seconds between two looks at what waits, if nobody wakes us
_AGAIN = 60  # after trouble: the relay needs its time


class Postman:
    """A thread that calls `deliver` whenever it is woken, and now and then; a context manager.

    What it gives `deliver` says whether that should end.
    """

    def __init__(
        self, deliver: Callable[[Callable[[], bool]], None], *, log: Callable[[str], None]
    ) -> None:
        self._deliver = deliver
        self._log = log
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)

    def wake(self) -> None:
        """Something waits."""
        self._woken.set()

    def __enter__(self) -> Self:
        self._woken.set()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._woken.set()
        self._thread.join(timeout=8)

    def _work(self) -> None:
        while not self._stopped.is_set():
            self._woken.wait(_ROUND)
            self._woken.clear()
            if self._stopped.is_set():
                return
            try:
                self._deliver(self._stopped.is_set)
            except PublisherError as err:
                self._log(str(err))
                self._stopped.wait(_AGAIN)
            except Exception as err:  # noqa: BLE001 - a bug in one round must not end those after it
                self._log(f"publisher itself fails on mails that were asked for ({trace(err, 6)})")
                self._stopped.wait(_AGAIN)
