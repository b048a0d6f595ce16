"""Subscribers, what they chose, and who must not be written to any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select

from publisher.errors import StoreError
from publisher.model import Choice, Subscriber, Subscription
from publisher.storage.conflicts import again_on_conflict
from publisher.storage.consents import record_consent
from publisher.storage.database import Database
from publisher.storage.losses import Loss, keep_off
from publisher.storage.personal import forget, held, key_and_numbers, numbers_of
from publisher.storage.portraits import Portrait, portraits
from publisher.storage.schema import subscriber, subscription
from publisher.storage.suppressions import Secret, key_of, suppress
from publisher.storage.wishes import Wish, grant, read_choice


class Subscribers:
    """People who asked for mail."""

    def __init__(self, database: Database, secret: Secret | None = None) -> None:
        self._database = database
        self._secret = secret

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

    @again_on_conflict
    def add_all(
        self, wishes: Sequence[Wish], *, source: str, now: datetime, again: bool = False
    ) -> list[Subscriber | None]:
        """The same for many, in one transaction; the answers stand in the order of `wishes`."""
        with self._database.write() as connection:
            return grant(
                connection, wishes, source=source, now=now, again=again, secret=self._secret
            )

    @again_on_conflict
    def remove(self, address: str, *, now: datetime, reason: str) -> bool:
        """Take somebody off everything and keep them off; whether they were there."""
        key = key_of(address)
        with self._database.write() as connection:
            found = connection.execute(delete(subscriber).where(subscriber.c.key == key)).rowcount
            if found:
                suppress(connection, {key: reason}, now)
        return bool(found)

    @again_on_conflict
    def keep_off(self, losses: Sequence[Loss], *, now: datetime) -> int:
        """Put on the suppression list who left or bounced elsewhere; how many are new there.

        Who reads other newsletters here than the one they left keeps those.
        """
        with self._database.write() as connection:
            return keep_off(connection, losses, now=now, secret=self._secret)

    @again_on_conflict
    def record_consent(
        self,
        subscriber_id: int,
        newsletter: str,
        what: str,
        source: str,
        network: str,
        at: datetime,
    ) -> None:
        """Write down that somebody agreed ("subscribed", "confirmed") or took it back ("left")."""
        with self._database.write() as connection:
            record_consent(connection, subscriber_id, newsletter, what, source, network, at)

    def held(self, subscriber_id: int) -> dict[str, Any]:
        """All that is held about a subscriber, ready for JSON (GDPR articles 15 and 20)."""
        with self._database.read() as connection:
            key = connection.execute(
                select(subscriber.c.key).where(subscriber.c.id == subscriber_id)
            ).scalar_one()
            return held(connection, key, numbers_of(connection, key))

    def held_at(self, address: str) -> dict[str, Any]:
        """The same by address, also of somebody who has left."""
        with self._database.read() as connection:
            return held(connection, *key_and_numbers(connection, address))

    @again_on_conflict
    def forget(self, address: str, *, now: datetime, trace: bool = True) -> bool:
        """Erase all that is held about a person (GDPR article 17); whether there was anything.

        With `trace` a keyed hash stays, by which no import brings them back.
        """
        if trace and self._secret is None:
            raise StoreError(
                "nobody can be forgotten without the site's key",
                mend="open the store with the site's secret",
            )
        with self._database.erase() as connection:
            key, people = key_and_numbers(connection, address)
            secret = self._secret if trace else None
            return bool(forget(connection, key, people, now=now, secret=secret))

    def export(self, newsletter: str = "") -> Iterator[Portrait]:
        """Everybody with all that they chose and agreed to, sorted by address, never all at once.

        With `newsletter`, only who gets it, and nothing of other newsletters.
        """
        with self._database.read() as connection:
            yield from portraits(connection, newsletter, by_bytes=not self._database.is_sqlite)

    def find(self, address: str) -> Subscriber | None:
        """Who has this address, however it is spelt."""
        with self._database.read() as connection:
            row = connection.execute(
                select(subscriber).where(subscriber.c.key == key_of(address))
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

    def count_readers(self, newsletter: str) -> int:
        """How many get this newsletter."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.count())
                .select_from(subscription)
                .where(subscription.c.newsletter == newsletter)
            ).scalar_one()

    def count(self) -> int:
        """How many people get something."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.count(subscription.c.subscriber.distinct()))
            ).scalar_one()


def _subscriber(row: Row[Any]) -> Subscriber:
    return Subscriber(id=row.id, address=row.address, name=row.name, language=row.language)


def _subscription(row: Any, newsletter: str) -> Subscription:
    return Subscription(
        subscriber=_subscriber(row),
        newsletter=newsletter,
        choice=read_choice(row.topics, row.frequency, row.timezone),
        watermark=row.watermark,
        paused_until=row.paused_until,
        chosen=row.chosen,
    )
