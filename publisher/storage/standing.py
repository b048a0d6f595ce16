"""How the deliveries of an edition stand: the ledger, for who only looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from publisher.errors import StoreError
from publisher.model import DeliveryState
from publisher.storage.database import Database
from publisher.storage.schema import delivery, edition

FINAL = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How the deliveries of an edition stand: by state, and how many are flagged."""

    states: dict[DeliveryState, int]
    in_doubt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """One delivery as it stands."""

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
            .where(delivery.c.edition == edition.c.id)
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

    def next_retry(self, edition_id: str) -> datetime | None:
        """When the first deferred delivery of an edition is to be tried again."""
        with self._database.read() as connection:
            return connection.execute(
                select(delivery.c.retry_at)
                .where(
                    delivery.c.edition == edition_id,
                    delivery.c.state == DeliveryState.DEFERRED,
                )
                .order_by(delivery.c.retry_at)
                .limit(1)
            ).scalar()

    def counts(self, edition_id: str) -> Counts:
        """How an edition's deliveries stand."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(delivery.c.state, delivery.c.in_doubt, func.count())
                .where(delivery.c.edition == edition_id)
                .group_by(delivery.c.state, delivery.c.in_doubt)
            ).all()
        states: dict[DeliveryState, int] = {}
        for state, _, number in rows:
            states[DeliveryState(state)] = states.get(DeliveryState(state), 0) + number
        ordered = {state: states[state] for state in DeliveryState if state in states}
        return Counts(states=ordered, in_doubt=sum(n for _, flagged, n in rows if flagged))

    def check(self, edition_id: str) -> Counts:
        """The same, after the invariant: the states add up to the snapshot. Else StoreError."""
        counts = self.counts(edition_id)
        with self._database.read() as connection:
            owed = connection.execute(
                select(edition.c.recipients).where(edition.c.id == edition_id)
            ).scalar_one()
        if sum(counts.states.values()) != owed:
            raise StoreError(
                f"edition {edition_id} owes {owed} deliveries, but the ledger has "
                f"{sum(counts.states.values())}",
                path=self._database.place,
                mend="rows were removed by hand or the file is damaged: look at a backup",
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
                    .values(state="done")
                )
        return counts

    def who(self, edition_id: str) -> Iterator[DeliveryRecord]:
        """Every delivery of an edition, in the order of the snapshot."""
        with self._database.read() as connection:
            rows = connection.execution_options(yield_per=1000).execute(
                select(delivery).where(delivery.c.edition == edition_id).order_by(delivery.c.id)
            )
            for row in rows:
                yield DeliveryRecord(
                    address=row.address,
                    state=DeliveryState(row.state),
                    attempts=row.attempts,
                    in_doubt=row.in_doubt,
                    reply=row.reply,
                    changed=row.changed,
                )
