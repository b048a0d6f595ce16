"""What one reader chose of each newsletter: shown to them, and changed by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Case, and_, case, literal, select, update

from publisher.model import Choice, Subscriber, Subscription
from publisher.storage.database import Database
from publisher.storage.schema import Moment, subscriber, subscription
from publisher.storage.wishes import choice_columns, read_choice


class Choices:
    """Topics, frequency, time zone, language and pauses of readers, by the reader's number.

    How far a subscription has been met is left alone by all of this, so whoever changes a choice
    neither gets an entry twice nor misses one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, subscriber_id: int) -> tuple[Subscriber, tuple[Subscription, ...]] | None:
        """A reader and all that they get, by the newsletter's name; None if there is nobody."""
        with self._database.read() as connection:
            one = connection.execute(
                select(subscriber).where(subscriber.c.id == subscriber_id)
            ).first()
            rows = connection.execute(
                select(subscription)
                .where(subscription.c.subscriber == subscriber_id)
                .order_by(subscription.c.newsletter)
            ).all()
        if one is None:
            return None
        who = Subscriber(id=one.id, address=one.address, name=one.name, language=one.language)
        return who, tuple(
            Subscription(
                subscriber=who,
                newsletter=row.newsletter,
                choice=read_choice(row.topics, row.frequency, row.timezone),
                watermark=row.watermark,
                paused_until=row.paused_until,
                chosen=row.chosen,
            )
            for row in rows
        )

    def change(self, subscriber_id: int, choices: Mapping[str, Choice], *, now: datetime) -> int:
        """Choose anew of newsletters that the reader gets; of how many they do."""
        done = 0
        with self._database.write() as connection:
            for newsletter, choice in choices.items():
                done += connection.execute(
                    update(subscription)
                    .where(
                        subscription.c.subscriber == subscriber_id,
                        subscription.c.newsletter == newsletter,
                    )
                    .values(**choice_columns(choice), chosen=_chosen(choice, now))
                ).rowcount
        return done

    def pause(self, subscriber_id: int, newsletter: str, until: datetime | None) -> bool:
        """Send nothing of a newsletter before `until`, or go on (None); whether they get it."""
        with self._database.write() as connection:
            done = connection.execute(
                update(subscription)
                .where(
                    subscription.c.subscriber == subscriber_id,
                    subscription.c.newsletter == newsletter,
                )
                .values(paused_until=until)
            )
        return bool(done.rowcount)

    def speak(self, subscriber_id: int, language: str) -> bool:
        """Write to a reader in this language ("": each newsletter's own); whether there is one."""
        with self._database.write() as connection:
            done = connection.execute(
                update(subscriber).where(subscriber.c.id == subscriber_id).values(language=language)
            )
        return bool(done.rowcount)


def _chosen(choice: Choice, now: datetime) -> Case[Any]:
    """The moment from which this frequency and clock count; other topics do not change it."""
    same = and_(
        subscription.c.frequency == choice.frequency.value,
        subscription.c.timezone == choice.timezone,
    )
    return case((same, subscription.c.chosen), else_=literal(now, Moment))
