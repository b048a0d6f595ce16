"""What came back, kept: each report once, and what followed from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from publisher.model import DeliveryState, Returned, ReturnKind
from publisher.returns import find_status, kind_of
from publisher.storage.conflicts import again_on_conflict
from publisher.storage.database import Database
from publisher.storage.filing import Filing, Followed, Proof, SoftPolicy
from publisher.storage.schema import bounce, delivery, edition
from publisher.valueclass import valueclass

_CHUNK = 500


@valueclass
class ReturnRecord:
    """A report as it was kept; `who` is the address as far as it is known, in small letters."""

    id: int
    received: datetime
    source: str
    kind: ReturnKind
    status: str
    followed: Followed
    edition: str
    who: str
    diagnostic: str


class Returns:
    """The table of what came back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @again_on_conflict
    def file(
        self,
        reports: Sequence[Returned],
        *,
        raw: bytes,
        source: str,
        now: datetime,
        proof: Proof,
        policy: SoftPolicy,
    ) -> list[Followed]:
        """Keep the reports of one message or event and carry out what follows, in one transaction.

        The same bytes again change nothing. `raw` is stored only where nobody understood it.
        """
        digest = hashlib.sha256(raw).hexdigest()
        with self._database.write() as connection:
            filing = Filing(connection, source, now, proof, policy)
            return [
                followed
                for number, report in enumerate(reports)
                if (followed := filing.file(report, _nth(digest, number), raw)) is not None
            ]

    def refusals(self, since: datetime) -> Iterator[tuple[Returned, str]]:
        """What servers refused while we spoke to them, of editions opened since, with its digest.

        Only what was not filed yet. Each is proven: nobody but the server said it.
        """
        with self._database.read() as connection:
            recent = connection.execute(
                select(edition.c.id).where(edition.c.opened >= since)
            ).scalars()
            for identifier in recent.all():
                rows = connection.execute(
                    select(delivery.c.id, delivery.c.address, delivery.c.reply).where(
                        delivery.c.edition == identifier,
                        delivery.c.state == DeliveryState.FAILED,
                        delivery.c.address != "",
                        delivery.c.reply.startswith("5"),
                    )
                )
                yield from _new_refusals(connection, identifier, rows.all())

    def list(self, limit: int = 100, *, only: Followed | None = None) -> list[ReturnRecord]:
        """The newest reports first."""
        query = select(bounce).order_by(bounce.c.received.desc(), bounce.c.id.desc()).limit(limit)
        if only is not None:
            query = query.where(bounce.c.outcome == only)
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query)]

    def raw(self, identifier: int) -> bytes | None:
        """The start of a message that nobody understood."""
        with self._database.read() as connection:
            found: bytes | None = connection.execute(
                select(bounce.c.raw).where(bounce.c.id == identifier)
            ).scalar()
        return found

    def counts(self, since: datetime) -> dict[str, int]:
        """How many reports of each kind came since then."""
        query = (
            select(bounce.c.kind, func.count())
            .where(bounce.c.received >= since)
            .group_by(bounce.c.kind)
        )
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def drop(self, before: datetime) -> int:
        """Forget reports that are older; how many there were."""
        with self._database.write() as connection:
            return connection.execute(delete(bounce).where(bounce.c.received < before)).rowcount


def _new_refusals(
    connection: Connection, identifier: str, rows: Sequence[Any]
) -> Iterator[tuple[Returned, str]]:
    for start in range(0, len(rows), _CHUNK):
        some = {f"{identifier} {row.id}": row for row in rows[start : start + _CHUNK]}
        digests = {_nth(hashlib.sha256(raw.encode()).hexdigest(), 0): raw for raw in some}
        known = set(
            connection.execute(
                select(bounce.c.digest).where(bounce.c.digest.in_(digests))
            ).scalars()
        )
        for digest, raw in digests.items():
            row = some[raw]
            status = find_status(row.reply)
            kind = kind_of(status, row.reply)
            if digest not in known and kind in (ReturnKind.HARD, ReturnKind.SOFT):
                yield (
                    Returned(
                        kind=kind,
                        address=row.address,
                        status=status,
                        diagnostic=row.reply,
                        proven=True,
                    ),
                    raw,
                )


def _nth(digest: str, number: int) -> str:
    return hashlib.sha256(f"{digest} {number}".encode()).hexdigest()


def _record(row: Row[Any]) -> ReturnRecord:
    return ReturnRecord(
        id=row.id,
        received=row.received,
        source=row.source,
        kind=ReturnKind(row.kind),
        status=row.status,
        followed=Followed(row.outcome),
        edition=row.edition,
        who=row.key,
        diagnostic=row.diagnostic,
    )
