"""Subscribers with all that they chose and agreed to, one after another: what an export reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, collate, select

from publisher.model import Consent, Subscriber, Subscription
from publisher.storage.consents import consents_of
from publisher.storage.schema import subscriber, subscription
from publisher.storage.wishes import read_choice
from publisher.valueclass import valueclass

_CHUNK = 1000


@valueclass
class Portrait:
    """One subscriber: since when and from where, with subscriptions and consents in order."""

    subscriber: Subscriber
    source: str
    added: datetime
    subscriptions: tuple[Subscription, ...]
    consents: tuple[Consent, ...]


def portraits(connection: Connection, newsletter: str, *, by_bytes: bool) -> Iterator[Portrait]:
    """Everybody, sorted by address; `by_bytes` where the database would sort by a language."""
    order = collate(subscriber.c.key, "C") if by_bytes else subscriber.c.key
    people = select(subscriber).order_by(order)
    if newsletter:
        people = people.join(subscription, subscription.c.subscriber == subscriber.c.id).where(
            subscription.c.newsletter == newsletter
        )
    rows = connection.execution_options(yield_per=_CHUNK).execute(people)
    for some in rows.partitions():
        yield from _portraits(connection, some, newsletter)


def _portraits(
    connection: Connection, rows: Sequence[Row[Any]], newsletter: str
) -> Iterator[Portrait]:
    who = {
        row.id: Subscriber(id=row.id, address=row.address, name=row.name, language=row.language)
        for row in rows
    }
    chosen: dict[int, list[Subscription]] = {}
    for row in connection.execute(
        select(subscription)
        .where(subscription.c.subscriber.in_(who))
        .order_by(subscription.c.subscriber, subscription.c.newsletter)
    ):
        if not newsletter or row.newsletter == newsletter:
            chosen.setdefault(row.subscriber, []).append(
                Subscription(
                    subscriber=who[row.subscriber],
                    newsletter=row.newsletter,
                    choice=read_choice(row.topics, row.frequency, row.timezone),
                    watermark=row.watermark,
                    paused_until=row.paused_until,
                    chosen=row.chosen,
                )
            )
    agreed = consents_of(connection, who)
    for row in rows:
        yield Portrait(
            subscriber=who[row.id],
            source=row.source,
            added=row.added,
            subscriptions=tuple(chosen.get(row.id, ())),
            consents=tuple(
                one
                for one in agreed.get(row.id, ())
                if not newsletter or one.newsletter == newsletter
            ),
        )
