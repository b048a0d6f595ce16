"""Who left, bounced or complained where a list was kept before: here they are kept off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from publisher.storage.schema import subscriber, subscription
from publisher.storage.suppressions import Secret, kept_off, key_of, suppress
from publisher.valueclass import valueclass


@valueclass
class Loss:
    """An address that must not be written to, why, and since when, if that is known.

    `newsletters` are those that the person left; none stands for all.
    """

    address: str
    reason: str
    since: datetime | None = None
    newsletters: tuple[str, ...] = ()


def keep_off(
    connection: Connection, losses: Sequence[Loss], *, now: datetime, secret: Secret | None
) -> int:
    """Carry out losses; how many addresses are new on the suppression list."""
    by_key = {key_of(loss.address): loss for loss in losses}
    for key in kept_off(connection, by_key, secret):
        del by_key[key]
    known = {
        row.key: row.id
        for row in connection.execute(
            select(subscriber.c.key, subscriber.c.id).where(subscriber.c.key.in_(by_key))
        )
    }
    for key, who in known.items():
        if by_key[key].newsletters and _reads_others(connection, who, by_key[key].newsletters):
            del by_key[key]
    connection.execute(delete(subscriber).where(subscriber.c.key.in_(by_key)))
    for key, loss in by_key.items():
        suppress(connection, {key: loss.reason}, loss.since or now)
    return len(by_key)


def _reads_others(connection: Connection, who: int, left: tuple[str, ...]) -> bool:
    """Take these newsletters from a subscriber; whether any other is left."""
    connection.execute(
        delete(subscription).where(
            subscription.c.subscriber == who, subscription.c.newsletter.in_(left)
        )
    )
    return (
        connection.execute(
            select(subscription.c.newsletter).where(subscription.c.subscriber == who).limit(1)
        ).first()
        is not None
    )
