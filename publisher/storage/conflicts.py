"""What to do where the transaction of somebody else was in the way of ours: begin again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError

from publisher.errors import StoreError

_P = ParamSpec("_P")
_R = TypeVar("_R")

# Seconds at most before each further attempt; all of them are half a minute, as SQLite waits.
_PAUSES = (0.02, 0.1, 0.5, *[2.0] * 14)

# PostgreSQL's manual, appendix A: serialization_failure, deadlock_detected.
_IN_THE_WAY = {"40001", "40P01"}


def again_on_conflict(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """For a method that is one transaction: it is carried out again where others were in its way.

    Two that write about the same people may wait for each other, until PostgreSQL ends one of
    them; or both add the same row, and who is second finds it there at the next attempt.
    """

    @wraps(method)
    def attempt(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        for pause in _PAUSES:
            try:
                return method(*args, **kwargs)
            except (IntegrityError, StoreError) as err:
                if not _is_conflict(err):
                    raise
            # Not at once, or they would meet again.
            time.sleep(random.uniform(0, pause))  # noqa: S311 - no secret
        return method(*args, **kwargs)

    return attempt


def _is_conflict(error: IntegrityError | StoreError) -> bool:
    if isinstance(error, IntegrityError):
        return True
    cause = error.__cause__
    return isinstance(cause, DBAPIError) and getattr(cause.orig, "sqlstate", "") in _IN_THE_WAY
