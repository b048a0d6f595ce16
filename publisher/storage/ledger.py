"""The ledger of deliveries: nothing lost, nothing doubled unseen.

A state that must hold together, so it lives in this one file. Each delivery walks

    pending -> claimed -> started -> sent | failed | deferred | held
    deferred -> claimed ...        (when its time has come)
    claimed -> pending             (handed back)

A claim is on the disk before anything leaves (durable commit); the marks of start and finish
survive kill -9 at once and a power loss after the next durable commit. What a dead owner left
`started` may have arrived: it is in doubt, and flagged. What it left `claimed` had not begun,
unless a crash of the machine or the server (another epoch) may have eaten the mark: then it is
in doubt too.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, insert, or_, select
from sqlalchemy import update as update_rows

from publisher.errors import StoreError
from publisher.model import Claim, DeliveryState, Outcome, Receipt, Subscriber
from publisher.storage import owners
from publisher.storage.database import Database
from publisher.storage.schema import delivery, edition, owner, subscription

OnDoubt = Literal["resend", "hold"]
_LEASE = timedelta(minutes=10)
_UNFINISHED = (
    DeliveryState.PENDING,
    DeliveryState.CLAIMED,
    DeliveryState.STARTED,
    DeliveryState.DEFERRED,
)


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


class Ledger:
    """Claims, marks and recovery."""

    def __init__(self, database: Database, site: Path) -> None:
        self._database = database
        self._site = site

    # ------------------------------------------------------------ owners

    @contextmanager
    def owner(self, now: datetime) -> Iterator[str]:
        """Be an owner of claims for the length of this block; gives the owner's id."""
        identifier = secrets.token_hex(16)
        with owners.alive(self._site, identifier):
            values = {
                "id": identifier,
                "host": owners.host(),
                "epoch": self._database.epoch(),
                "lease_until": now + _LEASE,
            }
            with self._database.write() as connection:
                connection.execute(insert(owner).values(**values))
            yield identifier
            # Only on a clean end: after an exception the next run's recovery looks at what is left.
            with self._database.write() as connection:
                connection.execute(delete(owner).where(owner.c.id == identifier))

    def recover(self, now: datetime, *, on_doubt: OnDoubt) -> int:
        """Take back what dead owners hold; how many deliveries are newly in doubt."""
        with self._database.read() as connection:
            rows = connection.execute(select(owner)).all()
        dead = [row for row in rows if self._is_dead(row, now)]
        epoch = self._database.epoch() if dead else ""
        return sum(self._bury(row, epoch, now, on_doubt) for row in dead)

    def _is_dead(self, row: Row[Any], now: datetime) -> bool:
        if row.host == owners.host():
            return owners.is_dead(self._site, row.id)
        return bool(row.lease_until < now)

    def _bury(self, dead: Row[Any], epoch: str, now: datetime, on_doubt: OnDoubt) -> int:
        same_epoch = dead.epoch == epoch
        doubtful = [DeliveryState.STARTED] if same_epoch else [*_HELD_BY_OWNER]
        with self._database.write() as connection:
            in_doubt = 0
            for identifier in connection.execute(
                select(edition.c.id).where(edition.c.state == "open")
            ).scalars():
                mine = (delivery.c.edition == identifier, delivery.c.owner == dead.id)
                in_doubt += connection.execute(
                    update_rows(delivery)
                    .where(*mine, delivery.c.state.in_(doubtful))
                    .values(
                        state=_DOUBTED[on_doubt],
                        in_doubt=True,
                        owner=None,
                        reply="a crash left it unknown whether this arrived",
                        changed=now,
                    )
                ).rowcount
                connection.execute(
                    update_rows(delivery)
                    .where(*mine, delivery.c.state == DeliveryState.CLAIMED)
                    .values(state=DeliveryState.PENDING, owner=None)
                )
            connection.execute(delete(owner).where(owner.c.id == dead.id))
        owners.bury(self._site, dead.id)
        return in_doubt

    # ------------------------------------------------------------ claim, start, finish, release

    def claim(self, edition_id: str, owner_id: str, limit: int, now: datetime) -> list[Claim]:
        """Take up to `limit` deliveries for this owner, durably; none if nothing is left now.

        Who has left since the snapshot was taken is marked failed instead.
        """
        with self._database.write(durable=True) as connection:
            connection.execute(
                update_rows(owner).where(owner.c.id == owner_id).values(lease_until=now + _LEASE)
            )
            while True:
                rows = self._candidates(connection, edition_id, limit, now)
                left = [row.id for row in rows if row.wanted is None]
                _mark(connection, left, state=DeliveryState.FAILED, reply=_LEFT, changed=now)
                wanted = [row for row in rows if row.wanted is not None]
                if wanted or not rows:
                    break
            _mark(
                connection,
                [row.id for row in wanted],
                state=DeliveryState.CLAIMED,
                owner=owner_id,
                changed=now,
            )
        return [
            Claim(
                id=row.id,
                edition=edition_id,
                segment=row.segment,
                subscriber=Subscriber(id=row.subscriber, address=row.address, name=row.name),
                attempts=row.attempts,
            )
            for row in wanted
        ]

    def _candidates(
        self, connection: Connection, edition_id: str, limit: int, now: datetime
    ) -> list[Row[Any]]:
        found: list[Row[Any]] = []
        # Two walks along the index and not one OR, which would make the planner leave it.
        for condition in (
            (delivery.c.state == DeliveryState.PENDING,),
            (delivery.c.state == DeliveryState.DEFERRED, delivery.c.retry_at <= now),
        ):
            if len(found) >= limit:
                break
            query = candidates(edition_id, condition).limit(limit - len(found))
            if not self._database.is_sqlite:
                query = query.with_for_update(skip_locked=True, of=delivery)
            found += connection.execute(query).all()
        return found

    def start(self, claims: Sequence[Claim]) -> None:
        """Mark that these are about to leave, before the first byte does."""
        with self._database.write(durable=False) as connection:
            _mark(connection, [claim.id for claim in claims], state=DeliveryState.STARTED)

    def finish(
        self,
        results: Sequence[tuple[Claim, Receipt]],
        now: datetime,
        *,
        retry_at: Callable[[int], datetime | None],
        on_doubt: OnDoubt = "resend",
    ) -> None:
        """Record what became of them. `retry_at` gets the number of attempts made and says when
        to try again, or None for never.
        """
        rows = [_finished(claim, receipt, retry_at, on_doubt) for claim, receipt in results]
        if not rows:
            return
        with self._database.write(durable=False) as connection:
            connection.execute(
                update_rows(delivery)
                .where(delivery.c.id == bindparam("b_id"))
                .values(
                    state=bindparam("b_state"),
                    attempts=bindparam("b_attempts"),
                    in_doubt=or_(delivery.c.in_doubt, bindparam("b_in_doubt")),
                    retry_at=bindparam("b_retry_at"),
                    reply=bindparam("b_reply"),
                    changed=now,
                    owner=None,
                ),
                rows,
            )

    def release(self, claims: Sequence[Claim]) -> None:
        """Hand back what has not begun."""
        if claims:
            with self._database.write() as connection:
                _mark(
                    connection,
                    [claim.id for claim in claims],
                    state=DeliveryState.PENDING,
                    owner=None,
                )

    # ------------------------------------------------------------ how things stand

    def open_editions(self, now: datetime) -> list[str]:
        """Editions that owe something which could leave now, the oldest first."""
        with self._database.read() as connection:
            candidates = connection.execute(
                select(edition.c.id)
                .where(edition.c.state == "open")
                .order_by(edition.c.slot, edition.c.id)
            ).scalars()
            return [
                identifier
                for identifier in candidates
                if self._candidates_exist(connection, identifier, now)
            ]

    def _candidates_exist(self, connection: Connection, identifier: str, now: datetime) -> bool:
        here = delivery.c.edition == identifier
        for condition in (
            delivery.c.state == DeliveryState.PENDING,
            (delivery.c.state == DeliveryState.DEFERRED) & (delivery.c.retry_at <= now),
        ):
            if connection.execute(select(delivery.c.id).where(here, condition).limit(1)).first():
                return True
        return False

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
        if not any(counts.states.get(state) for state in _UNFINISHED):
            with self._database.write() as connection:
                connection.execute(
                    update_rows(edition).where(edition.c.id == edition_id).values(state="done")
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


_HELD_BY_OWNER = (DeliveryState.CLAIMED, DeliveryState.STARTED)
_DOUBTED: dict[OnDoubt, DeliveryState] = {
    "resend": DeliveryState.PENDING,
    "hold": DeliveryState.HELD,
}
_LEFT = "no longer subscribed"


def candidates(edition_id: str, condition: Sequence[ColumnElement[bool]]) -> Any:
    """The query of a claim; `wanted` is null where the subscription has ended since."""
    return (
        select(
            delivery.c.id,
            delivery.c.segment,
            delivery.c.subscriber,
            delivery.c.address,
            delivery.c.name,
            delivery.c.attempts,
            subscription.c.newsletter.label("wanted"),
        )
        .select_from(delivery)
        .join(edition, edition.c.id == delivery.c.edition)
        .outerjoin(
            subscription,
            (subscription.c.subscriber == delivery.c.subscriber)
            & (subscription.c.newsletter == edition.c.newsletter),
        )
        .where(delivery.c.edition == edition_id, edition.c.state == "open", *condition)
        .order_by(delivery.c.id)
    )


def _mark(connection: Connection, ids: Sequence[int], **values: Any) -> None:
    if ids:
        connection.execute(
            update_rows(delivery).where(delivery.c.id == bindparam("b_id")).values(**values),
            [{"b_id": identifier} for identifier in ids],
        )


def _finished(
    claim: Claim,
    receipt: Receipt,
    retry_at: Callable[[int], datetime | None],
    on_doubt: OnDoubt,
) -> dict[str, Any]:
    attempts = claim.attempts + 1
    in_doubt = receipt.outcome is Outcome.IN_DOUBT
    again = None
    if receipt.outcome is Outcome.LATER or (in_doubt and on_doubt == "resend"):
        again = retry_at(attempts)
    if receipt.outcome is Outcome.ACCEPTED:
        state = DeliveryState.SENT
    elif in_doubt and (on_doubt == "hold" or again is None):
        state = DeliveryState.HELD
    else:
        state = DeliveryState.DEFERRED if again else DeliveryState.FAILED
    return {
        "b_id": claim.id,
        "b_state": state.value,
        "b_attempts": attempts,
        "b_in_doubt": in_doubt,
        "b_retry_at": again,
        "b_reply": receipt.reply[:500],
    }
