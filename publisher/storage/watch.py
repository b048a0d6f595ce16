"""Whether anybody else writes while a run is at work, and how its database stands when it ends."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from publisher.storage.database import Database
from publisher.storage.marking import mark_all_in_file

_SECOND = 10**9  # a disk whose times are whole seconds may hide a second change
# Longer than the clock by which Linux stamps files stands still: CONFIG_HZ is 100 at least.
_TICK = 12 * 10**6  # ns


class Watch:
    """Begins when it is made. Only over SQLite: who else writes to a server can't be told."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = self._opened()
        self._version = self._others()
        self._changes = self._ours()

    @property
    def has_written(self) -> bool:
        """Whether we have changed anything ourselves."""
        return self._ours() != self._changes

    def settle(self) -> None:
        """Bring all that was committed into the file; who asks for its mark later waits less."""
        if self._connection is not None:
            self._empty_log()

    def mark(self) -> str:
        """How the file stands, all that was committed in it, if nobody else has written meanwhile.

        "" where somebody has, or that can't be told. Nobody may write unseen after this: the file
        has another mark then (mark_all_in_file).
        """
        if self._connection is None or self._opened() is not self._connection:
            return ""
        self._empty_log()
        path = Path(self._database.place)
        mark = mark_all_in_file(path)
        if not mark or not _outlasted(path) or mark_all_in_file(path) != mark:
            return ""
        return mark if self._others() == self._version else ""

    def _opened(self) -> Any:
        """The one connection that a run has to a file."""
        if not self._database.is_sqlite:
            return None
        with self._database.engine.connect() as connection:
            return connection.connection.dbapi_connection

    def _others(self) -> int:
        """Another number after a commit of any other connection."""
        return self._ask("PRAGMA data_version") if self._connection else 0

    def _ours(self) -> int:
        """How many rows we have changed."""
        return int(self._connection.total_changes) if self._connection else 0

    def _empty_log(self) -> None:
        """Bring what the log has into the file, unless somebody is in it just now."""
        patience = self._ask("PRAGMA busy_timeout")
        self._ask("PRAGMA busy_timeout=0")
        try:
            self._ask("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._ask(f"PRAGMA busy_timeout={patience}")

    def _ask(self, words: str) -> int:
        return int(self._connection.execute(words).fetchone()[0])


def _outlasted(path: Path) -> bool:
    """Wait until a change of the file would get a later time than it has; False: it may not."""
    changed, now = path.stat().st_mtime_ns, time.time_ns()
    if changed % _SECOND == 0 or changed > now:
        return False
    if changed + _TICK > now:
        time.sleep((changed + _TICK - now) / _SECOND)
    return True
