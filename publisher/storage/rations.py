"""How often anybody may ask: token buckets that all processes share and a restart does not refill.

The generic cell rate algorithm (ITU-T I.371): a bucket is one number, the moment at which it is
full again. What is rationed is named by a hash alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from publisher.storage.conflicts import again_on_conflict
from publisher.storage.database import Database
from publisher.storage.schema import ration
from publisher.valueclass import valueclass


@valueclass
class Ration:
    """`most` at once, refilled at `most` an hour; `name` tells it from others."""

    name: str
    most: int


class Rations:
    """What was taken of each ration."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @again_on_conflict
    def take(self, rations: Sequence[Ration], *, now_ms: int) -> int:
        """Take one of each, or of none; 0, or in how many seconds there is one again.

        `now_ms` is in milliseconds since 1970.
        """
        with self._database.write(durable=False) as connection:
            there = _full_at(connection, [one.name for one in rations])
            wait = 0
            after: dict[str, int] = {}
            for one in rations:
                interval = 3_600_000 // one.most
                full = max(now_ms, there.get(one.name, 0)) + interval
                wait = max(wait, full - now_ms - one.most * interval)
                after[one.name] = full
            if wait > 0:
                return -(-wait // 1000)
            for name, full in after.items():
                if name in there:
                    connection.execute(
                        update(ration).where(ration.c.name == name).values(full_at=full)
                    )
                else:
                    connection.execute(insert(ration).values(name=name, full_at=full))
        return 0

    def prune(self, *, now_ms: int) -> None:
        """Forget buckets that are full."""
        with self._database.write(durable=False) as connection:
            connection.execute(delete(ration).where(ration.c.full_at <= now_ms))


def _full_at(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    # Locked in one order, so that no two wait for each other.
    rows = connection.execute(
        select(ration.c.name, ration.c.full_at)
        .where(ration.c.name.in_(names))
        .order_by(ration.c.name)
        .with_for_update()
    )
    return {row.name: row.full_at for row in rows}
