"""Who an edition is owed to is written down by the database itself: a million rows, no memory.

All of it happens in the transaction that opens the edition. A reader who has changed their choice
since the edition was planned is in none of its groups any more: they are left as they are, behind
by one slot, and the next one catches up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)

from publisher.model import DeliveryState
from publisher.storage.readership import Clock, GroupId, is_active, members
from publisher.storage.schema import Moment, delivery, segment, subscriber, subscription
from publisher.valueclass import valueclass

_BATCH = 5000  # rows of one insert
_NEW = -1  # the watermark of who has none, where it has to be compared

# Which group of readers gets which segment; 0: none, whatever their language. Of this connection
# and transaction alone.
_planned = Table(
    "planned",
    MetaData(),
    Column("topics", Text, primary_key=True),
    Column("watermark", BigInteger, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("segment", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)


@valueclass
class Audience:
    """Whom an edition is for: all with one of these clocks, by the group that they are in.

    `segments` gives the segment of each group; 0 means that there is nothing for it. With
    `drop_paused`, those who pause are dealt with too, by getting nothing.
    """

    newsletter: str
    clocks: Collection[Clock]
    segments: Mapping[GroupId, int] = field(repr=False)
    drop_paused: bool = False


def freeze(
    connection: Connection, identifier: str, audience: Audience, *, last: int, now: datetime
) -> int:
    """Write down every delivery that an edition owes, and that its readers were met up to `last`.

    How many deliveries there are. If there is nothing for any of them, no edition is needed.
    """
    _planned.create(connection)
    rows = [
        {
            "topics": key,
            "watermark": _NEW if mark is None else mark,
            "language": language,
            "segment": number,
        }
        for (key, mark, language), number in audience.segments.items()
    ]
    for start in range(0, len(rows), _BATCH):
        connection.execute(insert(_planned), rows[start : start + _BATCH])
    owed = 0
    if any(audience.segments.values()):
        _owe(connection, identifier, audience, now)
        owed = _count(connection, identifier)
    _meet(connection, identifier, audience, last, now)
    _planned.drop(connection)
    return owed


def _owe(connection: Connection, identifier: str, audience: Audience, now: datetime) -> None:
    """One row for each reader whose group gets a segment."""
    chosen = owed(identifier, audience, now)
    connection.execute(
        insert(delivery).from_select([one.name for one in chosen.selected_columns], chosen)
    )


def owed(identifier: str, audience: Audience, now: datetime) -> Select[Any]:
    """The rows of the ledger that these readers are owed, segment by segment."""
    values: dict[str, ColumnElement[Any]] = {
        "edition": literal(identifier),
        "segment": _planned.c.segment,
        "subscriber": subscriber.c.id,
        "address": subscriber.c.address,
        "name": subscriber.c.name,
        "state": literal(DeliveryState.PENDING.value),
        "attempts": literal(0),
        "in_doubt": literal(False),
        "reply": literal(""),
        "changed": literal(now, Moment),
    }
    return (
        select(*(value.label(name) for name, value in values.items()))
        .select_from(subscription)
        .join(subscriber, subscriber.c.id == subscription.c.subscriber)
        .join(_planned, and_(_in_group(), _planned.c.language == subscriber.c.language))
        .where(
            *members(audience.newsletter, audience.clocks),
            is_active(now),
            _planned.c.segment > 0,
        )
        # Sending goes by this order, so that a segment's words are put together once.
        .order_by(_planned.c.segment, subscriber.c.id)
        # Whose choice is read here must not change before the end; SQLite has one writer anyway.
        .with_for_update(of=subscription)
    )


def _count(connection: Connection, identifier: str) -> int:
    """Write down how many readers each segment is for; how many all of them are for."""
    rows = connection.execute(
        select(delivery.c.segment, func.count().label("readers"))
        .where(delivery.c.edition == identifier)
        .group_by(delivery.c.segment)
    ).all()
    if rows:
        connection.execute(
            update(segment)
            .where(segment.c.edition == identifier, segment.c.number == bindparam("b_number"))
            .values(recipients=bindparam("b_readers")),
            [{"b_number": row.segment, "b_readers": row.readers} for row in rows],
        )
    return sum(row.readers for row in rows)


def _meet(
    connection: Connection, identifier: str, audience: Audience, last: int, now: datetime
) -> None:
    """Readers who get this edition, or would if there were something for them, are met."""
    columns = subscription.c
    whose = members(audience.newsletter, audience.clocks)
    owed = select(delivery.c.subscriber).where(delivery.c.edition == identifier)
    nothing = exists().where(_in_group(), _planned.c.segment == 0)
    for who in (
        (columns.newsletter == audience.newsletter, columns.subscriber.in_(owed)),
        (*whose, is_active(now), nothing),
        *([(*whose, not_(is_active(now)))] if audience.drop_paused else []),
    ):
        connection.execute(update(subscription).where(*who).values(watermark=last))


def _in_group() -> ColumnElement[bool]:
    """That topics and watermark are a group's; its language decides of the words alone."""
    columns = subscription.c
    return and_(
        _planned.c.topics == columns.topics,
        _planned.c.watermark == func.coalesce(columns.watermark, _NEW),
    )
