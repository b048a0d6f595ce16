"""What the WebSub hub has been told of, and what it could not be told yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select

from publisher.storage.database import Database
from publisher.storage.schema import ping
from publisher.valueclass import valueclass


@valueclass
class Ping:
    """A file: its stamp when the hub was told last, and how often that has failed since."""

    stamp: str = ""
    failures: int = 0
    retry_at: datetime | None = None


class Pings:
    """Pings by the path of the file below the output folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self) -> dict[str, Ping]:
        """All of them."""
        with self._database.read() as connection:
            return {
                path: Ping(stamp=stamp, failures=failures, retry_at=retry_at)
                for path, stamp, failures, retry_at in connection.execute(select(ping))
            }

    def save(self, pings: Mapping[str, Ping], forgotten: Iterable[str] = ()) -> None:
        """Keep these, and forget what is no longer there; if lost, the hub is told twice."""
        rows = [
            {"path": path, "stamp": p.stamp, "failures": p.failures, "retry_at": p.retry_at}
            for path, p in pings.items()
        ]
        old = [*pings, *forgotten]
        if not old:
            return
        with self._database.write(durable=False, alone=True) as connection:
            for path in old:
                connection.execute(delete(ping).where(ping.c.path == path))
            if rows:
                connection.execute(insert(ping), rows)
