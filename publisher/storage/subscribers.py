"""Subscribers, what they chose, and who must not be written to any more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from publisher.model import Choice, Frequency, Selection, Subscriber, Subscription
from publisher.storage.database import Database
from publisher.storage.schema import subscriber, subscription, suppression


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for: which newsletters, and what of each."""

    address: str
    name: str
    subscriptions: Mapping[str, Choice]


class Subscribers:
    """People who asked for mail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        address: str,
        *,
        name: str,
        subscriptions: Mapping[str, Choice],
        source: str,
        now: datetime,
        again: bool = False,
    ) -> Subscriber | None:
        """Add a subscriber, or change these subscriptions of one who is there.

        None, and nothing done, if the person has left: only `again` brings them back.
        """
        wish = Wish(address=address, name=name, subscriptions=subscriptions)
        return self.add_all([wish], source=source, now=now, again=again)[0]

    def add_all(
        self, wishes: Sequence[Wish], *, source: str, now: datetime, again: bool = False
    ) -> list[Subscriber | None]:
        """The same for many, in one transaction; the answers stand in the order of `wishes`."""

        def attempt() -> list[Subscriber | None]:
            with self._database.write() as connection:
                return [_add(connection, wish, source, now, again=again) for wish in wishes]

        try:
            return attempt()
        except IntegrityError:
            # Another process added the same address at this moment: now it is there.
            return attempt()

    def remove(self, address: str, *, now: datetime, reason: str) -> bool:
        """Take somebody off everything and keep them off; whether they were there."""
        key = _key(address)
        with self._database.write() as connection:
            found = connection.execute(delete(subscriber).where(subscriber.c.key == key)).rowcount
            if found:
                connection.execute(delete(suppression).where(suppression.c.key == key))
                connection.execute(insert(suppression).values(key=key, reason=reason, since=now))
        return bool(found)

    def find(self, address: str) -> Subscriber | None:
        """Who has this address, however it is spelt."""
        with self._database.read() as connection:
            row = connection.execute(
                select(subscriber).where(subscriber.c.key == _key(address))
            ).first()
        return None if row is None else _subscriber(row)

    def all(self) -> list[Subscriber]:
        """Everybody, in the order in which they came."""
        with self._database.read() as connection:
            rows = connection.execute(select(subscriber).order_by(subscriber.c.id))
            return [_subscriber(row) for row in rows]

    def subscriptions(self, newsletter: str) -> list[Subscription]:
        """Everybody who gets this newsletter, and what they chose of it."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(
                    subscriber.c.id,
                    subscriber.c.address,
                    subscriber.c.name,
                    subscriber.c.language,
                    *subscription.c,
                )
                .join(subscription, subscription.c.subscriber == subscriber.c.id)
                .where(subscription.c.newsletter == newsletter)
                .order_by(subscriber.c.id)
            )
            return [_subscription(row, newsletter) for row in rows]

    def count(self) -> int:
        """How many subscribers there are."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(subscriber)).scalar_one()


def _add(
    connection: Connection, wish: Wish, source: str, now: datetime, *, again: bool
) -> Subscriber | None:
    key = _key(wish.address)
    if again:
        connection.execute(delete(suppression).where(suppression.c.key == key))
    elif connection.execute(select(suppression).where(suppression.c.key == key)).first():
        return None
    row = connection.execute(
        # Locked, so that two who change one person's choices do it one after the other.
        select(subscriber).where(subscriber.c.key == key).with_for_update()
    ).first()
    if row is None:
        person = {"address": wish.address, "name": wish.name, "source": source, "added": now}
        row = connection.execute(
            insert(subscriber).values(**person, key=key).returning(*subscriber.c)
        ).one()
    elif wish.name and wish.name != row.name:
        connection.execute(
            update(subscriber).where(subscriber.c.id == row.id).values(name=wish.name)
        )
    for newsletter, choice in wish.subscriptions.items():
        _choose(connection, row.id, newsletter, choice)
    return Subscriber(
        id=row.id, address=row.address, name=wish.name or row.name, language=row.language
    )


def _choose(connection: Connection, who: int, newsletter: str, choice: Choice) -> None:
    """Write down a choice. What was met already stays so: a change neither repeats nor skips."""
    values = {
        "topics": _write_topics(choice.topics),
        "frequency": choice.frequency.value,
        "timezone": choice.timezone,
    }
    changed = connection.execute(
        update(subscription)
        .where(subscription.c.subscriber == who, subscription.c.newsletter == newsletter)
        .values(**values)
    )
    if not changed.rowcount:
        connection.execute(
            insert(subscription).values(subscriber=who, newsletter=newsletter, **values)
        )


def _key(address: str) -> str:
    """One key for all spellings of an address.

    By RFC 5321 section 2.4 the local part may tell capitals apart; no mailbox provider does, and
    two mails for one person are worse than none for a twin in capitals.
    """
    return address.lower()


def _write_topics(topics: Selection) -> str:
    return json.dumps(
        {
            name: sorted(slugs)
            for name in ("tags", "authors", "sections")
            if (slugs := getattr(topics, name))
        }
    )


def _subscriber(row: Row[Any]) -> Subscriber:
    return Subscriber(id=row.id, address=row.address, name=row.name, language=row.language)


def _subscription(row: Any, newsletter: str) -> Subscription:
    return Subscription(
        subscriber=_subscriber(row),
        newsletter=newsletter,
        choice=_choice(row.topics, row.frequency, row.timezone),
        watermark=row.watermark,
        paused_until=row.paused_until,
    )


@lru_cache(maxsize=1000)
def _choice(topics: str, frequency: str, timezone: str) -> Choice:
    # Few choices are shared by many people.
    chosen = {name: frozenset(slugs) for name, slugs in json.loads(topics).items()}
    return Choice(topics=Selection(**chosen), frequency=Frequency(frequency), timezone=timezone)
