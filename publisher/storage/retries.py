"""Sending again what failed, when the operator says so: the one way out of a final state.

Not to who has left meanwhile, or must not be written to; and nothing that was delivered.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, update

from publisher.errors import UsageError
from publisher.model import DeliveryState
from publisher.storage.database import Database, among
from publisher.storage.schema import delivery, edition, subscription
from publisher.storage.suppressions import Secret, kept_off, key_of

_CHUNK = 1000
_SHOWN = 20


@dataclass(slots=True, kw_only=True)
class Retry:
    """What is queued again, or would be; `first` has some of them: the address, and why not before.

    `left` have gone since, `suppressed` must not be written to: they are not among them.
    """

    queued: int = 0
    left: int = 0
    suppressed: int = 0
    state: str = ""
    first: list[tuple[str, str]] = field(default_factory=list)


class Retries:
    """Deliveries that get another chance."""

    def __init__(self, database: Database, secret: Secret | None) -> None:
        self._database = database
        self._secret = secret

    def retry(
        self,
        edition_id: str,
        now: datetime,
        *,
        states: Collection[DeliveryState],
        domain: str = "",
        address: str = "",
        dry_run: bool = False,
    ) -> Retry:
        """Queue deliveries again that stand in one of these states, as if never tried.

        With `domain` or `address` those alone. An edition that is done is opened again, and has
        as much time as a new one. With `dry_run` nothing is changed. Raises UsageError.
        """
        found = Retry()
        chosen = array("q")
        with self._database.write() as connection:
            row = connection.execute(
                select(edition.c.newsletter, edition.c.state).where(edition.c.id == edition_id)
            ).first()
            if row is None or row.state == "cancelled":
                raise _refused(edition_id, known=row is not None)
            found.state = row.state
            for query in to_retry(edition_id, states, domain, address):
                for rows in _chunks(connection, query):
                    chosen.extend(self._eligible(connection, row.newsletter, rows, found))
            if chosen and not dry_run:
                _queue(connection, chosen, states, now)
                connection.execute(
                    update(edition).where(edition.c.id == edition_id).values(retried=now)
                )
                done = (edition.c.id == edition_id) & (edition.c.state == "done")
                connection.execute(update(edition).where(done).values(state="open", tally=""))
        return found

    def _eligible(
        self, connection: Connection, newsletter: str, rows: list[Row[Any]], found: Retry
    ) -> list[int]:
        there = _subscribed(connection, newsletter, [row.subscriber for row in rows])
        keys = [key_of(row.address) for row in rows]
        off = kept_off(connection, keys, self._secret)
        chosen = []
        for row, key in zip(rows, keys, strict=True):
            if key in off:
                found.suppressed += 1
            elif row.subscriber not in there:
                found.left += 1
            else:
                chosen.append(row.id)
                found.queued += 1
                if len(found.first) < _SHOWN:
                    found.first.append((row.address, row.reply))
        return chosen


def _subscribed(connection: Connection, newsletter: str, people: list[int]) -> set[int]:
    """Which of these people still get a newsletter."""
    return set(
        connection.execute(
            select(subscription.c.subscriber).where(
                subscription.c.newsletter == newsletter,
                among(connection, subscription.c.subscriber, people),
            )
        ).scalars()
    )


def to_retry(
    edition_id: str, states: Collection[DeliveryState], domain: str = "", address: str = ""
) -> list[Select[Any]]:
    """The queries behind a retry: one for each state, along the index."""
    columns = delivery.c
    query = select(columns.id, columns.subscriber, columns.address, columns.reply)
    query = query.where(columns.edition == edition_id, columns.owner.is_(None))
    if domain:
        query = query.where(func.lower(columns.address).endswith(f"@{domain}", autoescape=True))
    if address:
        query = query.where(func.lower(columns.address) == address)
    query = query.order_by(columns.retry_at, columns.id)
    return [query.where(columns.state == one.value) for one in DeliveryState if one in states]


def _chunks(connection: Connection, query: Select[Any]) -> Iterator[list[Row[Any]]]:
    found = connection.execute(query, execution_options={"yield_per": _CHUNK})
    for rows in found.partitions(_CHUNK):
        yield list(rows)


def _queue(
    connection: Connection,
    chosen: array[int],
    states: Collection[DeliveryState],
    now: datetime,
) -> None:
    statement = (
        update(delivery)
        # What waits for a later try may just have been claimed.
        .where(
            delivery.c.id == bindparam("b_id"),
            delivery.c.owner.is_(None),
            or_(*(delivery.c.state == one.value for one in states)),
        )
        .values(state=DeliveryState.PENDING, attempts=0, retry_at=None, changed=now)
    )
    for start in range(0, len(chosen), _CHUNK):
        connection.execute(statement, [{"b_id": one} for one in chosen[start : start + _CHUNK]])


def _refused(edition_id: str, *, known: bool) -> UsageError:
    if not known:
        return UsageError(
            f"there is no edition {edition_id!r}", mend="`publisher editions list` names them"
        )
    return UsageError(
        f"edition {edition_id} was cancelled, and nothing of it is sent again",
        mend="what it said stays on its page; a new edition reaches its readers",
    )
