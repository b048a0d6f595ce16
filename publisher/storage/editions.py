"""Editions: which slots are dealt with, and what was frozen when an edition was opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from publisher.errors import UsageError
from publisher.model import Cohort, DeliveryState, Rendered, Segment
from publisher.storage.database import Database
from publisher.storage.schema import delivery, edition, segment, slot

_BATCH = 5000  # rows of one insert: memory stays flat at a million recipients


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRecord:
    """An edition as it was opened; `state` is open or done."""

    id: str
    newsletter: str
    slot: datetime
    title: str
    state: str
    recipients: int
    opened: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A segment without its words: the ids of its entries, and how many readers it is for."""

    number: int
    subject: str
    entries: tuple[str, ...]
    recipients: int


class Editions:
    """Slots, editions and their words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_slot(self, newsletter: str) -> datetime | None:
        """The newest slot that was dealt with, however."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.max(slot.c.slot, type_=slot.c.slot.type)).where(
                    slot.c.newsletter == newsletter
                )
            ).scalar()

    def record_slot(self, newsletter: str, moment: datetime, outcome: str, now: datetime) -> bool:
        """Put on record that a slot is dealt with; False if it was already."""
        values = _slot_row(Cohort(newsletter=newsletter), moment, outcome, now)
        try:
            with self._database.write() as connection:
                connection.execute(insert(slot).values(**values))
        except IntegrityError:
            return False
        return True

    def watermark(self, newsletter: str) -> int | None:
        """The last sequence that an edition of this newsletter covered; None before the first."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.max(edition.c.last_sequence)).where(edition.c.newsletter == newsletter)
            ).scalar()

    def open(
        self,
        identifier: str,
        *,
        newsletter: str,
        title: str,
        slot: datetime,
        last_sequence: int,
        segments: Sequence[tuple[Segment, Rendered]],
        now: datetime,
    ) -> bool:
        """Freeze an edition and every delivery it owes, in one transaction.

        Segment 0 is the public page. False, and nothing done, if this slot was dealt with
        already: another process was first.
        """
        recipients = sum(len(part.recipients) for part, _ in segments)
        values = {
            "id": identifier,
            "newsletter": newsletter,
            "frequency": "",
            "timezone": "",
            "slot": slot,
            "title": title,
            "state": "open" if recipients else "done",
            "last_sequence": last_sequence,
            "digest": _digest(segments),
            "recipients": recipients,
            "opened": now,
        }
        decided = _slot_row(Cohort(newsletter=newsletter), slot, "opened", now)
        with self._database.write() as connection:
            try:
                connection.execute(insert(_slot_table).values(**decided))
            except IntegrityError:
                connection.rollback()
                return False
            connection.execute(insert(edition).values(**values))
            connection.execute(
                insert(segment), [_segment_row(identifier, *part) for part in segments]
            )
            rows = _delivery_rows(identifier, segments, now)
            while batch := list(islice(rows, _BATCH)):
                connection.execute(insert(delivery), batch)
        return True

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

    def segments(self, identifier: str) -> dict[int, Rendered]:
        """The words of each segment; 0 is the public page."""
        with self._database.read() as connection:
            rows = connection.execute(select(segment).where(segment.c.edition == identifier))
            return {row.number: _rendered(row) for row in rows}

    def outline(self, identifier: str) -> list[Outline]:
        """What each segment is about and how many it is for, the largest selection first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(segment.c.number, segment.c.subject, segment.c.entries, segment.c.recipients)
                .where(segment.c.edition == identifier, segment.c.number > 0)
                .order_by(segment.c.number)
            )
            return [
                Outline(
                    number=row.number,
                    subject=row.subject,
                    entries=tuple(json.loads(row.entries)),
                    recipients=row.recipients,
                )
                for row in rows
            ]

    def public_page(self, identifier: str) -> Rendered:
        """The words of the public page."""
        with self._database.read() as connection:
            return _rendered(
                connection.execute(
                    select(segment).where(segment.c.edition == identifier, segment.c.number == 0)
                ).one()
            )


_slot_table = slot  # `slot` is also what the moment is called


def _slot_row(cohort: Cohort, moment: datetime, outcome: str, now: datetime) -> dict[str, Any]:
    return {
        "newsletter": cohort.newsletter,
        "frequency": cohort.frequency.value,
        "timezone": cohort.timezone,
        "slot": moment,
        "local": "",
        "outcome": outcome,
        "decided": now,
    }


def _segment_row(identifier: str, part: Segment, rendered: Rendered) -> dict[str, Any]:
    return {
        "edition": identifier,
        "number": part.number,
        "entries": json.dumps([entry.id for entry in part.entries]),
        "subject": rendered.subject,
        "preheader": rendered.preheader,
        "html": rendered.html,
        "text": rendered.text,
        "recipients": len(part.recipients),
    }


def _delivery_rows(
    identifier: str, segments: Sequence[tuple[Segment, Rendered]], now: datetime
) -> Iterator[dict[str, Any]]:
    for part, _ in segments:
        for reader in part.recipients:
            yield {
                "edition": identifier,
                "segment": part.number,
                "subscriber": reader.id,
                "address": reader.address,
                "name": reader.name,
                "state": DeliveryState.PENDING.value,
                "attempts": 0,
                "in_doubt": False,
                "reply": "",
                "changed": now,
            }


def _digest(segments: Sequence[tuple[Segment, Rendered]]) -> str:
    """What the edition says, in one hash: a later change of it would show."""
    said = hashlib.sha256()
    for part, rendered in segments:
        words = (part.number, rendered.subject, rendered.preheader, rendered.html, rendered.text)
        said.update(repr(words).encode("utf-8", "surrogatepass"))
    return said.hexdigest()


def _rendered(row: Row[Any]) -> Rendered:
    return Rendered(subject=row.subject, preheader=row.preheader, html=row.html, text=row.text)


def _record(row: Row[Any]) -> EditionRecord:
    return EditionRecord(
        id=row.id,
        newsletter=row.newsletter,
        slot=row.slot,
        title=row.title,
        state=row.state,
        recipients=row.recipients,
        opened=row.opened,
    )
