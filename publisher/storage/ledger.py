"""The ledger of deliveries: nothing lost, nothing doubled unseen.

A state that must hold together, so it lives in this one file. Each delivery walks

    pending -> claimed -> started -> sent | failed | deferred | held
    claimed -> failed | deferred    (not sent at all: no fit address, a destination at rest)
    deferred -> claimed ...        (when its time has come)
    claimed, started -> pending    (handed back: nothing has left)

A claim is on the disk before anything leaves (durable commit); the marks of start and finish
survive kill -9 at once and a power loss after the next durable commit. What a dead owner left
`started` may have arrived: it is in doubt, and flagged. What it left `claimed` had not begun,
unless a crash of the machine or the server (another epoch) may have eaten the mark: then it is
in doubt too. An owner that was taken for dead and lives (a suspended machine, a cut network) is
stopped at its next claim or start, because what it held is no longer under its name.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, bindparam, case, delete, insert, or_, select
from sqlalchemy import update as update_rows

from publisher.errors import StoreError
from publisher.model import Claim, DeliveryState, Outcome, Result, Subscriber
from publisher.storage import owners
from publisher.storage.database import Database
from publisher.storage.schema import delivery, edition, owner, subscription
from publisher.storage.standing import Standing

OnDoubt = Literal["resend", "hold"]
_LEASE = timedelta(minutes=10)
# A message that brings us down each time must not reach its reader each time for ever.
_MOST_IN_DOUBT = 5
_LEFT = "no longer subscribed"
_CRASHED = "a crash left it unknown whether this arrived"
_HELD_BY_OWNER = (DeliveryState.CLAIMED.value, DeliveryState.STARTED.value)


class Ledger(Standing):
    """Claims, marks and recovery."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._leased_until: datetime | None = None

    # ------------------------------------------------------------ owners

    @contextmanager
    def owner(self, now: datetime) -> Iterator[str]:
        """Be an owner of claims for the length of this block; gives the owner's id."""
        identifier = secrets.token_hex(16)
        with owners.alive(self._database.folder, identifier):
            with self._database.write() as connection:
                connection.execute(
                    insert(owner).values(
                        id=identifier,
                        host=owners.place(self._database.folder),
                        epoch=self._database.epoch(connection),
                        lease_until=now + _LEASE,
                    )
                )
            yield identifier
            # Only on a clean end: after an exception the next recovery looks at what is left.
            self._leave(identifier)

    def _leave(self, identifier: str) -> None:
        with self._database.write() as connection:
            holds = any(
                connection.execute(_held(one, identifier).limit(1)).first()
                for one in _unfinished_editions(connection)
            )
            # What we still hold although we are done was ours before the server lost our marks.
            if not holds:
                connection.execute(delete(owner).where(owner.c.id == identifier))

    def recover(self, now: datetime, *, on_doubt: OnDoubt) -> int:
        """Take back what dead owners hold; how many deliveries are newly in doubt."""
        with self._database.read() as connection:
            rows = connection.execute(select(owner)).all()
        return sum(self._bury(row, now, on_doubt) for row in rows if self._is_dead(row, now))

    def _is_dead(self, row: Row[Any], now: datetime) -> bool:
        # SQLite has no other hosts; and it must not wait after a reboot gave the disk a new number.
        if self._database.is_sqlite or row.host == owners.place(self._database.folder):
            return owners.is_dead(self._database.folder, row.id)
        return bool(row.lease_until < now)

    def _bury(self, dead: Row[Any], now: datetime, on_doubt: OnDoubt) -> int:
        in_doubt = 0
        with self._database.write() as connection:
            same_epoch = dead.epoch == self._database.epoch(connection)
            doubtful = [DeliveryState.STARTED.value] if same_epoch else [*_HELD_BY_OWNER]
            for identifier in _unfinished_editions(connection):
                mine = (delivery.c.edition == identifier, delivery.c.owner == dead.id)
                in_doubt += connection.execute(
                    update_rows(delivery)
                    .where(*mine, delivery.c.state.in_(doubtful))
                    .values(
                        state=_doubted(on_doubt),
                        in_doubt=True,
                        attempts=delivery.c.attempts + 1,
                        owner=None,
                        retry_at=None,
                        reply=_CRASHED,
                        changed=now,
                    )
                ).rowcount
                connection.execute(
                    update_rows(delivery)
                    .where(*mine, delivery.c.state == DeliveryState.CLAIMED)
                    .values(state=DeliveryState.PENDING, owner=None, retry_at=None)
                )
            connection.execute(delete(owner).where(owner.c.id == dead.id))
        owners.bury(self._database.folder, dead.id)
        return in_doubt

    # ------------------------------------------------------------ claim, mark, release

    def claim(self, edition_id: str, owner_id: str, limit: int, now: datetime) -> list[Claim]:
        """Take up to `limit` deliveries for this owner, durably; none if nothing is left now.

        None either of an edition that is not open. Who has left since the snapshot was taken is
        marked failed instead. Raises StoreError if the owner was taken for dead.
        """
        with self._database.write(durable=True) as connection:
            if not self._extend_lease(connection, owner_id, now):
                raise self._taken("the database began anew, or this run was taken for dead")
            newsletter = connection.execute(
                select(edition.c.newsletter).where(
                    edition.c.id == edition_id, edition.c.state == "open"
                )
            ).scalar()
            wanted: list[Row[Any]] = []
            while newsletter is not None and not wanted:
                rows = self._candidates(connection, edition_id, limit, now)
                if not rows:
                    break
                there = _subscribed(connection, newsletter, [row.subscriber for row in rows])
                left = [row.id for row in rows if row.subscriber not in there]
                _mark(connection, left, state=DeliveryState.FAILED, reply=_LEFT, changed=now)
                wanted = [row for row in rows if row.subscriber in there]
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
                owner=owner_id,
            )
            for row in wanted
        ]

    def _extend_lease(self, connection: Connection, owner_id: str, now: datetime) -> bool:
        self._leased_until = now + _LEASE
        done = connection.execute(
            update_rows(owner)
            .where(owner.c.id == owner_id, owner.c.epoch == self._database.epoch(connection))
            .values(lease_until=self._leased_until)
        )
        return bool(done.rowcount)

    def _candidates(
        self, connection: Connection, edition_id: str, limit: int, now: datetime
    ) -> list[Row[Any]]:
        found: list[Row[Any]] = []
        for query in candidates(edition_id, now):
            if len(found) < limit:
                found += connection.execute(query.limit(limit - len(found))).all()
        return found

    def mark(self, started: Sequence[Claim], finished: Sequence[Result], now: datetime) -> None:
        """Mark which are about to leave and what became of others: one commit for all of them.

        Nothing of `started` may leave before this returns. Raises StoreError, with `finished` on
        record, if one of them was taken over: then none may leave. A result for what was taken
        over meanwhile changes nothing: it is flagged already.
        """
        if not (started or finished):
            return
        with self._database.write(durable=False) as connection:
            if self._leased_until is None or now > self._leased_until - _LEASE / 2:
                # A slow relay can make one batch last longer than a lease.
                mine = started[0] if started else finished[0].claim
                self._extend_lease(connection, mine.owner, now)
            if finished:
                connection.execute(_FINISH, [_finished(result, now) for result in finished])
            taken = started and not _start(connection, started)
            if taken:
                connection.rollback()
        if taken:
            self.mark((), finished, now)
            raise self._taken("another run took over what this one had claimed")

    def release(self, claims: Sequence[Claim]) -> None:
        """Hand back what has not left."""
        if not claims:
            return
        with self._database.write() as connection:
            connection.execute(
                update_rows(delivery)
                .where(delivery.c.id == bindparam("b_id"), delivery.c.owner == bindparam("b_owner"))
                .values(state=DeliveryState.PENDING, owner=None, retry_at=None),
                [{"b_id": claim.id, "b_owner": claim.owner} for claim in claims],
            )

    def _taken(self, what: str) -> StoreError:
        return StoreError(
            f"stopped sending: {what}",
            path=self._database.place,
            mend="nothing is lost; the next run goes on, and flags what may arrive twice",
        )


