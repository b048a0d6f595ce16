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
    Insert,
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
    or_,
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
_RECIPIENT = (_planned.c.segment, subscriber.c.id, subscriber.c.address, subscriber.c.name)


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
        _owe(connection, identifier, audience, last, now)
        owed = _count(connection, identifier)
    _pass_by(connection, audience, last, now)
    _planned.drop(connection)
    return owed


def _owe(
    connection: Connection, identifier: str, audience: Audience, last: int, now: datetime
) -> None:
    """One row for each reader whose group gets a segment; they are met."""
    if connection.dialect.name == "sqlite":
        connection.execute(owing(identifier, owed(audience, now), now))
        theirs = select(delivery.c.subscriber).where(delivery.c.edition == identifier)
        mine = subscription.c.newsletter == audience.newsletter
        _meet(connection, last, mine, subscription.c.subscriber.in_(theirs))
        return
    # Whose choice is read must not change before the end. To lock each row first, and to look for
    # it again when it is changed, costs a server half as much again.
    change = update(subscription).where(*_gets_it(audience, now)).values(watermark=last)
    met = change.returning(*_RECIPIENT).cte("met")
    connection.execute(owing(identifier, select(met).order_by(met.c.segment, met.c.id), now))


def owed(audience: Audience, now: datetime) -> Select[Any]:
    """The readers whose groups get a segment, segment by segment: sending goes by this order."""
    return (
        select(*_RECIPIENT)
        .where(*_gets_it(audience, now))
        .order_by(_planned.c.segment, subscriber.c.id)
    )


def _gets_it(audience: Audience, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        *members(audience.newsletter, audience.clocks),
        is_active(now),
        subscriber.c.id == subscription.c.subscriber,
        _in_group(),
        _planned.c.language == subscriber.c.language,
        _planned.c.segment > 0,
    )


def owing(identifier: str, chosen: Select[Any], now: datetime) -> Insert:
    """The rows of the ledger for these readers, in their order."""
    readers = chosen.subquery("readers")
    values: dict[str, ColumnElement[Any]] = {
        "edition": literal(identifier),
        "segment": readers.c.segment,
        "subscriber": readers.c.id,
        "address": readers.c.address,
        "name": readers.c.name,
        "state": literal(DeliveryState.PENDING.value),
        "attempts": literal(0),
        "in_doubt": literal(False),
        "reply": literal(""),
        "changed": literal(now, Moment),
    }
    return insert(delivery).from_select([*values], select(*values.values()))


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


def _pass_by(connection: Connection, audience: Audience, last: int, now: datetime) -> None:
    """Readers for whom there is nothing are met as well."""
    whose = members(audience.newsletter, audience.clocks)
    # Not who was met further by another edition; nor the million who were met just now.
    mark = subscription.c.watermark
    behind = or_(mark.is_(None), mark < last)
    if 0 in audience.segments.values():  # else it would be asked of each of them
        nothing = exists().where(_in_group(), _planned.c.segment == 0)
        _meet(connection, last, *whose, behind, is_active(now), nothing)
    if audience.drop_paused:
        _meet(connection, last, *whose, behind, not_(is_active(now)))


def _meet(connection: Connection, last: int, *who: ColumnElement[bool]) -> None:
    connection.execute(update(subscription).where(*who).values(watermark=last))


def _in_group() -> ColumnElement[bool]:
    """That topics and watermark are a group's; its language decides of the words alone."""
    columns = subscription.c
    return and_(
        _planned.c.topics == columns.topics,
        _planned.c.watermark == func.coalesce(columns.watermark, _NEW),
    )
