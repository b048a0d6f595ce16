"""Entries: what is there, what is public, and in which order it became so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    collate,
    func,
    literal_column,
    or_,
    select,
    update,
)

from publisher.model import Entry
from publisher.storage.database import Database, chunks, lookup
from publisher.storage.outlines import Outline, parse_outline, read_outline
from publisher.storage.records import read_words, record
from publisher.storage.schema import article, story

WALKED = 1000  # outlines in memory at once
_CHUNK = 500  # outlines filled in at once
_UNFILLED = article.c.outline == literal_column("''")  # in words, so that its index is used
_FILLED = ("outline", "fingerprint", "published", "begins", "ends", "story")


class Entries:
    """What came of the articles that are there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_filled = False

    def entries(self) -> list[Entry]:
        """The entries of all articles that are there, in no order; of those read, in full."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(story.c.entry)
                .join(article, article.c.entry_id == story.c.entry_id)
                .where(~article.c.gone)
            ).scalars()
            return [read_words(row) for row in rows]

    def load(self, ids: Iterable[str]) -> dict[str, Entry]:
        """Entries by id, in full; one whose words are still to be read is missing."""
        return {key: read_words(text) for key, text in self.load_texts(ids).items()}

    def load_texts(self, ids: Iterable[str]) -> dict[str, str]:
        """The same as the store has them, for `read_words`."""
        with self._database.read() as connection:
            return lookup(connection, story.c.entry_id, story.c.entry, ids)

    def fingerprints(self, ids: Iterable[str]) -> tuple[dict[str, str], list[str]]:
        """The fingerprints of these entries: another one whenever anything in the entry is.

        And the paths of those whose words are still to be read.
        """
        found: dict[str, str] = {}
        unread: list[str] = []
        columns = (article.c.entry_id, article.c.fingerprint, article.c.path, story.c.entry_id)
        both = select(*columns).outerjoin(story, story.c.entry_id == article.c.entry_id)
        with self._database.read() as connection:
            for some in chunks(ids):
                rows = connection.execute(both.where(article.c.entry_id.in_(some)))
                for key, fingerprint, path, read in rows:
                    found[key] = fingerprint
                    if read is None:
                        unread.append(path)
        return found, sorted(unread)

    def outlines(self) -> Iterator[tuple[Entry, str]]:
        """Every entry that is there without its words, with its fingerprint, as `walk` has it."""
        for outline, fingerprint in self.walk():
            yield outline.entry(), fingerprint

    def walk(self) -> Iterator[tuple[Outline, str]]:
        """The outline of every entry that is there, with the entry's fingerprint.

        Newest first, by id where the moment is the same; one after another, so that a long
        archive needs no more memory than a short one.
        """
        self._fill_in()
        columns = (article.c.outline, article.c.fingerprint)
        statement = select(*columns).where(~article.c.gone)
        by_id: Any = article.c.entry_id
        if not self._database.is_sqlite:
            by_id = collate(by_id, "C")
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(article.c.published.desc(), by_id))
            for outline, fingerprint in rows.yield_per(WALKED):
                yield parse_outline(outline), fingerprint

    def _fill_in(self) -> None:
        """Outline the entries that an older publisher has left."""
        if self._is_filled:
            return
        columns = (article.c.id, article.c.first_seen, story.c.entry)
        joined = select(*columns).join(story, story.c.entry_id == article.c.entry_id)
        with self._database.read() as connection:
            rows = connection.execute(select(article.c.id).where(_UNFILLED).limit(1)).all()
        while rows:
            with self._database.write(alone=True) as connection:
                rows = connection.execute(joined.where(_UNFILLED).limit(_CHUNK)).all()
                for key, first_seen, text in rows:
                    one = record(read_words(text), digest="", recipe="", now=first_seen)
                    filled = {name: one.row()[name] for name in _FILLED}
                    connection.execute(update(article).where(article.c.id == key).values(filled))
        self._is_filled = True

    def release(self, now: datetime) -> int:
        """Give each public entry that has none the next number; how many got one.

        An edition covers "all after number n", so that one which is dated back, or whose embargo
        ends late, is neither lost nor repeated.
        """
        # As Entry.is_public says it.
        public = (
            ~article.c.gone,
            article.c.sequence.is_(None),
            article.c.begins <= now,
            or_(article.c.ends.is_(None), article.c.ends > now),
        )
        by_id: Any = article.c.entry_id
        if not self._database.is_sqlite:
            by_id = collate(by_id, "C")
        order = func.row_number().over(order_by=(article.c.published, by_id))
        self._fill_in()
        with self._database.read() as connection:
            waiting = connection.execute(select(article.c.id).where(*public).limit(1)).first()
        if waiting is None:
            return 0
        with self._database.write(alone=True) as connection:
            last = last_sequence(connection)
            numbered = select(article.c.id, order.label("number")).where(*public).subquery()
            done = connection.execute(
                update(article)
                .where(article.c.id == numbered.c.id)
                .values(sequence=numbered.c.number + last)
            )
            return int(done.rowcount)

    def released_after(self, sequence: int | None, now: datetime) -> list[tuple[int, Entry]]:
        """Outlines of what was released after `sequence` (None: ever) and is public, in order."""
        self._fill_in()
        columns = (article.c.sequence, article.c.outline)
        with self._database.read() as connection:
            rows = connection.execute(
                select(*columns)
                .where(~article.c.gone, article.c.sequence > (sequence or 0))
                .order_by(article.c.sequence)
            ).all()
        found = ((number, read_outline(outline)) for number, outline in rows)
        return [(number, entry) for number, entry in found if entry.is_public(now)]

    def next_turn(self, now: datetime) -> datetime | None:
        """When the next entry becomes public or ceases to be; None if none will."""
        with self._database.read() as connection:
            turns = [
                connection.execute(
                    select(func.min(column, type_=column.type)).where(~article.c.gone, column > now)
                ).scalar()
                for column in (article.c.begins, article.c.ends)
            ]
        return min((turn for turn in turns if turn is not None), default=None)

    def last_sequence(self) -> int:
        """The number of what was released last; 0 if nothing was."""
        with self._database.read() as connection:
            return last_sequence(connection)


def last_sequence(connection: Connection) -> int:
    """The number given out last, also to what is gone: none is ever given out twice."""
    from publisher.storage.schema import edition  # noqa: PLC0415 - an edit of words asks for none

    released = connection.execute(select(func.max(article.c.sequence))).scalar() or 0
    covered = connection.execute(select(func.max(edition.c.last_sequence))).scalar() or 0
    return max(released, covered)