def candidates(edition_id: str, now: datetime) -> tuple[Select[Any], Select[Any]]:
    """The queries of a claim: what waits, then what is to be tried again.

    Two walks along the index and not one OR, which would make the planner leave it.
    """
    columns = delivery.c
    query = (
        select(
            columns.id,
            columns.segment,
            columns.subscriber,
            columns.address,
            columns.name,
            columns.attempts,
        )
        .where(columns.edition == edition_id)
        .order_by(columns.retry_at, columns.id)
        .with_for_update(skip_locked=True)  # SQLite, which has one writer, leaves it out
    )
    return (
        query.where(columns.state == DeliveryState.PENDING),
        query.where(columns.state == DeliveryState.DEFERRED, columns.retry_at <= now),
    )


def _subscribed(connection: Connection, newsletter: str, people: list[int]) -> set[int]:
    return set(
        connection.execute(
            select(subscription.c.subscriber).where(
                subscription.c.newsletter == newsletter, subscription.c.subscriber.in_(people)
            )
        ).scalars()
    )


def _unfinished_editions(connection: Connection) -> list[str]:
    """Every edition that may have claims: one that is paused or cancelled can have some, too."""
    return list(connection.execute(select(edition.c.id).where(edition.c.state != "done")).scalars())


def _held(edition_id: str, owner_id: str) -> Select[Any]:
    return select(delivery.c.id).where(
        delivery.c.edition == edition_id,
        delivery.c.state.in_(_HELD_BY_OWNER),
        delivery.c.owner == owner_id,
    )


