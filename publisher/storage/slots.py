"""Slots that are dealt with, of each cohort: two runs can't both serve one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, insert, select
from sqlalchemy.exc import IntegrityError

from publisher.model import Cohort, Frequency
from publisher.storage.database import Database
from publisher.storage.schema import slot


class Slot(NamedTuple):
    """A slot, and what the clocks there should show then (None where that is not known)."""

    moment: datetime
    local: datetime | None = None


class Slots:
    """Which slot of each cohort was dealt with last, and how."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, newsletter: str) -> dict[Cohort, Slot]:
        """The newest slot of each cohort that was dealt with, however."""
        whose = (slot.c.newsletter, slot.c.frequency, slot.c.timezone)
        newest = (
            select(*whose, func.max(slot.c.slot).label("newest"))
            .where(slot.c.newsletter == newsletter)
            .group_by(*whose)
            .subquery()
        )
        same = [newest.c[column.name] == column for column in whose]
        with self._database.read() as connection:
            rows = connection.execute(
                select(slot).join(newest, and_(*same, newest.c.newest == slot.c.slot))
            ).all()
        return {
            Cohort(
                newsletter=row.newsletter,
                frequency=Frequency(row.frequency),
                timezone=row.timezone,
            ): Slot(row.slot, datetime.fromisoformat(row.local) if row.local else None)
            for row in rows
        }

    def record(self, slots: Mapping[Slot, str], cohort: Cohort, now: datetime) -> bool:
        """Put on record what became of these slots; False, and nothing done, if one was on it."""
        try:
            with self._database.write() as connection:
                record_slots(connection, slots, cohort, now)
        except IntegrityError:
            return False
        return True


def record_slots(
    connection: Connection, slots: Mapping[Slot, str], cohort: Cohort, now: datetime
) -> None:
    """The same in a transaction of somebody else's. Raises IntegrityError for one on record."""
    rows: list[dict[str, Any]] = [
        {
            "newsletter": cohort.newsletter,
            "frequency": cohort.frequency.value,
            "timezone": cohort.timezone,
            "slot": one.moment,
            "local": one.local.isoformat(timespec="seconds") if one.local else "",
            "outcome": outcome,
            "decided": now,
        }
        for one, outcome in slots.items()
    ]
    if rows:
        connection.execute(insert(slot), rows)
