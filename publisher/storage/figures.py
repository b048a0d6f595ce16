"""Counts over time, for the operator: who came and went, and what came back.

Nothing here names a reader. Days are those of UTC.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, distinct, func, select, text, type_coerce

from publisher.storage.database import Database
from publisher.storage.schema import bounce, consent, subscriber, suppression

_DAY = 86400
_BY_HAND = ("removed by the operator", "forgotten")
_EPOCH = date(1970, 1, 1)


class Figures:
    """How many, by day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self) -> None:
        """Raise StoreError if the database can't be asked."""
        with self._database.read() as connection:
            connection.execute(text("SELECT 1"))

    def came(self, since: datetime) -> dict[date, int]:
        """How many of today's subscribers came on each day."""
        day = _day(subscriber.c.added)
        return self._by_day(
            select(day, func.count()).where(subscriber.c.added >= since).group_by(day)
        )

    def left(self, since: datetime) -> dict[date, int]:
        """How many people gave up a newsletter by themselves on each day."""
        day = _day(consent.c.at)
        return self._by_day(
            select(day, func.count(distinct(consent.c.subscriber)))
            .where(consent.c.what == "left", consent.c.at >= since)
            .group_by(day)
        )

    def bounced_off(self, since: datetime) -> dict[date, int]:
        """How many were taken off on each day because of what came back, complaints too."""
        day = _day(bounce.c.received)
        return self._by_day(
            select(day, func.count(distinct(bounce.c.key)))
            .where(bounce.c.outcome == "suppressed", bounce.c.received >= since)
            .group_by(day)
        )

    def removed(self, since: datetime) -> dict[date, int]:
        """How many the operator removed or forgot on each day."""
        day = _day(suppression.c.since)
        return self._by_day(
            select(day, func.count())
            .where(suppression.c.reason.in_(_BY_HAND), suppression.c.since >= since)
            .group_by(day)
        )

    def returned(self, since: datetime) -> dict[str, dict[date, int]]:
        """How many reports of each kind came back on each day."""
        day = _day(bounce.c.received)
        found: dict[str, dict[date, int]] = {}
        with self._database.read() as connection:
            for row in connection.execute(
                select(bounce.c.kind, day, func.count())
                .where(bounce.c.received >= since)
                .group_by(bounce.c.kind, day)
            ):
                found.setdefault(row[0], {})[_date(row[1])] = row[2]
        return found

    def _by_day(self, query: Select[int, int]) -> dict[date, int]:
        with self._database.read() as connection:
            return {_date(row[0]): row[1] for row in connection.execute(query)}


def _day(moment: Any) -> ColumnElement[int]:
    """The number of the day since 1970, by the database itself."""
    return type_coerce(moment, BigInteger) // _DAY


def _date(number: int) -> date:
    return _EPOCH + timedelta(days=int(number))
