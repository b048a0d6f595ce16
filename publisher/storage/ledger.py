"""The ledger of deliveries: nothing lost, nothing doubled unseen.

A state that must hold together, so it lives in this one file. Each delivery walks

    pending -> claimed -> started -> sent | failed | deferred | held
    claimed -> failed | deferred    (not sent at all: no fit address, a destination at rest)
    deferred -> claimed ...        (when its time has come)
    claimed, started -> pending    (handed back: nothing has left)
    failed, held, deferred -> pending    (sent again, when the operator says so: retries.py)

A claim is on the disk before anything leaves (durable commit); the marks of start and finish
survive kill -9 at once and a power loss after the next durable commit. What a dead owner left
`started` may have arrived: it is in doubt, and flagged. What it left `claimed` had not begun,
unless a crash of the machine or the server (another epoch) may have eaten the mark: then it is
in doubt too (recovery.py). An owner that was taken for dead and lives (a suspended machine, a cut
network) is stopped at its next claim or start, because what it held is no longer under its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Select, Update, bindparam, select
from sqlalchemy import update as update_rows

from publisher.errors import StoreError
from publisher.model import Claim, DeliveryState, Outcome, Part, Result, Subscriber
from publisher.storage.database import Database, among, chunks
from publisher.storage.finishing import finish
from publisher.storage.parts import owing_parts
from publisher.storage.recovery import Recovery
from publisher.storage.schema import delivery, edition, seconds_of, subscription

_LEFT = "no longer subscribed"
_AHEAD = 1000  # numbers after the last claim that the next one looks at first


class Queue(Protocol):
    """Where parts of an edition wait for workers: in the same database, in our transaction."""

    def are_waiting(self, connection: Any, edition: str, /) -> bool:
        """Whether parts of an edition wait or are being delivered."""
        ...

    def defer(self, connection: Any, edition: str, parts: Sequence[Part], /) -> None:
        """Hand parts of an edition to workers."""
        ...


class Ledger(Recovery):
    """Claims and marks; what a dead owner held is taken back by `recover`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        # How far the claims of this process have come in an edition, by number.
        self._reached: dict[str, int] = {}

    def claim(
        self,
        edition_id: str,
        owner_id: str,
        limit: int,
        now: datetime,
        *,
        part: Part | None = None,
    ) -> list[Claim]:
        """Take up to `limit` deliveries for this owner, durably; none if nothing is left now.

        None either of an edition that is not open. With `part`, of that alone. Who has left
        since the snapshot was taken is marked failed instead. Raises StoreError if the owner was
        taken for dead.
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
                rows = self._candidates(connection, edition_id, limit, now, part)
                if not rows:
                    break
                there = subscribed(connection, newsletter, [row.subscriber for row in rows])
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

    def _candidates(
        self,
        connection: Connection,
        edition_id: str,
        limit: int,
        now: datetime,
        part: Part | None,
    ) -> list[Row[Any]]:
        found = [] if part else self._next(connection, edition_id, limit, now)
        if not found:
            for query in candidates(edition_id, now, part):
                if len(found) < limit:
                    found += connection.execute(query.limit(limit - len(found))).all()
        if found:
            self._reached[edition_id] = max(row.id for row in found)
        return found

    def _next(
        self, connection: Connection, edition_id: str, limit: int, now: datetime
    ) -> list[Row[Any]]:
        """So many right after the last claim; none if there are fewer, for a look at all.

        PostgreSQL keeps in the index what was claimed until vacuum comes by: who begins at its
        start steps over all of it, each time.
        """
        reached = self._reached.get(edition_id)
        if reached is None:
            return []
        ahead = Part(reached + 1, reached + _AHEAD)
        waiting, _ = candidates(edition_id, now, ahead)
        found = list(connection.execute(waiting.limit(limit)).all())
        return found if len(found) == limit else []

    def mark(self, started: Sequence[Claim], finished: Sequence[Result], now: datetime) -> None:
        """Mark which are about to leave and what became of others: one commit for all of them.

        Nothing of `started` may leave before this returns. Raises StoreError, with `finished` on
        record, if one of them was taken over: then none may leave. A result for what was taken
        over meanwhile changes nothing: it is flagged already.
        """
        if not (started or finished):
            return
        with self._database.write(durable=False) as connection:
            if self._lease_is_short(now):  # a slow relay can make one batch last longer than it
                mine = started[0] if started else finished[0].claim
                self._extend_lease(connection, mine.owner, now)
            if finished:
                rows = [_finished(result, now) for result in finished]
                finish(self._database, connection, rows)
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

    def hand_out(self, edition_id: str, queue: Queue, now: datetime, *, size: int = 1000) -> int:
        """Defer all that an edition owes now to workers, in one transaction; in how many parts.

        None if the edition is not open, or parts of it still wait: two who ask at once hand out
        nothing twice, and what a worker left undone is handed out when the others have ended.
        """
        with self._database.write() as connection:
            is_open = (
                select(edition.c.id)
                .where(edition.c.id == edition_id, edition.c.state == "open")
                .with_for_update()
            )
            raw = connection.connection.dbapi_connection
            if not connection.execute(is_open).first() or queue.are_waiting(raw, edition_id):
                return 0
            rows = connection.execute(owing_parts(edition_id, now, size))
            parts = [Part(first, last) for first, last in rows]
            queue.defer(raw, edition_id, parts)
        return len(parts)

    def _taken(self, what: str) -> StoreError:
        return StoreError(
            f"stopped sending: {what}",
            path=self._database.place,
            mend="nothing is lost; the next run goes on, and flags what may arrive twice",
        )


def candidates(
    edition_id: str, now: datetime, part: Part | None = None
) -> tuple[Select[Any], Select[Any]]:
    """The queries of a claim: what waits, then what is to be tried again.

    Two walks along the index and not one OR, which would make the planner leave it. Within a
    part the first begins where the part does, and not at all that others have taken before it.
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
    if part is not None:
        query = query.where(columns.id.between(part.first, part.last))
    return (
        query.where(columns.state == DeliveryState.PENDING, columns.retry_at.is_(None)),
        query.where(columns.state == DeliveryState.DEFERRED, columns.retry_at <= now),
    )