def _doubted(on_doubt: OnDoubt) -> Any:
    if on_doubt == "hold":
        return DeliveryState.HELD.value
    return case(
        (delivery.c.attempts + 1 >= _MOST_IN_DOUBT, DeliveryState.HELD.value),
        else_=DeliveryState.PENDING.value,
    )


def _mark(connection: Connection, ids: Sequence[int], **values: Any) -> None:
    if ids:
        connection.execute(
            update_rows(delivery).where(delivery.c.id == bindparam("b_id")).values(**values),
            [{"b_id": identifier} for identifier in ids],
        )


_START = (
    update_rows(delivery)
    .where(
        delivery.c.id == bindparam("b_id"),
        delivery.c.owner == bindparam("b_owner"),
        delivery.c.state == DeliveryState.CLAIMED,
    )
    .values(state=DeliveryState.STARTED)
)
_FINISH = (
    update_rows(delivery)
    .where(delivery.c.id == bindparam("b_id"), delivery.c.owner == bindparam("b_owner"))
    .values(
        state=bindparam("b_state"),
        attempts=bindparam("b_attempts"),
        in_doubt=or_(delivery.c.in_doubt, bindparam("b_in_doubt")),
        retry_at=bindparam("b_retry_at"),
        reply=bindparam("b_reply"),
        changed=bindparam("b_changed"),
        owner=None,
    )
)


def _start(connection: Connection, claims: Sequence[Claim]) -> bool:
    """Mark these; whether all of them are still ours."""
    rows = [{"b_id": claim.id, "b_owner": claim.owner} for claim in claims]
    return connection.execute(_START, rows).rowcount == len(rows)


def _finished(result: Result, now: datetime) -> dict[str, Any]:
    claim, receipt, retry_at, tried = result
    return {
        "b_id": claim.id,
        "b_owner": claim.owner,
        "b_state": _state_after(receipt.outcome, again=retry_at is not None).value,
        "b_attempts": claim.attempts + tried,
        "b_in_doubt": receipt.outcome is Outcome.IN_DOUBT,
        "b_retry_at": retry_at,
        "b_reply": _printable(receipt.reply),
        "b_changed": now,
    }


def _state_after(outcome: Outcome, *, again: bool) -> DeliveryState:
    if outcome is Outcome.ACCEPTED:
        return DeliveryState.SENT
    if again and outcome is not Outcome.REFUSED:
        return DeliveryState.DEFERRED
    return DeliveryState.HELD if outcome is Outcome.IN_DOUBT else DeliveryState.FAILED


def _printable(reply: str) -> str:
    """What the other side said, fit for any database: no NUL, no half characters, not endless."""
    return reply.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:500]
