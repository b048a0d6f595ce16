"""Articles and entries: what is there, what is public, and in which order it became so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from publisher.model import Entry, Identity
from publisher.storage.database import Database
from publisher.storage.schema import article, edition

_ENTRY = TypeAdapter(Entry)
_CHUNK = 500  # bound parameters in one statement: SQLite's lowest limit is 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of an article: the hash of its content, and what came of it.

    `recipe` names the rules it was read by. `gone`: the file is no longer there.
    """

    path: str
    digest: str
    recipe: str
    identity: Identity
    entry: Entry
    gone: bool


class Catalogue:
    """Articles and their entries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unsynced = False

    def known(self) -> dict[str, Known]:
        """Every article ever seen, by its path."""
        with self._database.read() as connection:
            rows = connection.execute(select(article)).all()
        return {row.path: _known(row) for row in rows}

    def save(self, entry: Entry, *, digest: str, recipe: str, now: datetime) -> None:
        """Keep what came of reading an article; its first sight stays that of the first time.

        An article that comes back under another path with the id of one that is gone is that one.
        Not on the disk before `public` was asked: a wait for each of 10,000 articles would add up.
        """
        values = {
            "path": entry.path,
            "digest": digest,
            "recipe": recipe,
            "slug": entry.slug,
            "gone": False,
            "entry": _ENTRY.dump_json(entry).decode(),
        }
        self._unsynced = True
        with self._database.write(durable=False, alone=True) as connection:
            holder = connection.execute(
                select(article.c.path, article.c.gone).where(article.c.entry_id == entry.id)
            ).first()
            if holder is not None and holder.path != entry.path and holder.gone:
                connection.execute(delete(article).where(article.c.path == entry.path))
                connection.execute(
                    update(article).where(article.c.entry_id == entry.id).values(**values)
                )
                return
            done = connection.execute(
                update(article)
                .where(article.c.path == entry.path)
                .values(**values, entry_id=entry.id)
            )
            if not done.rowcount:
                connection.execute(
                    insert(article).values(**values, entry_id=entry.id, first_seen=now)
                )

    def gone(self, paths: Iterable[str], now: datetime) -> None:  # noqa: ARG002
        """These files are no longer there: their entries are not public any more."""
        waiting = list(paths)
        if not waiting:
            return
        with self._database.write() as connection:
            for start in range(0, len(waiting), _CHUNK):
                some = waiting[start : start + _CHUNK]
                connection.execute(
                    update(article).where(article.c.path.in_(some)).values(gone=True)
                )

    def rename(self, old: str, new: str) -> None:
        """An article moved to another path and keeps everything."""
        with self._database.write() as connection:
            connection.execute(update(article).where(article.c.path == old).values(path=new))

    def entries(self) -> list[Entry]:
        """The entries of all articles that are there, in no order."""
        with self._database.read() as connection:
            rows = connection.execute(select(article.c.entry).where(~article.c.gone)).scalars()
            return [_ENTRY.validate_json(row) for row in rows]

    def public(self, now: datetime) -> list[Entry]:
        """What readers may see at `now`, newest first; from here on it may leave."""
        if self._unsynced:
            # An id or a first sight that readers know must not be lost with the power.
            self._database.barrier()
            self._unsynced = False
        return sorted(
            (entry for entry in self.entries() if entry.is_public(now)),
            key=lambda entry: (entry.published, entry.id),
            reverse=True,
        )

    def release(self, now: datetime) -> int:
        """Give each public entry that has none the next number; how many got one.

        An edition covers "all after number n", so that one which is dated back, or whose embargo
        ends late, is neither lost nor repeated.
        """
        with self._database.write(alone=True) as connection:
            rows = connection.execute(
                select(article.c.id, article.c.entry).where(
                    ~article.c.gone, article.c.sequence.is_(None)
                )
            )
            waiting = [(row.id, _ENTRY.validate_json(row.entry)) for row in rows]
            public = sorted(
                ((entry.published, entry.id, key) for key, entry in waiting if entry.is_public(now))
            )
            last = _last_sequence(connection)
            for number, (_, _, key) in enumerate(public, last + 1):
                connection.execute(
                    update(article).where(article.c.id == key).values(sequence=number)
                )
        return len(public)

    def released_after(self, sequence: int | None, now: datetime) -> list[tuple[int, Entry]]:
        """What was released after `sequence` (None: ever) and is public now, in that order."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(article.c.sequence, article.c.entry)
                .where(~article.c.gone, article.c.sequence > (sequence or 0))
                .order_by(article.c.sequence)
            )
            found = [(row.sequence, _ENTRY.validate_json(row.entry)) for row in rows]
        return [(number, entry) for number, entry in found if entry.is_public(now)]

    def last_sequence(self) -> int:
        """The number of what was released last; 0 if nothing was."""
        with self._database.read() as connection:
            return _last_sequence(connection)


def _last_sequence(connection: Connection) -> int:
    """Also what editions have covered: a number is never given out twice, whatever was removed."""
    released = connection.execute(select(func.max(article.c.sequence))).scalar() or 0
    covered = connection.execute(select(func.max(edition.c.last_sequence))).scalar() or 0
    return max(released, covered)


def _known(row: Row[Any]) -> Known:
    return Known(
        path=row.path,
        digest=row.digest,
        recipe=row.recipe,
        identity=Identity(id=row.entry_id, slug=row.slug, first_seen=row.first_seen),
        entry=_ENTRY.validate_json(row.entry),
        gone=row.gone,
    )
