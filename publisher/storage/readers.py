"""What one reader gets, as they see and change it themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from publisher.model import Choice, Subscriber, Subscription
from publisher.storage.conflicts import again_on_conflict
from publisher.storage.database import Database
from publisher.storage.former import (
    agreed,
    forget_former,
    former_newsletters,
    give_up,
    let_back,
    take_up,
)
from publisher.storage.schema import subscriber, subscription
from publisher.storage.suppressions import Secret, key_of
from publisher.storage.wishes import Wish, choice_columns, grant, read_choice
from publisher.valueclass import valueclass


@valueclass
class Reader:
    """A subscriber with all that they get; `former` is what they gave up, the last first."""

    subscriber: Subscriber
    subscriptions: tuple[Subscription, ...]
    former: tuple[str, ...]

    def subscription(self, newsletter: str) -> Subscription | None:
        """What they chose of this newsletter, if they get it."""
        return next((one for one in self.subscriptions if one.newsletter == newsletter), None)


class Readers:
    """Readers by their number, which their links name."""

    def __init__(self, database: Database, secret: Secret | None) -> None:
        self._database = database
        self._secret = secret

    def get(self, subscriber_id: int) -> Reader | None:
        """What a reader gets; None if nobody has this number any more."""
        with self._database.read() as connection:
            return _reader(connection, subscriber.c.id == subscriber_id)

    def find(self, address: str) -> Reader | None:
        """The same by address, however it is spelt."""
        with self._database.read() as connection:
            return _reader(connection, subscriber.c.key == key_of(address))

    @again_on_conflict
    def leave(
        self,
        subscriber_id: int,
        newsletters: Collection[str],
        *,
        source: str,
        network: str,
        now: datetime,
    ) -> list[str]:
        """Take a reader off these newsletters; which of them they had. Again: nothing more."""
        with self._database.write() as connection:
            return give_up(
                connection, subscriber_id, newsletters, source=source, network=network, now=now
            )

    @again_on_conflict
    def come_back(
        self, subscriber_id: int, newsletter: str, *, network: str, now: datetime
    ) -> list[str]:
        """Give back what was given up together with this newsletter; which newsletters."""
        with self._database.write() as connection:
            return take_up(
                connection,
                subscriber_id,
                newsletter,
                secret=self._secret,
                network=network,
                now=now,
            )

    @again_on_conflict
    def choose(
        self,
        subscriber_id: int,
        choices: Mapping[str, Choice],
        *,
        language: str,
        paused: Mapping[str, datetime],
        network: str,
        now: datetime,
    ) -> bool:
        """Make this all that a reader gets; False, and nothing done, if they are here no more.

        Nothing of a newsletter is sent before its moment in `paused`. What they had and do not
        choose, they give up. Who is kept off for another reason than having left gets nothing new.
        """
        with self._database.write() as connection:
            found = connection.execute(
                select(subscriber).where(subscriber.c.id == subscriber_id).with_for_update()
            ).first()
            if found is None:
                return False
            connection.execute(
                update(subscriber).where(subscriber.c.id == subscriber_id).values(language=language)
            )
            rows = connection.execute(
                select(subscription).where(subscription.c.subscriber == subscriber_id)
            )
            held = {row.newsletter: (row.frequency, row.timezone) for row in rows}
            for newsletter, was in held.items():
                if newsletter in choices:
                    choice = choices[newsletter]
                    columns = {**choice_columns(choice), "paused_until": paused.get(newsletter)}
                    if was != (choice.frequency.value, choice.timezone):
                        columns["chosen"] = now
                    _change(connection, subscriber_id, newsletter, columns)
            new = {name: choice for name, choice in choices.items() if name not in held}
            if new and let_back(connection, found.key, self._secret):
                wish = Wish(
                    address=found.address,
                    name="",
                    subscriptions=new,
                    paused=paused,
                    consents=agreed(new, "preferences", network, now),
                )
                grant(
                    connection,
                    [wish],
                    source="preferences",
                    now=now,
                    again=False,
                    secret=self._secret,
                )
                forget_former(connection, subscriber_id, list(new))
            gone = held.keys() - choices.keys()
            give_up(connection, subscriber_id, gone, source="preferences", network=network, now=now)
        return True

    @again_on_conflict
    def pause(
        self, subscriber_id: int, newsletters: Collection[str], until: datetime | None
    ) -> list[str]:
        """Send nothing of these newsletters before `until`, or go on (None); which they get.

        How far they have been met stays, so that the next edition goes on from there.
        """
        with self._database.write() as connection:
            return sorted(
                connection.execute(
                    update(subscription)
                    .where(
                        subscription.c.subscriber == subscriber_id,
                        subscription.c.newsletter.in_(newsletters),
                    )
                    .values(paused_until=until)
                    .returning(subscription.c.newsletter)
                ).scalars()
            )


def _change(
    connection: Connection, subscriber_id: int, newsletter: str, columns: Mapping[str, object]
) -> None:
    connection.execute(
        update(subscription)
        .where(subscription.c.subscriber == subscriber_id, subscription.c.newsletter == newsletter)
        .values(**columns)
    )


def _reader(connection: Connection, whom: ColumnElement[bool]) -> Reader | None:
    row = connection.execute(select(subscriber).where(whom)).first()
    if row is None:
        return None
    person = Subscriber(id=row.id, address=row.address, name=row.name, language=row.language)
    rows = connection.execute(
        select(subscription)
        .where(subscription.c.subscriber == person.id)
        .order_by(subscription.c.newsletter)
    )
    return Reader(
        subscriber=person,
        subscriptions=tuple(
            Subscription(
                subscriber=person,
                newsletter=one.newsletter,
                choice=read_choice(one.topics, one.frequency, one.timezone),
                watermark=one.watermark,
                paused_until=one.paused_until,
                chosen=one.chosen,
            )
            for one in rows
        ),
        former=former_newsletters(connection, person.id),
    )
