"""Who holds claims, and taking back what the dead held.

An owner is dead if the lock of its file is free (where we can see it), or if its lease has passed
(anywhere else). Leases go by the database server's clock: those of two machines may differ.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Update,
    bindparam,
    case,
    delete,
    insert,
    select,
)
from sqlalchemy import update as update_rows

from publisher.model import DeliveryState
from publisher.storage import owners
from publisher.storage.database import Database
from publisher.storage.schema import delivery, edition, owner
from publisher.storage.standing import Standing

OnDoubt = Literal["resend", "hold"]
_LEASE = timedelta(minutes=10)
# A message that brings us down each time must not reach its reader each time for ever.
_MOST_IN_DOUBT = 5
_CRASHED = "a crash left it unknown whether this arrived"
_HELD = (DeliveryState.CLAIMED, DeliveryState.STARTED)


class Recovery(Standing):
    """Owners and their leases."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._leased_until: datetime | None = None
        self._leasing = (
            update_rows(owner)
            .where(owner.c.id == bindparam("b_owner"), owner.c.epoch == database.epoch_now)
            .values(lease_until=database.clock_now + int(_LEASE.total_seconds()))
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
                    )
                )
            yield identifier
            # Only on a clean end: after an exception the next recovery looks at what is left.
            self._leave(identifier)

    def _leave(self, identifier: str) -> None:
        with self._database.write() as connection:
            # What we still hold although we are done was ours before the server lost our marks.
            if not any(
                connection.execute(held(one, state, identifier).limit(1)).first()
                for one in _unfinished(connection)
                for state in _HELD
            ):
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
        gone = delete(owner).where(owner.c.id == dead.id)
        if not self._sees(dead):
            gone = gone.where(owner.c.lease_until < self._database.clock(now))
        with self._database.write() as connection:
            # First of all: this waits for a claim of the dead that the server is still committing,
            # and finds out whether one that was only slow has extended its lease.
            if not connection.execute(gone).rowcount:
                return 0
            in_doubt = 0
            for one in _unfinished(connection):
                if dead.epoch == self._database.epoch(connection):
                    connection.execute(handing_back(one, dead.id))
                in_doubt += _flag(connection, one, dead.id, now, on_doubt)
        owners.bury(self._database.folder, dead.id)
        return in_doubt

    def _take_from_nobody(self, now: datetime, on_doubt: OnDoubt) -> int:
        """Take back what is held under a name that no owner has: all of it is in doubt.

        A mark that the server commits while its owner is buried ends so, and no other way is
        known; but a delivery that nobody holds would wait for ever.
        """
        in_doubt = 0
        with self._database.read() as connection:
            lost = [
                (one, name)
                for one in _unfinished(connection)
                for state in _HELD
                for name in connection.execute(held_by_nobody(one, state)).scalars()
            ]
        for one, name in lost:
            with self._database.write() as connection:
                in_doubt += _flag(connection, one, name, now, on_doubt)
        return in_doubt

    def _extend_lease(self, connection: Connection, owner_id: str, now: datetime) -> bool:
        self._leased_until = now + _LEASE
        values = {"b_owner": owner_id, "now": int(now.timestamp())}
        return bool(self._database.prepared.run(connection, self._leasing, values).rowcount)

    def _lease_is_short(self, now: datetime) -> bool:
        return self._leased_until is None or now > self._leased_until - _LEASE / 2

    def _lease_end(self, now: datetime) -> ColumnElement[int]:
        return self._database.clock(now) + int(_LEASE.total_seconds())


def _flag(
    connection: Connection, edition_id: str, owner_id: str, now: datetime, on_doubt: OnDoubt
) -> int:
    """Flag all that an owner holds of an edition; how many."""
    statements = [flagging(edition_id, state, owner_id, now, on_doubt) for state in _HELD]
    return sum(connection.execute(statement).rowcount for statement in statements)


def flagging(
    edition_id: str, state: DeliveryState, owner_id: str, now: datetime, on_doubt: OnDoubt
) -> Update:
    """What a dead owner holds in this state may have arrived."""
    return _update_held(edition_id, state, owner_id).values(
        state=_doubted(on_doubt),
        in_doubt=True,
        attempts=delivery.c.attempts + 1,
        owner=None,
        retry_at=None,
        reply=_CRASHED,
        changed=now,
    )


def handing_back(edition_id: str, owner_id: str) -> Update:
    """What a dead owner had claimed, and no more, is owed as before."""
    return _update_held(edition_id, DeliveryState.CLAIMED, owner_id).values(
        state=DeliveryState.PENDING, owner=None, retry_at=None
    )


def _update_held(edition_id: str, state: DeliveryState, owner_id: str) -> Update:
    return update_rows(delivery).where(
        delivery.c.edition == edition_id,
        # One state at a time: for two, SQLite, if it has statistics, reads the whole table.
        delivery.c.state == state.value,
        delivery.c.owner == owner_id,
    )


def held(edition_id: str, state: DeliveryState, owner_id: str) -> Select[Any]:
    """What an owner holds of an edition in this state."""
    return select(delivery.c.id).where(
        delivery.c.edition == edition_id,
        delivery.c.state == state.value,
        delivery.c.owner == owner_id,
    )


def held_by_nobody(edition_id: str, state: DeliveryState) -> Select[Any]:
    """Names under which deliveries of an edition are held, and which no owner has."""
    return (
        select(delivery.c.owner)
        .distinct()
        .where(
            delivery.c.edition == edition_id,
            delivery.c.state == state.value,
            delivery.c.owner.not_in(select(owner.c.id)),
        )
    )


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
