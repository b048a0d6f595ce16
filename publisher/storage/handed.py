"""How many messages each relay was given, so that it never gets more than it may.

Exact over restarts and for all senders together: in no second, hour or day, wherever it begins,
are there more than the limit. Hours and days are counted by the minute; seconds by the generic
cell rate algorithm (ITU-T I.371), with a tenth of a second's messages at once.

And how fast each was found to take them, one row a relay; what that goes by is delivery's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, delete, func, select, update

from publisher.model import Limits, RelayPace
from publisher.storage.database import Database
from publisher.storage.schema import handed, pace, ration

_Told = TypeVar("_Told")
_OF_PACE = tuple(one.name for one in fields(RelayPace))
_MINUTE = 60_000  # milliseconds
_HOUR, _DAY = 60, 1440  # minutes


class Handed:
    """What relays were given."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, relay: str, limits: Limits, wanted: int, *, now_ms: int) -> tuple[int, float]:
        """Up to `wanted` messages that may go now, counted as gone.

        And if there are none, in how many seconds there will be. `now_ms` is in milliseconds
        since 1970.
        """
        with self._database.write(durable=False, alone=True) as connection:
            granted, wait = wanted, 0.0
            for most, minutes in ((limits.per_hour, _HOUR), (limits.per_day, _DAY)):
                if most and granted:
                    room, wait = self._room(connection, relay, most, minutes, now_ms)
                    granted = min(granted, room)
            if limits.per_second and granted:
                granted, wait = self._pace(connection, relay, limits.per_second, granted, now_ms)
            if granted and (limits.per_hour or limits.per_day):
                self._count(connection, relay, granted, now_ms // _MINUTE)
        return granted, 0.0 if granted else wait

    def pace(self, relay: str, change: Callable[[RelayPace], tuple[RelayPace, _Told]]) -> _Told:
        """What `change` tells of the pace of a relay, which all senders share and it may change.

        One after another, so it should be quick.
        """
        with self._database.write(durable=False, alone=True) as connection:
            row = connection.execute(select(pace).where(pace.c.relay == relay)).mappings().first()
            before = RelayPace(**{name: row[name] for name in _OF_PACE}) if row else RelayPace()
            after, told = change(before)
            if after != before:
                values = {name: getattr(after, name) for name in _OF_PACE}
                connection.execute(self._database.upsert(pace), {"relay": relay, **values})
        return told

    def give_back(self, relay: str, number: int, *, now_ms: int) -> None:
        """So many were taken and have not gone; and forget what no limit asks for any more."""
        minute = now_ms // _MINUTE
        with self._database.write(durable=False, alone=True) as connection:
            newest = connection.execute(
                select(func.max(handed.c.minute)).where(handed.c.relay == relay)
            ).scalar()
            connection.execute(
                update(handed)
                .where(
                    handed.c.relay == relay,
                    handed.c.minute == newest,
                    handed.c.messages >= number,
                )
                .values(messages=handed.c.messages - number)
            )
            old = handed.c.minute < minute - _DAY
            connection.execute(delete(handed).where(handed.c.relay == relay, old))

    def _room(
        self, connection: Connection, relay: str, most: int, minutes: int, now_ms: int
    ) -> tuple[int, float]:
        """How many may still go, and in how many seconds there is room again."""
        minute = now_ms // _MINUTE
        gone, oldest = connection.execute(counted(relay, minute - minutes)).one()
        room = max(0, most - int(gone or 0))
        if room:
            return room, 0.0
        return 0, ((oldest + minutes + 1) * _MINUTE - now_ms) / 1000

    def _pace(
        self, connection: Connection, relay: str, most: int, wanted: int, now_ms: int
    ) -> tuple[int, float]:
        burst = max(1, most // 10)
        interval = 1000 / (most - burst + 1)  # so that burst and pace together are no more
        name = sha256(f"relay\n{relay}".encode()).hexdigest()
        found = connection.execute(select(ration.c.full_at).where(ration.c.name == name)).scalar()
        full_at = max(now_ms, found or 0)
        room = math.floor(burst - (full_at - now_ms) / interval)
        granted = min(wanted, max(0, room))
        if not granted:
            return 0, (full_at + interval - burst * interval - now_ms) / 1000
        after = full_at + math.ceil(granted * interval)
        connection.execute(self._database.upsert(ration), {"name": name, "full_at": after})
        return granted, 0.0

    def _count(self, connection: Connection, relay: str, number: int, minute: int) -> None:
        row = {"relay": relay, "minute": minute, "messages": number}
        more = self._database.upsert(handed, {"messages": handed.c.messages + number})
        connection.execute(more, row)


def counted(relay: str, since: int) -> Select[Any]:
    """How many a relay was given from a minute on, and in which minute the first of them."""
    return select(func.sum(handed.c.messages), func.min(handed.c.minute)).where(
        handed.c.relay == relay, handed.c.minute >= since, handed.c.messages > 0
    )
