"""The ledger of deliveries: nothing lost, nothing doubled unseen.

A state that must hold together, so it lives in this one file. Each delivery walks

    pending -> claimed -> started -> sent | failed | deferred | held
    claimed -> failed | deferred    (not sent at all: no fit address, a destination at rest)
    deferred -> claimed ...        (when its time has come)
    claimed, started -> pending    (handed back: nothing has left)
    failed, held, deferred -> pending    (sent again, when the operator says so: retries.py)

What is claimed keeps the state it had, `pending` or `deferred`, and has an owner; `started` is a
mark beside it. So neither changes an index, which on PostgreSQL is most of what an update costs.

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
from functools import cache
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Update,
    bindparam,
    exists,
    false,
    literal_column,
    null,
    select,
)
from sqlalchemy import update as update_rows

from publisher.errors import StoreError
from publisher.model import Claim, DeliveryState, Outcome, Part, Result, Subscriber
from publisher.storage.database import Database
from publisher.storage.finishing import mark
from publisher.storage.parts import owing_parts
from publisher.storage.prepared import Numbered
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
            wanted: list[Any] = []  # rows of `candidates`
            while not wanted:
                rows = self._candidates(connection, edition_id, limit, now, part)
                if not rows:
                    break
                left = [row.id for row in rows if row.reader is None]
                self._update(connection, LEAVING, left, b_changed=seconds_of(now))
                wanted = [row for row in rows if row.reader is not None]
            ids = [row.id for row in wanted]
            self._update(connection, CLAIMING, ids, b_owner=owner_id, b_changed=seconds_of(now))
            # Whoever buries us waits for this, or has made sure that it fails.
            if not self._hold(connection, owner_id, ids, now):
                raise self._taken("the database began anew, or this run was taken for dead")
        return [
            Claim(
                id=number,
                edition=edition_id,
                segment=segment,
                subscriber=Subscriber(id=person, address=address, name=name),
                attempts=attempts,
                owner=owner_id,
            )
            for number, segment, person, address, name, attempts, _ in wanted
        ]

    def _candidates(
        self,
        connection: Connection,
        edition_id: str,
        limit: int,
        now: datetime,
        part: Part | None,
    ) -> list[Row[Any]]:
        values = {"edition": edition_id, "now": seconds_of(now)}
        found: list[Row[Any]] = []
        if part is None:
            found = self._next(connection, values, limit)
        else:
            values |= {"first": part.first, "last": part.last}
        if not found:
            for query in candidates(limit, within=part is not None):
                if len(found) < limit:
                    found += self._database.prepared.run(connection, query, values).all()
        if found:
            self._reached[edition_id] = max(row.id for row in found)
        return found[:limit]

    def _next(self, connection: Connection, values: dict[str, Any], limit: int) -> list[Row[Any]]:
        """So many right after the last claim; none if there are fewer, for a look at all.

        PostgreSQL keeps in the index what was claimed until vacuum comes by: who begins at its
        start steps over all of it, each time.
        """
        reached = self._reached.get(values["edition"])
        if reached is None:
            return []
        waiting, _ = candidates(limit, within=True)
        ahead = {**values, "first": reached + 1, "last": reached + _AHEAD}
        found = list(self._database.prepared.run(connection, waiting, ahead).all())
        return found if len(found) == limit else []

    def _update(
        self, connection: Connection, statement: Update, ids: Sequence[int], **values: Any
    ) -> int:
        """Change these deliveries; how many of them there were."""
        if not ids:
            return 0
        return self._database.prepared.run_for(connection, statement, ids, values)

    def mark(self, started: Sequence[Claim], finished: Sequence[Result], now: datetime) -> None:
        """Mark which are about to leave and what became of others: one commit for all of them.

        All are one owner's. Nothing of `started` may leave before this returns. Raises StoreError,
        with `finished` on record, if one of them was taken over: then none may leave. A result for
        what was taken over meanwhile changes nothing: it is flagged already.
        """
        if not (started or finished):
            return
        owner_id = (started[0] if started else finished[0].claim).owner
        if self._lease_is_short(now):  # a slow relay can make one batch last longer than it
            with self._database.write(durable=False) as connection:
                self._extend_lease(connection, owner_id, now)
        ids, rows = [claim.id for claim in started], [_finished(result) for result in finished]
        if not mark(self._database, owner_id, ids, rows, seconds_of(now)):
            self.mark((), finished, now)
            raise self._taken("another run took over what this one had claimed")
        self._let_go(owner_id, [result.claim.id for result in finished])

    def release(self, claims: Sequence[Claim]) -> None:
        """Hand back what has not left."""
        if not claims:
            return
        ids = [claim.id for claim in claims]
        with self._database.write() as connection:
            self._update(connection, RELEASING, ids, b_owner=claims[0].owner)
        self._let_go(claims[0].owner, ids)

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


@cache
def candidates(limit: int, *, within: bool) -> tuple[Select[Any], Select[Any]]:
    """The queries of a claim: what waits, then what is to be tried again; none if not `open`.

    They ask for the edition's id as `edition`, `now`, and, with `within`, the `first` and `last`
    number to look at, between which there should be few. Two walks along an index and not one OR,
    which would make the planner leave it; within a part that is the one of numbers, from where the
    part begins. `reader` is empty for who no longer gets the newsletter.
    """
    columns = delivery.c
    this = edition.c.id == bindparam("edition")
    newsletter = select(edition.c.newsletter).where(this).scalar_subquery()
    # Not EXISTS: PostgreSQL might read all subscriptions for it.
    reader = select(subscription.c.subscriber).where(
        subscription.c.subscriber == columns.subscriber, subscription.c.newsletter == newsletter
    )
    query = (
        select(
            columns.id,
            columns.segment,
            columns.subscriber,
            columns.address,
            columns.name,
            columns.attempts,
            reader.scalar_subquery().label("reader"),
        )
        .where(
            columns.edition == bindparam("edition"),
            columns.owner.is_(None),
            exists().where(this, edition.c.state == literal_column("'open'")),
        )
        .limit(literal_column(str(limit)))  # which a planner has to know
        .with_for_update(of=delivery, skip_locked=True)  # SQLite, with one writer, leaves it out
    )
    if within:
        query = query.where(columns.id.between(bindparam("first"), bindparam("last")))
    by_time = (columns.retry_at, columns.id)  # as the index of states goes on
    pending = query.where(_is(DeliveryState.PENDING), columns.retry_at.is_(None))
    deferred = query.where(_is(DeliveryState.DEFERRED), columns.retry_at <= bindparam("now"))
    return (
        pending.order_by(columns.id) if within else pending.order_by(*by_time),
        deferred.order_by(*by_time),
    )


def _is(state: DeliveryState) -> ColumnElement[bool]:
    return delivery.c.state == literal_column(f"'{state.value}'")


_THESE = update_rows(delivery).where(Numbered(delivery.c.id))
_OURS = _THESE.where(delivery.c.owner == bindparam("b_owner"))
LEAVING = _THESE.values(
    state=DeliveryState.FAILED.value, reply=_LEFT, changed=bindparam("b_changed")
)
CLAIMING = _THESE.values(owner=bindparam("b_owner"), changed=bindparam("b_changed"))
RELEASING = _OURS.values(
    state=DeliveryState.PENDING.value, owner=null(), started=false(), retry_at=null()
)


def _finished(result: Result) -> dict[str, Any]:
    claim, receipt, retry_at, tried = result
    return {
        "b_id": claim.id,
        "b_state": _state_after(receipt.outcome, again=retry_at is not None),
        "b_attempts": claim.attempts + tried,
        "b_in_doubt": receipt.outcome is Outcome.IN_DOUBT,
        "b_retry_at": seconds_of(retry_at),
        "b_reply": _printable(receipt.reply),
    }


_SENT, _DEFERRED, _HELD, _FAILED = (
    DeliveryState[name].value for name in ("SENT", "DEFERRED", "HELD", "FAILED")
)


def _state_after(outcome: Outcome, *, again: bool) -> str:
    if outcome is Outcome.ACCEPTED:
        return _SENT
    if again and outcome is not Outcome.REFUSED:
        return _DEFERRED
    return _HELD if outcome is Outcome.IN_DOUBT else _FAILED


def _printable(reply: str) -> str:
    """What the other side said, fit for any database: no NUL, no half characters, not endless."""
    if reply.isascii() and reply.isprintable():
        return reply[:500]
    return reply.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:500]
