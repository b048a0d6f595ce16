"""Who holds claims, and taking back what the dead held.

An owner is dead if the lock of its file is free (where we can see it), or if its lease has passed
(anywhere else). Leases go by the database server's clock: those of two machines may differ.

What an owner holds is in no index: its row says from which number to which to look for it. The
claim that widens that is one transaction with the rows it claims.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    insert,
    select,
)
from sqlalchemy import update as update_rows

from publisher.model import DeliveryState
from publisher.storage import owners
from publisher.storage.database import Database, among, chunks
from publisher.storage.schema import delivery, edition, owner
from publisher.storage.standing import Standing

OnDoubt = Literal["resend", "hold"]
_LEASE = timedelta(minutes=10)
# A message that brings us down each time must not reach its reader each time for ever.
_MOST_IN_DOUBT = 5
_CRASHED = "a crash left it unknown whether this arrived"


class Recovery(Standing):
    """Owners and their leases."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._leased_until: datetime | None = None
        # All that each owner of ours holds, and perhaps a little that it holds no longer.
        self._held: dict[str, set[int]] = {}
        self._leasing = (
            update_rows(owner)
            .where(owner.c.id == bindparam("b_owner"), owner.c.epoch == database.epoch_now)
            .values(lease_until=database.clock_now + int(_LEASE.total_seconds()))
        )
        self._holding = self._leasing.values(
            held_from=bindparam("b_from"), held_to=bindparam("b_to")
        )

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
                        lease_until=self._lease_end(now),
                        held_from=1,
                        held_to=0,
                    )
                )
            self._held[identifier] = set()
            try:
                yield identifier
            finally:
                del self._held[identifier]
            # Only on a clean end: after an exception the next recovery looks at what is left.
            self._leave(identifier)

    def _leave(self, identifier: str) -> None:
        with self._database.write() as connection:
            # What we still hold although we are done was ours before the server lost our marks.
            ours = connection.execute(select(owner).where(owner.c.id == identifier)).first()
            if ours and not connection.execute(holdings(ours).limit(1)).first():
                connection.execute(delete(owner).where(owner.c.id == identifier))

    def recover(self, now: datetime, *, on_doubt: OnDoubt) -> int:
        """Take back what dead owners hold; how many deliveries are newly in doubt."""
        expired = (owner.c.lease_until < self._database.clock(now)).label("expired")
        with self._database.read() as connection:
            rows = connection.execute(select(owner, expired)).all()
        in_doubt = sum(self._bury(row, now, on_doubt) for row in rows if self._is_dead(row))
        return in_doubt + self._take_from_nobody(now, on_doubt)

    def _is_dead(self, row: Row[Any]) -> bool:
        if self._sees(row):
            return owners.is_dead(self._database.folder, row.id)
        return bool(row.expired)

    def _sees(self, row: Row[Any]) -> bool:
        """Whether the lock of this owner is one that we can try."""
        # SQLite has no other hosts; and it must not wait after a reboot gave the disk a new number.
        return self._database.is_sqlite or row.host == owners.place(self._database.folder)

    def _bury(self, dead: Row[Any], now: datetime, on_doubt: OnDoubt) -> int:
        still = select(owner).where(owner.c.id == dead.id).with_for_update()
        if not self._sees(dead):
            still = still.where(owner.c.lease_until < self._database.clock(now))
        with self._database.write() as connection:
            # First of all: this waits for a claim of the dead that the server is still committing,
            # and finds out whether one that was only slow has extended its lease.
            found = connection.execute(still).first()
            if found is None:
                return 0
            if found.epoch == self._database.epoch(connection):
                connection.execute(handing_back(held_by(found)))
            in_doubt = connection.execute(flagging(held_by(found), now, on_doubt)).rowcount
            connection.execute(delete(owner).where(owner.c.id == dead.id))
        owners.bury(self._database.folder, dead.id)
        return in_doubt

    def _take_from_nobody(self, now: datetime, on_doubt: OnDoubt) -> int:
        """Take back what is held under a name that no owner has: all of it is in doubt.

        No way to it is known; but a delivery that nobody holds would wait for ever. It is looked
        for once nothing else waits, so that what waits need not be looked through.
        """
        lost: dict[str, list[int]] = {}
        with self._database.read() as connection:
            for one in _unfinished(connection):
                for query in self._for_lost(connection, one, now):
                    for row in connection.execute(query):
                        lost.setdefault(row.owner, []).append(row.id)
        in_doubt = 0
        for name, ids in lost.items():
            for some in chunks(ids):
                with self._database.write() as connection:
                    which = among(connection, delivery.c.id, some)
                    statement = flagging(which & (delivery.c.owner == name), now, on_doubt)
                    in_doubt += connection.execute(statement).rowcount
        return in_doubt

    def _for_lost(
        self, connection: Connection, edition_id: str, now: datetime
    ) -> Iterator[Select[Any]]:
        """The queries for what nobody holds in an edition, without those for which it is early."""
        lost, free = held_by_nobody(edition_id, DeliveryState.PENDING)
        if not connection.execute(free.limit(1)).first():
            yield lost
        lost, _ = held_by_nobody(edition_id, DeliveryState.DEFERRED)
        yield lost.where(delivery.c.retry_at <= now)

    def _hold(self, connection: Connection, owner_id: str, ids: list[int], now: datetime) -> bool:
        """Write down that these are this owner's as well, who has a new lease; False: it is dead.

        In the transaction that claims them.
        """
        held = self._held.setdefault(owner_id, set())
        # Whatever becomes of the transaction: to look for too much later does no harm.
        held.update(ids)
        first, last = (min(held), max(held)) if held else (1, 0)
        return self._extend_lease(connection, owner_id, now, b_from=first, b_to=last)

    def _let_go(self, owner_id: str, ids: Iterable[int]) -> None:
        """It holds these no longer, which is on record."""
        self._held.get(owner_id, set()).difference_update(ids)

    def _extend_lease(
        self, connection: Connection, owner_id: str, now: datetime, **held: int
    ) -> bool:
        self._leased_until = now + _LEASE
        values = {"b_owner": owner_id, "now": int(now.timestamp()), **held}
        statement = self._holding if held else self._leasing
        return bool(self._database.prepared.run(connection, statement, values).rowcount)

    def _lease_is_short(self, now: datetime) -> bool:
        return self._leased_until is None or now > self._leased_until - _LEASE / 2

    def _lease_end(self, now: datetime) -> ColumnElement[int]:
        return self._database.clock(now) + int(_LEASE.total_seconds())


