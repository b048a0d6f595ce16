"""What people ask for becomes subscribers and subscriptions: many at a time, a few statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Connection, bindparam, case, insert, select, update

from publisher.model import Choice, Consent, Frequency, Selection, Subscriber
from publisher.storage.consents import record_consents
from publisher.storage.entries import last_sequence
from publisher.storage.schema import Moment, edition, subscriber, subscription
from publisher.storage.suppressions import Secret, kept_off, key_of, lift
from publisher.valueclass import valueclass


@valueclass
class Wish:
    """What somebody asks for: which newsletters, and what of each.

    `consents` are what came with it from elsewhere; None stands for the wish itself. `added`,
    `source` and `paused` (until when, by newsletter) too come from elsewhere. A `gentle` wish
    leaves a choice that somebody made here as it is.
    """

    address: str
    name: str
    subscriptions: Mapping[str, Choice]
    language: str = ""
    source: str = ""
    added: datetime | None = None
    paused: Mapping[str, datetime] = field(default_factory=dict)
    consents: tuple[Consent, ...] | None = None
    gentle: bool = False


def grant(
    connection: Connection,
    wishes: Sequence[Wish],
    *,
    source: str,
    now: datetime,
    again: bool,
    secret: Secret | None,
) -> list[Subscriber | None]:
    """Carry out wishes; None for whom the suppression list keeps off, in the order of `wishes`.

    With `again` those who left come back; a suppressed domain keeps them off all the same.
    """
    merged: dict[str, Wish] = {}
    for wish in wishes:
        key = key_of(wish.address)
        merged[key] = _merge(merged[key], wish) if key in merged else wish
    if again:
        lift(connection, merged, secret)
    for key in kept_off(connection, merged, secret):
        del merged[key]
    people = _people(connection, merged, source, now)
    new = _choose(connection, merged, people, now)
    record_consents(connection, list(_consents(merged, people, new, source, now)))
    return [people.get(key_of(wish.address)) for wish in wishes]


def _merge(first: Wish, then: Wish) -> Wish:
    """Two rows of one person."""
    consents = first.consents
    if then.consents is not None:
        consents = (consents or ()) + then.consents
    return replace(
        first,
        name=then.name or first.name,
        language=then.language or first.language,
        subscriptions={**first.subscriptions, **then.subscriptions},
        paused={**first.paused, **then.paused},
        consents=consents,
    )


def _people(
    connection: Connection, wishes: Mapping[str, Wish], source: str, now: datetime
) -> dict[str, Subscriber]:
    """Everybody by key, made where they are new; a name or language said now replaces the old."""
    columns = (subscriber.c.id, subscriber.c.key, subscriber.c.address)
    known: Sequence[Any] = connection.execute(
        # Locked, so that two who change one person's choices do it one after the other.
        select(*columns, subscriber.c.name, subscriber.c.language)
        .where(subscriber.c.key.in_(wishes))
        .order_by(subscriber.c.key)
        .with_for_update()
    ).all()
    found = {row.key: _known(row, wishes[row.key]) for row in known}
    changed = [
        {"b_id": one.id, "name": one.name, "language": one.language}
        for row in known
        if ((one := found[row.key]).name, one.language) != (row.name, row.language)
    ]
    if changed:
        connection.execute(update(subscriber).where(subscriber.c.id == bindparam("b_id")), changed)
    new = [
        {
            "key": key,
            "address": wish.address,
            "name": wish.name,
            "language": wish.language,
            "source": wish.source or source,
            "added": wish.added or now,
        }
        for key, wish in wishes.items()
        if key not in found
    ]
    if new:
        for row in connection.execute(insert(subscriber).returning(*columns), new):
            wish = wishes[row.key]
            found[row.key] = Subscriber(
                id=row.id, address=row.address, name=wish.name, language=wish.language
            )
    return found


def _known(row: Any, wish: Wish) -> Subscriber:
    return Subscriber(
        id=row.id,
        address=row.address,
        name=wish.name or row.name,
        language=wish.language or row.language,
    )


def _choose(
    connection: Connection,
    wishes: Mapping[str, Wish],
    people: Mapping[str, Subscriber],
    now: datetime,
) -> set[tuple[int, str]]:
    """Write down the choices; which subscriptions are new.

    What was met already stays so: a change neither repeats nor skips. Who is new gets what is
    released from now on; before the first edition of a newsletter, all that this one will say.
    """
    there = _there(connection, [one.id for one in people.values()])
    begun = frozenset(connection.execute(select(edition.c.newsletter).distinct()).scalars())
    latest = last_sequence(connection)
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for key, wish in wishes.items():
        who = people[key].id
        for newsletter, choice in wish.subscriptions.items():
            row = {"b_who": who, "b_what": newsletter, **choice_columns(choice)}
            if (who, newsletter) not in there:
                mark = latest if newsletter in begun else None
                paused = wish.paused.get(newsletter)
                new.append({**row, "paused_until": paused, "watermark": mark, "chosen": now})
            elif not wish.gentle:
                moved = there[who, newsletter] != (choice.frequency.value, choice.timezone)
                changed.append({**row, "b_moved": moved, "b_now": now})
    if new:
        statement = insert(subscription).values(
            subscriber=bindparam("b_who"), newsletter=bindparam("b_what")
        )
        connection.execute(statement, new)
    if changed:
        connection.execute(
            update(subscription)
            .where(
                subscription.c.subscriber == bindparam("b_who"),
                subscription.c.newsletter == bindparam("b_what"),
            )
            .values(
                **{name: bindparam(name) for name in ("topics", "frequency", "timezone")},
                chosen=case(
                    (bindparam("b_moved", type_=Boolean), bindparam("b_now", type_=Moment)),
                    else_=subscription.c.chosen,
                ),
            ),
            changed,
        )
    return {(row["b_who"], row["b_what"]) for row in new}


def _there(connection: Connection, people: Sequence[int]) -> dict[tuple[int, str], tuple[str, str]]:
    """The subscriptions that there are, with frequency and time zone."""
    columns = subscription.c
    rows = connection.execute(
        select(columns.subscriber, columns.newsletter, columns.frequency, columns.timezone).where(
            columns.subscriber.in_(people)
        )
    )
    return {(row.subscriber, row.newsletter): (row.frequency, row.timezone) for row in rows}


def _consents(
    wishes: Mapping[str, Wish],
    people: Mapping[str, Subscriber],
    new: set[tuple[int, str]],
    source: str,
    now: datetime,
) -> Iterable[tuple[int, Consent]]:
    for key, wish in wishes.items():
        who = people[key].id
        if wish.consents is not None:
            yield from ((who, one) for one in wish.consents)
            continue
        for newsletter in wish.subscriptions:
            if (who, newsletter) in new:
                yield (
                    who,
                    Consent(
                        newsletter=newsletter,
                        what="subscribed",
                        source=wish.source or source,
                        at=now,
                    ),
                )


def choice_columns(choice: Choice) -> dict[str, Any]:
    """A choice as its columns."""
    return {
        "topics": _write_topics(choice.topics),
        "frequency": choice.frequency.value,
        "timezone": choice.timezone,
    }


def _write_topics(topics: Selection) -> str:
    return json.dumps(
        {
            name: sorted(slugs)
            for name in ("tags", "authors", "sections")
            if (slugs := getattr(topics, name))
        }
    )


@lru_cache(maxsize=1000)
def read_choice(topics: str, frequency: str, timezone: str) -> Choice:
    """The choice of these columns; few choices are shared by many people."""
    chosen = {name: frozenset(slugs) for name, slugs in json.loads(topics).items()}
    return Choice(topics=Selection(**chosen), frequency=Frequency(frequency), timezone=timezone)
