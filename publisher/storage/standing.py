"""How the deliveries of an edition stand: the ledger, for who only looks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, update

from publisher.errors import LedgerError
from publisher.model import DeliveryState
from publisher.storage.database import Database
from publisher.storage.schema import delivery, edition, owner, subscriber
from publisher.storage.suppressions import key_of
from publisher.valueclass import valueclass

FINAL = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.HELD})
_HELD = (DeliveryState.CLAIMED, DeliveryState.STARTED)  # by whether it is under way
_IN_DOUBT = "in doubt"


@valueclass
class Counts:
    """How the deliveries of an edition stand: by state, and how many are flagged."""

    states: dict[DeliveryState, int]
    in_doubt: int


@valueclass
class DeliveryRecord:
    """One delivery as it stands; `reply` is the other side's last word, or why there was none."""

    address: str
    state: DeliveryState
    attempts: int
    in_doubt: bool
    reply: str
    changed: datetime


class Standing:
    """The questions one may ask of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_editions(self, now: datetime) -> list[str]:
        """Editions that owe something which could leave now, the oldest first."""
        owing = (
            select(delivery.c.id)
            .where(delivery.c.edition == edition.c.id, delivery.c.owner.is_(None))
            .where(
                (delivery.c.state == DeliveryState.PENDING)
                | ((delivery.c.state == DeliveryState.DEFERRED) & (delivery.c.retry_at <= now))
            )
        )
        with self._database.read() as connection:
            return list(
                connection.execute(
                    select(edition.c.id)
                    .where(edition.c.state == "open", owing.exists())
                    .order_by(edition.c.slot, edition.c.id)
                ).scalars()
            )

    def unfinished(self) -> list[str]:
        """Editions that are open, whether or not anything could leave now, the oldest first."""
        with self._database.read() as connection:
            return list(
                connection.execute(
                    select(edition.c.id)
                    .where(edition.c.state == "open")
                    .order_by(edition.c.slot, edition.c.id)
                ).scalars()
            )

    def next_retry(self, edition_id: str) -> datetime | None:
        """When the first deferred delivery of an edition is to be tried again."""
        with self._database.read() as connection:
            return connection.execute(
                select(delivery.c.retry_at)
                .where(
                    delivery.c.edition == edition_id,
                    delivery.c.state == DeliveryState.DEFERRED,
                    delivery.c.owner.is_(None),
                )
                .order_by(delivery.c.retry_at)
                .limit(1)
            ).scalar()

    def counts(self, edition_id: str) -> Counts:
        """How an edition's deliveries stand.

        Of one that is done it was counted once for all, so a long history costs nothing.
        """
        with self._database.read() as connection:
            found = connection.execute(
                select(edition.c.state, edition.c.tally).where(edition.c.id == edition_id)
            ).first()
            if found and found.state == "done" and found.tally:
                return _read_tally(found.tally)
            return _count(connection, edition_id)

    def check(self, edition_id: str) -> Counts:
        """The same, after the invariant: the states add up to the snapshot. Else LedgerError."""
        counts = self.counts(edition_id)
        with self._database.read() as connection:
            owed = connection.execute(
                select(edition.c.recipients).where(edition.c.id == edition_id)
            ).scalar_one()
        if sum(counts.states.values()) != owed:
            raise LedgerError(
                f"edition {edition_id} owes {owed} deliveries, but the ledger has "
                f"{sum(counts.states.values())}",
                path=self._database.place,
                mend="rows were removed by hand or the file is damaged: look at a backup; "
                "all others are delivered",
            )
        return counts

    def settle(self, edition_id: str) -> Counts:
        """Check an edition, and close it if it owes nothing any more."""
        counts = self.check(edition_id)
        if counts.states.keys() <= FINAL:
            with self._database.write() as connection:
                connection.execute(
                    update(edition)
                    .where(edition.c.id == edition_id, edition.c.state == "open")
                    .values(state="done", tally=_write_tally(counts))
                )
        return counts

    def who(
        self,
        edition_id: str,
        *,
        states: Collection[DeliveryState] = (),
        in_doubt: bool = False,
        limit: int | None = None,
    ) -> Iterator[DeliveryRecord]:
        """The deliveries of an edition, never all at once in memory.

        With `states` those alone, state by state; with `in_doubt` only what may have arrived
        twice. Within each in the order of the snapshot.
        """
        with self._database.read() as connection:
            left = limit
            for query in whose(edition_id, states, in_doubt=in_doubt):
                for row in connection.execution_options(yield_per=1000).execute(query.limit(left)):
                    left = left and left - 1
                    yield _record(row)
                if left == 0:
                    return

    def to_whom(self, edition_id: str, address: str) -> DeliveryRecord | None:
        """What became of an edition for one address; None if it was not owed to it."""
        owed = select(delivery).where(delivery.c.edition == edition_id)
        number = select(subscriber.c.id).where(subscriber.c.key == key_of(address))
        with self._database.read() as connection:
            row = connection.execute(
                owed.where(delivery.c.subscriber == number.scalar_subquery())
            ).first()
            if row is None:  # who has left since, or moved: every row has to be looked at
                row = connection.execute(
                    owed.where(func.lower(delivery.c.address) == address.lower()).limit(1)
                ).first()
        return None if row is None else _record(row)


def whose(
    edition_id: str, states: Collection[DeliveryState], *, in_doubt: bool
) -> list[Select[Any]]:
    """The queries behind `who`: each walks an index in its order, so its first rows are quick."""
    columns = delivery.c
    query = select(delivery).where(columns.edition == edition_id)
    if in_doubt:
        query = query.where(columns.in_doubt.is_(True))
    if states:
        query = query.order_by(columns.retry_at, columns.id)
        return [
            query.where(*condition)
            for one in DeliveryState
            if one in states
            for condition in _standing(one)
        ]
    return [query.order_by(columns.subscriber)]


def _standing(state: DeliveryState) -> list[tuple[ColumnElement[bool], ...]]:
    """What rows in this state have in common; more than one way where they are told by two.

    What is held stands as it stood before, with an owner (ledger.py).
    """
    columns = delivery.c
    waiting = (DeliveryState.PENDING, DeliveryState.DEFERRED)
    if state in waiting:
        return [(columns.state == state.value, columns.owner.is_(None))]
    if state not in _HELD:
        return [(columns.state == state.value,)]
    started = columns.started.is_(state is DeliveryState.STARTED)
    return [(columns.state == one.value, columns.owner.is_not(None), started) for one in waiting]


def counting(edition_id: str) -> tuple[Select[Any], Select[Any]]:
    """The queries of a count: by stored state, and what is in doubt; both need the index alone."""
    mine = delivery.c.edition == edition_id
    return (
        select(delivery.c.state, func.count()).where(mine).group_by(delivery.c.state),
        select(func.count()).where(mine, delivery.c.in_doubt.is_(True)),
    )


def _count(connection: Connection, edition_id: str) -> Counts:
    by_state, doubtful = counting(edition_id)
    states = Counter({row[0]: row[1] for row in connection.execute(by_state)})
    for one in connection.execute(select(owner)).all():
        for row in connection.execute(counting_held(one.id, one.held_from, one.held_to)):
            if row.edition == edition_id:
                number = min(row.number, states[row.state])  # it may just have been claimed
                states[row.state] -= number
                states[_HELD[row.started]] += number
    return Counts(
        states={state: states[state] for state in DeliveryState if states[state]},
        in_doubt=connection.execute(doubtful).scalar_one(),
    )


def counting_held(owner_id: str, first: int, last: int) -> Select[Any]:
    """How much an owner holds, by edition, stored state and whether it is under way."""
    columns = delivery.c
    return (
        select(columns.edition, columns.state, columns.started, func.count().label("number"))
        # No condition on the edition, by which SQLite would look through all of it.
        .where(columns.id.between(first, last), columns.owner == owner_id)
        .group_by(columns.edition, columns.state, columns.started)
    )


def _write_tally(counts: Counts) -> str:
    return json.dumps({**counts.states, _IN_DOUBT: counts.in_doubt})


def _read_tally(text: str) -> Counts:
    numbers = json.loads(text)
    in_doubt = numbers.pop(_IN_DOUBT)
    states = {DeliveryState(state): number for state, number in numbers.items()}
    return Counts(states=states, in_doubt=in_doubt)


def _record(row: Row[Any]) -> DeliveryRecord:
    return DeliveryRecord(
        address=row.address,
        state=DeliveryState(row.state) if row.owner is None else _HELD[row.started],
        attempts=row.attempts,
        in_doubt=row.in_doubt,
        reply=row.reply,
        changed=row.changed,
    )
