"""Relays and domains of recipients that are in trouble or slow: what every sender should know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, or_, select

from publisher.model import Peer, PeerKind
from publisher.storage.database import Database
from publisher.storage.schema import peer

_KEPT = timedelta(days=7)  # a domain may be a person's own: it is forgotten when it is of no use
_APART = timedelta(minutes=1)  # by which the clocks of two machines may differ


class Peers:
    """What is known of relays and domains."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def changed(self, since: datetime | None = None) -> list[Peer]:
        """All that somebody put on record since then, and perhaps some from a little before."""
        with self._database.read() as connection:
            rows = connection.execute(changes(since and since - _APART)).all()
        return [_peer(row) for row in rows]

    def troubled(self) -> list[Peer]:
        """All that are left alone, failing, or slow, those that must wait longest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(peer)
                .where(or_(peer.c.failures > 0, peer.c.rate.is_not(None)))
                .order_by(peer.c.next_try.desc(), peer.c.kind, peer.c.name)
            ).all()
        return [_peer(row) for row in rows]

    def save(self, peers: Sequence[Peer], now: datetime) -> None:
        """Put these on record, whatever was known of them before."""
        if not peers:
            return
        # In one order, so that no two senders wait for each other.
        rows = [_values(one, now) for one in sorted(peers, key=lambda one: (one.kind, one.name))]
        with self._database.write(durable=False) as connection:
            connection.execute(self._database.upsert(peer), rows)

    def let_be_tried(self, kind: PeerKind, names: Sequence[str], now: datetime) -> None:
        """Whatever they answered, the next message may go to them at once."""
        known = {one.name: one for one in self.changed() if one.kind == kind}
        self.save([Peer(kind=kind, name=name) for name in names if name in known], now)

    def prune(self, now: datetime) -> None:
        """Forget who was not heard of for a week, and soon who is well again."""
        long_ago = peer.c.changed < now - _KEPT
        well = (peer.c.failures == 0) & peer.c.rate.is_(None)
        a_while = peer.c.changed < now - 2 * _APART
        with self._database.write(durable=False) as connection:
            connection.execute(delete(peer).where(or_(long_ago, well & a_while)))


def changes(since: datetime | None) -> Select[Any]:
    """What was put on record since then."""
    query = select(peer)
    return query if since is None else query.where(peer.c.changed >= since)


def _peer(row: Row[Any]) -> Peer:
    return Peer(
        kind=row.kind,
        name=row.name,
        failures=row.failures,
        failing_since=row.failing_since,
        next_try=row.next_try,
        rate=row.rate,
        reply=row.reply,
    )


def _values(one: Peer, now: datetime) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "name": one.name,
        "failures": one.failures,
        "failing_since": one.failing_since,
        "next_try": one.next_try,
        "rate": one.rate,
        "reply": one.reply[:500],
        "changed": now,
    }