def subscribed(connection: Connection, newsletter: str, people: list[int]) -> set[int]:
    """Which of these people still get a newsletter."""
    return set(
        connection.execute(
            select(subscription.c.subscriber).where(
                subscription.c.newsletter == newsletter,
                among(connection, subscription.c.subscriber, people),
            )
        ).scalars()
    )


def _mark(connection: Connection, ids: Sequence[int], **values: Any) -> None:
    for some in chunks(ids):
        connection.execute(marking(connection, some).values(**values))


def marking(connection: Connection, ids: Sequence[int]) -> Update:
    """An update of these deliveries: one statement, which costs half of what one for each does."""
    return update_rows(delivery).where(among(connection, delivery.c.id, ids))


def starting(connection: Connection, ids: Sequence[int], owner_id: str) -> Update:
    """What is about to leave, as far as it is still this owner's."""
    claimed = delivery.c.state == DeliveryState.CLAIMED.value
    return (
        marking(connection, ids)
        .where(delivery.c.owner == owner_id, claimed)
        .values(state=DeliveryState.STARTED.value)
    )


def _start(connection: Connection, claims: Sequence[Claim]) -> bool:
    """Mark these, which one owner has; whether all of them are still theirs."""
    ours = [
        connection.execute(starting(connection, some, claims[0].owner)).rowcount
        for some in chunks(one.id for one in claims)
    ]
    return sum(ours) == len(claims)


def _finished(result: Result, now: datetime) -> dict[str, Any]:
    claim, receipt, retry_at, tried = result
    return {
        "b_id": claim.id,
        "b_owner": claim.owner,
        "b_state": _state_after(receipt.outcome, again=retry_at is not None).value,
        "b_attempts": claim.attempts + tried,
        "b_in_doubt": receipt.outcome is Outcome.IN_DOUBT,
        "b_retry_at": seconds_of(retry_at),
        "b_reply": _printable(receipt.reply),
        "b_changed": seconds_of(now),
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