def flagging(which: ColumnElement[bool], now: datetime, on_doubt: OnDoubt) -> Update:
    """What is held, of these deliveries, may have arrived."""
    return (
        update_rows(delivery)
        .where(which)
        .values(
            state=_doubted(on_doubt),
            in_doubt=True,
            attempts=delivery.c.attempts + 1,
            owner=None,
            started=False,
            retry_at=None,
            reply=_CRASHED,
            changed=now,
        )
    )


def handing_back(which: ColumnElement[bool]) -> Update:
    """What a dead owner had claimed, and no more, is owed as before."""
    return (
        update_rows(delivery)
        .where(which, delivery.c.started.is_(False))
        .values(state=DeliveryState.PENDING, owner=None, retry_at=None)
    )


def held_by(one: Row[Any]) -> ColumnElement[bool]:
    """Whether a delivery is held by an owner, whose row this is."""
    columns = delivery.c
    return and_(columns.id.between(one.held_from, one.held_to), columns.owner == one.id)


def holdings(one: Row[Any]) -> Select[Any]:
    """What an owner holds."""
    return select(delivery.c.id).where(held_by(one))


def held_by_nobody(edition_id: str, state: DeliveryState) -> tuple[Select[Any], Select[Any]]:
    """Deliveries in this state that are held under a name that no owner has; and that are free."""
    columns = delivery.c
    query = select(columns.id, columns.owner).where(
        columns.edition == edition_id, columns.state == state.value
    )
    name = columns.owner
    lost = query.where(name.is_not(None), name.not_in(select(owner.c.id)))
    return lost, query.where(name.is_(None))


def _unfinished(connection: Connection) -> list[str]:
    """Every edition that may have claims: one that is paused or cancelled can have some, too."""
    return list(connection.execute(select(edition.c.id).where(edition.c.state != "done")).scalars())


def _doubted(on_doubt: OnDoubt) -> Any:
    if on_doubt == "hold":
        return DeliveryState.HELD.value
    return case(
        (delivery.c.attempts + 1 >= _MOST_IN_DOUBT, DeliveryState.HELD.value),
        else_=DeliveryState.PENDING.value,
    )
