"""Who is there to be written to: readers of a newsletter counted by what they chose.

The database counts, so that a million of them cost no memory here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_

from publisher.model import Frequency, Selection
from publisher.storage.database import Database
from publisher.storage.schema import subscriber, subscription
from publisher.storage.wishes import read_choice
from publisher.valueclass import valueclass

Clock = tuple[str, str]  # a frequency and a time zone as they were chosen
GroupId = tuple[str, int | None, str]  # topics as the store has them, watermark, language


@valueclass
class Presence:
    """Readers of a newsletter who chose the same frequency and time zone.

    `active` of them are not pausing; of these `lowest` is how far the one who is furthest behind
    has been met, None if somebody is `new` and has had no edition yet. `since` is when the first
    of them chose so, None if that is not known.
    """

    frequency: Frequency
    timezone: str
    readers: int
    active: int
    new: int
    lowest: int | None
    since: datetime | None

    @property
    def clock(self) -> Clock:
        """What they chose."""
        return self.frequency.value, self.timezone


@valueclass
class Group:
    """Readers who chose the same topics (`key`: as the store has them) and were met as far.

    `language` is what they chose for the program's words; empty for the newsletter's own.
    """

    key: str
    topics: Selection
    watermark: int | None
    language: str
    readers: int

    @property
    def id(self) -> GroupId:
        """What tells it from all other groups."""
        return self.key, self.watermark, self.language


class Readership:
    """The questions that planning an edition asks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def present(self, newsletter: str, now: datetime) -> list[Presence]:
        """All readers of a newsletter, by frequency and time zone."""
        columns = subscription.c
        active = is_active(now)
        query = (
            select(
                columns.frequency,
                columns.timezone,
                func.count().label("readers"),
                func.count(case((active, 1))).label("active"),
                func.count(case((and_(active, columns.watermark.is_(None)), 1))).label("new"),
                func.min(case((active, columns.watermark))).label("lowest"),
                func.count(columns.chosen).label("dated"),
                func.min(columns.chosen, type_=columns.chosen.type).label("since"),
            )
            .where(columns.newsletter == newsletter)
            .group_by(columns.frequency, columns.timezone)
            .order_by(columns.frequency, columns.timezone)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Presence(
                frequency=Frequency(row.frequency),
                timezone=row.timezone,
                readers=row.readers,
                active=row.active,
                new=row.new,
                lowest=None if row.new else row.lowest,
                since=row.since if row.dated == row.readers else None,
            )
            for row in rows
        ]

    def groups(self, newsletter: str, clocks: Collection[Clock], now: datetime) -> list[Group]:
        """Those who chose one of these clocks and do not pause: topics, watermark, language."""
        columns = subscription.c
        whose = (columns.topics, columns.watermark, subscriber.c.language)
        query = (
            select(*whose, func.count().label("readers"))
            .join(subscriber, subscriber.c.id == columns.subscriber)
            .where(*members(newsletter, clocks), is_active(now))
            .group_by(*whose)
        )
        with self._database.read() as connection:
            return [
                Group(
                    key=row.topics,
                    topics=read_choice(row.topics, "", "").topics,
                    watermark=row.watermark,
                    language=row.language,
                    readers=row.readers,
                )
                for row in connection.execute(query)
            ]


def members(newsletter: str, clocks: Collection[Clock]) -> tuple[ColumnElement[bool], ...]:
    """The subscriptions to a newsletter with one of these clocks."""
    columns = subscription.c
    return (
        columns.newsletter == newsletter,
        tuple_(columns.frequency, columns.timezone).in_(sorted(clocks)),
    )


def is_active(now: datetime) -> ColumnElement[bool]:
    """That a subscription does not pause."""
    until = subscription.c.paused_until
    return or_(until.is_(None), until <= now)
