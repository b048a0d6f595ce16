"""Editions: what was frozen when each was opened, and for whom."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from publisher.errors import UsageError
from publisher.model import Cohort, Frequency, Rendered
from publisher.storage.conflicts import again_on_conflict
from publisher.storage.database import Database
from publisher.storage.freezing import Audience, freeze
from publisher.storage.schema import edition, piece, segment
from publisher.storage.slots import Slot, record_slots
from publisher.storage.words import Packed, Wording, Words, digest_of_all
from publisher.valueclass import valueclass

_BATCH = 5000  # rows of one insert: memory stays flat at a million recipients
_OUTLINE = ("number", "language", "subject", "entries", "recipients")


@valueclass
class EditionRecord:
    """An edition as it was opened; `state` is open or done, or what the operator made of it.

    `retried` is when what had failed was last sent again.
    """

    id: str
    newsletter: str
    cohort: Cohort
    slot: datetime
    title: str
    state: str
    recipients: int
    opened: datetime
    digest: str
    retried: datetime | None = None


@valueclass
class Outline:
    """A segment without its words: the ids of its entries, and how many readers it is for.

    `language` is that of the words; empty for the newsletter's own.
    """

    number: int
    language: str
    subject: str
    entries: tuple[str, ...]
    recipients: int


class Editions:
    """Editions and their words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def watermark(self, cohort: Cohort) -> int | None:
        """The last sequence that an edition of this cohort covered; None before the first."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.max(edition.c.last_sequence)).where(
                    edition.c.newsletter == cohort.newsletter,
                    edition.c.frequency == cohort.frequency.value,
                    edition.c.timezone == cohort.timezone,
                )
            ).scalar()

    @again_on_conflict
    def open(
        self,
        identifier: str,
        wording: Wording,
        audience: Audience,
        *,
        cohort: Cohort,
        slot: Slot,
        last_sequence: int,
        to_nobody: bool,
        now: datetime,
    ) -> bool:
        """Freeze an edition and every delivery it owes, in one transaction.

        False, and nothing done, if this slot was dealt with already (another process was first),
        or if nobody is left whom it is for, unless `to_nobody`: then its page alone is published.
        """
        values = {
            "id": identifier,
            "newsletter": cohort.newsletter,
            "frequency": cohort.frequency.value,
            "timezone": cohort.timezone,
            "slot": slot.moment,
            "title": wording.title,
            "state": "open",
            "last_sequence": last_sequence,
            "digest": wording.digest,
            "recipients": 0,
            "opened": now,
        }
        with self._database.write() as connection:
            try:
                record_slots(connection, {slot: "opened"}, cohort, now)
                connection.execute(insert(edition).values(**values))
            except IntegrityError:
                connection.rollback()
                return False
            for table, rows in (
                (segment, _segment_rows(identifier, wording)),
                (piece, _piece_rows(identifier, wording)),
            ):
                while batch := list(islice(rows, _BATCH)):
                    connection.execute(insert(table), batch)
            owed = freeze(connection, identifier, audience, last=last_sequence, now=now)
            if not owed and not to_nobody:
                connection.rollback()
                return False
            connection.execute(
                update(edition)
                .where(edition.c.id == identifier)
                .values(recipients=owed, state="open" if owed else "done")
            )
        return True

    @again_on_conflict
    def pass_over(
        self,
        audience: Audience,
        *,
        cohort: Cohort,
        slot: Slot | None,
        last_sequence: int,
        now: datetime,
    ) -> None:
        """Put on record that there was nothing for any of these readers, at a slot if any."""
        with self._database.write() as connection:
            try:
                record_slots(connection, {slot: "empty"} if slot else {}, cohort, now)
            except IntegrityError:
                connection.rollback()
                return
            freeze(connection, "", audience, last=last_sequence, now=now)

    def all(self) -> list[EditionRecord]:
        """All editions, the newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(edition).order_by(edition.c.slot.desc(), edition.c.id))
            return [_record(row) for row in rows]

    def get(self, identifier: str) -> EditionRecord:
        """One edition; UsageError if there is none of this id."""
        with self._database.read() as connection:
            row = connection.execute(select(edition).where(edition.c.id == identifier)).first()
        if row is None:
            raise UsageError(
                f"there is no edition {identifier!r}", mend="`publisher editions list` names them"
            )
        return _record(row)

    def steer(self, identifier: str, state: str, *, of: Collection[str]) -> None:
        """Give an edition another state, such as "paused"; claims see it with the next batch.

        UsageError if it is in none of the states `of`.
        """
        with self._database.write() as connection:
            done = connection.execute(
                update(edition)
                .where(edition.c.id == identifier, edition.c.state.in_(of))
                .values(state=state)
            ).rowcount
        if not done:
            raise UsageError(
                f"edition {identifier} is {self.get(identifier).state}, and can't become {state}",
                mend=f"only one that is {' or '.join(sorted(of))} can",
            )

    def words(self, identifier: str) -> Mapping[int, Rendered]:
        """What an edition says to each segment; 0 is the public page."""
        with self._database.read() as connection:
            numbers = connection.execute(
                select(segment.c.number)
                .where(segment.c.edition == identifier)
                .order_by(segment.c.number)
            ).scalars()
            pieces = connection.execute(
                select(piece.c.text).where(piece.c.edition == identifier).order_by(piece.c.number)
            ).scalars()
            return Words(list(pieces), list(numbers), partial(self._segment, identifier))

    def digest_of(self, identifier: str) -> str:
        """The hash of what an edition says now; another than its record's if it was changed."""
        return digest_of_all(self.words(identifier))

    def _segment(self, identifier: str, number: int) -> Packed | Rendered | None:
        with self._database.read() as connection:
            row = connection.execute(
                select(segment).where(segment.c.edition == identifier, segment.c.number == number)
            ).first()
        if row is None:
            return None
        if row.words is not None:
            return Packed(bytes(row.words), row.language)
        # Of an edition from before words were kept in pieces.
        return Rendered(subject=row.subject, preheader=row.preheader, html=row.html, text=row.text)

    def outline(self, identifier: str) -> list[Outline]:
        """What each segment is about and how many it is for, the largest selection first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(*(segment.c[name] for name in _OUTLINE))
                .where(segment.c.edition == identifier, segment.c.number > 0)
                .order_by(segment.c.number)
            )
            return [
                Outline(
                    number=row.number,
                    language=row.language,
                    subject=row.subject,
                    entries=tuple(json.loads(row.entries)),
                    recipients=row.recipients,
                )
                for row in rows
            ]


def _segment_rows(identifier: str, wording: Wording) -> Iterator[dict[str, Any]]:
    for part in wording.parts:
        yield {
            "edition": identifier,
            "number": part.number,
            "language": part.language,
            "entries": json.dumps(part.entries),
            "subject": part.subject,
            "preheader": "",
            "html": "",
            "text": "",
            "words": part.words,
        }


def _piece_rows(identifier: str, wording: Wording) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(wording.pieces):
        yield {"edition": identifier, "number": number, "text": text}


def _record(row: Row[Any]) -> EditionRecord:
    return EditionRecord(
        id=row.id,
        newsletter=row.newsletter,
        cohort=Cohort(
            newsletter=row.newsletter,
            frequency=Frequency(row.frequency),
            timezone=row.timezone,
        ),
        slot=row.slot,
        title=row.title,
        state=row.state,
        recipients=row.recipients,
        opened=row.opened,
        digest=row.digest,
        retried=row.retried,
    )
