"""Subscriptions that readers gave up, kept as they were so that they can come back to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from publisher.model import Consent
from publisher.storage.consents import record_consent
from publisher.storage.schema import former, subscriber, subscription, suppression
from publisher.storage.suppressions import Secret, kept_off, suppress
from publisher.storage.wishes import Wish, grant, read_choice

LEFT = "left"  # why somebody is kept off who left the last newsletter by themselves
_UNDO = timedelta(days=1)  # who comes back in this time misses nothing
_CHOSEN = ("subscriber", "newsletter", "topics", "frequency", "timezone", "watermark")


def give_up(
    connection: Connection,
    subscriber_id: int,
    newsletters: Collection[str],
    *,
    source: str,
    network: str,
    now: datetime,
) -> list[str]:
    """Take somebody off these newsletters; which of them they had.

    Whoever has none left is kept off, so that no import brings them back.
    """
    key = connection.execute(
        select(subscriber.c.key).where(subscriber.c.id == subscriber_id).with_for_update()
    ).scalar()
    if key is None:
        return []
    rows = (
        connection.execute(
            select(*(subscription.c[name] for name in _CHOSEN)).where(
                subscription.c.subscriber == subscriber_id,
                subscription.c.newsletter.in_(newsletters),
            )
        )
        .mappings()
        .all()
    )
    names = sorted(row["newsletter"] for row in rows)
    if not rows:
        return []
    forget_former(connection, subscriber_id, names)
    connection.execute(insert(former), [{**row, "given_up": now} for row in rows])
    connection.execute(
        delete(subscription).where(
            subscription.c.subscriber == subscriber_id, subscription.c.newsletter.in_(names)
        )
    )
    for name in names:
        record_consent(connection, subscriber_id, name, "left", source, network, now)
    others = connection.execute(
        select(subscription.c.newsletter).where(subscription.c.subscriber == subscriber_id).limit(1)
    ).first()
    if others is None:
        suppress(connection, {key: LEFT}, now)
    return names


def take_up(
    connection: Connection,
    subscriber_id: int,
    newsletter: str,
    *,
    secret: Secret | None,
    network: str,
    now: datetime,
) -> list[str]:
    """Give back what was given up together with `newsletter`; which newsletters.

    None of them to somebody who is kept off for another reason than having left.
    """
    found = connection.execute(
        select(subscriber).where(subscriber.c.id == subscriber_id).with_for_update()
    ).first()
    together = select(former.c.given_up).where(
        former.c.subscriber == subscriber_id, former.c.newsletter == newsletter
    )
    rows = connection.execute(
        select(former).where(
            former.c.subscriber == subscriber_id, former.c.given_up == together.scalar_subquery()
        )
    ).all()
    if found is None or not rows or not let_back(connection, found.key, secret):
        return []
    choices = {row.newsletter: read_choice(row.topics, row.frequency, row.timezone) for row in rows}
    wish = Wish(
        address=found.address,
        name="",
        subscriptions=choices,
        consents=agreed(choices, "came back", network, now),
        gentle=True,
    )
    grant(connection, [wish], source="came back", now=now, again=False, secret=secret)
    for row in rows:
        if now <= row.given_up + _UNDO:  # later, they come back to what is new
            connection.execute(
                update(subscription)
                .where(
                    subscription.c.subscriber == subscriber_id,
                    subscription.c.newsletter == row.newsletter,
                )
                .values(watermark=row.watermark)
            )
    forget_former(connection, subscriber_id, list(choices))
    return sorted(choices)


def agreed(
    newsletters: Iterable[str], source: str, network: str, now: datetime
) -> tuple[Consent, ...]:
    """That somebody subscribed to these newsletters by themselves."""
    return tuple(
        Consent(newsletter=name, what="subscribed", source=source, network=network, at=now)
        for name in newsletters
    )


def let_back(connection: Connection, key: str, secret: Secret | None) -> bool:
    """Let somebody be written to again who left by themselves; whether they may be now."""
    connection.execute(
        delete(suppression).where(suppression.c.key == key, suppression.c.reason == LEFT)
    )
    return key not in kept_off(connection, [key], secret)


def former_newsletters(connection: Connection, subscriber_id: int) -> tuple[str, ...]:
    """What somebody gave up, the last first."""
    return tuple(
        connection.execute(
            select(former.c.newsletter)
            .where(former.c.subscriber == subscriber_id)
            .order_by(former.c.given_up.desc(), former.c.newsletter)
        ).scalars()
    )


def forget_former(connection: Connection, subscriber_id: int, newsletters: Sequence[str]) -> None:
    """Nothing to come back to in these newsletters."""
    connection.execute(
        delete(former).where(
            former.c.subscriber == subscriber_id, former.c.newsletter.in_(newsletters)
        )
    )
