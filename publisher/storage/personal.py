"""Everything that is held about one person, to be shown (GDPR articles 15 and 20) or erased (17).

Whatever table names a person has to appear here: a test compares the two.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    func,
    or_,
    select,
    update,
)

from publisher.storage.schema import (
    bounce,
    consent,
    delivery,
    edition,
    former,
    request,
    subscriber,
    subscription,
    suppression,
)
from publisher.storage.suppressions import Secret, hidden, key_of, suppress

FORGOTTEN = "forgotten"  # what stands for the words of a reply, which may name the person

# Which tables know people, and by which column.
PERSONAL: dict[str, tuple[str, ...]] = {
    "subscriber": ("id", "key"),
    "subscription": ("subscriber",),
    "former": ("subscriber",),
    "request": ("key",),
    "consent": ("subscriber",),
    "delivery": ("subscriber", "address"),
    "bounce": ("subscriber", "key"),
    "suppression": ("key",),
}


def held(connection: Connection, key: str, people: list[int]) -> dict[str, Any]:
    """All that is held about who has this key and these numbers, ready for JSON."""
    return {
        "subscriber": _rows(connection, subscriber, subscriber.c.id.in_(people), drop="key"),
        "subscriptions": [
            {**row, "topics": json.loads(row["topics"])}
            for row in _rows(connection, subscription, subscription.c.subscriber.in_(people))
        ],
        "given_up": [
            {**row, "topics": json.loads(row["topics"])}
            for row in _rows(connection, former, former.c.subscriber.in_(people))
        ],
        "requests": _rows(connection, request, request.c.key == key, drop="key"),
        "consent": _rows(connection, consent, consent.c.subscriber.in_(people), drop="id"),
        "deliveries": [
            dict(row) for row in connection.execute(_deliveries(key, people)).mappings()
        ],
        "bounces": _rows(connection, bounce, _bounced(key, people), drop="raw"),
        "suppressions": _rows(connection, suppression, suppression.c.key == key),
    }


def forget(
    connection: Connection, key: str, people: list[int], *, now: datetime, secret: Secret | None
) -> int:
    """Erase all that names this person; in how many tables' rows there was something.

    Deliveries stay as facts without a person, so that the counts of an edition stay true. With
    `secret`, a keyed hash of the address stays on the suppression list, and nothing without it.
    """
    erased = connection.execute(
        update(delivery).where(_delivered(key, people)).values(address="", name="", reply=FORGOTTEN)
    ).rowcount
    erased += connection.execute(delete(bounce).where(_bounced(key, people))).rowcount
    for table in (consent, subscription, former):
        erased += connection.execute(delete(table).where(table.c.subscriber.in_(people))).rowcount
    erased += connection.execute(delete(request).where(request.c.key == key)).rowcount
    erased += connection.execute(delete(subscriber).where(subscriber.c.key == key)).rowcount
    erased += connection.execute(delete(suppression).where(suppression.c.key == key)).rowcount
    if secret is not None and erased:
        suppress(connection, {hidden(key, secret()): "forgotten"}, now)
    return erased


def numbers_of(connection: Connection, key: str) -> list[int]:
    """Every number that this person has or had: who left and came back has several."""
    now = connection.execute(select(subscriber.c.id).where(subscriber.c.key == key)).scalars()
    before = connection.execute(
        select(delivery.c.subscriber).where(_addressed(key)).distinct()
    ).scalars()
    return sorted({*now, *before})


def _addressed(key: str) -> ColumnElement[bool]:
    # The databases' own lower() may know ASCII alone, as capitals elsewhere are as good as unknown
    # in front of an @.
    return or_(delivery.c.address == key, func.lower(delivery.c.address) == key)


def _delivered(key: str, people: list[int]) -> ColumnElement[bool]:
    return or_(delivery.c.subscriber.in_(people), _addressed(key))


def _bounced(key: str, people: list[int]) -> ColumnElement[bool]:
    return or_(bounce.c.subscriber.in_(people), bounce.c.key == key)


def _deliveries(key: str, people: list[int]) -> Select[Any]:
    return (
        select(
            delivery.c.edition,
            edition.c.newsletter,
            edition.c.title,
            delivery.c.address,
            delivery.c.name,
            delivery.c.state,
            delivery.c.attempts,
            delivery.c.in_doubt,
            delivery.c.reply,
            delivery.c.changed,
        )
        .join(edition, edition.c.id == delivery.c.edition)
        .where(_delivered(key, people))
        .order_by(edition.c.slot, delivery.c.id)
    )


def _rows(
    connection: Connection, table: Table, where: ColumnElement[bool], drop: str = ""
) -> list[dict[str, Any]]:
    columns = [column for column in table.c if column.name != drop]
    rows = connection.execute(select(*columns).where(where).order_by(*table.primary_key))
    return [dict(row) for row in rows.mappings()]


def key_and_numbers(connection: Connection, address: str) -> tuple[str, list[int]]:
    """Under what a person is known here."""
    key = key_of(address)
    return key, numbers_of(connection, key)
