"""Articles and entries: what is there, what is public, and in which order it became so."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from publisher.model import Entry, Identity
from publisher.storage.database import Database
from publisher.storage.outlines import read_outline, write_outline
from publisher.storage.schema import article, edition

_ENTRY = TypeAdapter(Entry)
_CHUNK = 500  # bound parameters in one statement: SQLite's lowest limit is 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of an article: the hash of its content, and what came of it.

    `recipe` names the rules it was read by, `stamp` is what the folder said of the file then.
    `gone`: the file is no longer there.
    """

    path: str
    digest: str
    recipe: str
    stamp: str
    identity: Identity
    gone: bool
    load: Callable[[Iterable[str]], dict[str, Entry]]

    @property
    def entry(self) -> Entry:
        """What came of it, asked of the store only now: few are ever wanted."""
        return self.load([self.identity.id])[self.identity.id]


class Catalogue:
    """Articles and their entries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unsynced = False

    def known(self) -> dict[str, Known]:
        """Every article ever seen, by its path."""
        columns = article.c
        wanted = (columns.path, columns.digest, columns.recipe, columns.stamp, columns.gone)
        named = (columns.entry_id, columns.slug, columns.first_seen)
        with self._database.read() as connection:
            rows = connection.execute(select(*wanted, *named)).all()
        return {
            path: Known(
                path=path,
                digest=digest,
                recipe=recipe,
                stamp=stamp,
                identity=Identity(id=entry_id, slug=slug, first_seen=first_seen),
                gone=gone,
                load=self.load,
            )
            for path, digest, recipe, stamp, gone, entry_id, slug, first_seen in rows
        }

    def stamp(self, stamps: Mapping[str, str]) -> None:
        """The files at these paths were looked into and had not changed: how they look now."""
        if not stamps:
            return
        rows = [{"at": path, "to": stamp} for path, stamp in stamps.items()]
        statement = update(article).where(article.c.path == bindparam("at"))
        with self._database.write(durable=False, alone=True) as connection:
            connection.execute(statement.values(stamp=bindparam("to")), rows)

    def save(
        self, entry: Entry, *, digest: str, recipe: str, now: datetime, stamp: str = ""
    ) -> None:
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
            "stamp": stamp,
            **_written(entry),
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

    def spellings(self, recipe: str) -> dict[str, str]:
        """What each tag is called, by its slug, in entries that were read by these rules.

        Where older rules left two, the first in the order of the articles' paths.
        """
        wanted = select(article.c.outline).where(~article.c.gone, article.c.recipe == recipe)
        names: dict[str, str] = {}
        with self._database.read() as connection:
            for outline in connection.execute(wanted.order_by(article.c.path)).scalars():
                for tag in read_outline(outline).tags if outline else ():
                    names.setdefault(tag.slug, tag.name)
        return names

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

    def load(self, ids: Iterable[str]) -> dict[str, Entry]:
        """Entries by id, in full."""
        wanted = list(ids)
        found: dict[str, Entry] = {}
        with self._database.read() as connection:
            for start in range(0, len(wanted), _CHUNK):
                some = wanted[start : start + _CHUNK]
                rows = connection.execute(
                    select(article.c.entry_id, article.c.entry).where(article.c.entry_id.in_(some))
                )
                found |= {key: _ENTRY.validate_json(text) for key, text in rows}
        return found

    def outlines(self) -> list[tuple[Entry, str]]:
        """Every entry that is there without its words (outlines.py), with its fingerprint.

        In no order. The fingerprint is another one whenever anything in the entry is.
        """
        columns = (article.c.outline, article.c.fingerprint)
        with self._database.read() as connection:
            rows = connection.execute(select(*columns).where(~article.c.gone)).all()
        if not all(outline for outline, _ in rows):
            with self._database.write(alone=True) as connection:
                self._fill_in(connection)
            return self.outlines()
        return [(read_outline(outline), fingerprint) for outline, fingerprint in rows]

    def _fill_in(self, connection: Connection) -> None:
        """Outline the entries that an older publisher has left."""
        rows = connection.execute(
            select(article.c.id, article.c.entry).where(article.c.outline == "")
        ).all()
        for key, text in rows:
            values = _written(_ENTRY.validate_json(text))
            connection.execute(update(article).where(article.c.id == key).values(**values))

    def sync(self) -> None:
        """From here on what was saved may leave: it is on the disk when this returns."""
        if self._unsynced:
            # An id or a first sight that readers know must not be lost with the power.
            self._database.barrier()
            self._unsynced = False

    def release(self, now: datetime) -> int:
        """Give each public entry that has none the next number; how many got one.

        An edition covers "all after number n", so that one which is dated back, or whose embargo
        ends late, is neither lost nor repeated.
        """
        unreleased = ~article.c.gone & article.c.sequence.is_(None)
        columns = (article.c.id, article.c.outline)
        with self._database.write(alone=True) as connection:
            rows = connection.execute(select(*columns).where(unreleased)).all()
            if not all(row.outline for row in rows):
                self._fill_in(connection)
                rows = connection.execute(select(*columns).where(unreleased)).all()
            waiting = [(row.id, read_outline(row.outline)) for row in rows]
            public = sorted(
                ((entry.published, entry.id, key) for key, entry in waiting if entry.is_public(now))
            )
            last = last_sequence(connection)
            numbers = [
                {"key": key, "number": number}
                for number, (_, _, key) in enumerate(public, last + 1)
            ]
            if numbers:
                statement = update(article).where(article.c.id == bindparam("key"))
                connection.execute(statement.values(sequence=bindparam("number")), numbers)
        return len(public)

    def released_after(self, sequence: int | None, now: datetime) -> list[tuple[int, Entry]]:
        """Outlines of what was released after `sequence` (None: ever) and is public, in order."""
        columns = (article.c.sequence, article.c.outline)
        with self._database.read() as connection:
            rows = connection.execute(
                select(*columns)
                .where(~article.c.gone, article.c.sequence > (sequence or 0))
                .order_by(article.c.sequence)
            ).all()
        if not all(outline for _, outline in rows):
            with self._database.write(alone=True) as connection:
                self._fill_in(connection)
            return self.released_after(sequence, now)
        found = ((number, read_outline(outline)) for number, outline in rows)
        return [(number, entry) for number, entry in found if entry.is_public(now)]

    def last_sequence(self) -> int:
        """The number of what was released last; 0 if nothing was."""
        with self._database.read() as connection:
            return last_sequence(connection)


def last_sequence(connection: Connection) -> int:
    """The number given out last, also to what is gone: none is ever given out twice."""
    released = connection.execute(select(func.max(article.c.sequence))).scalar() or 0
    covered = connection.execute(select(func.max(edition.c.last_sequence))).scalar() or 0
    return max(released, covered)


def _written(entry: Entry) -> dict[str, str]:
    """An entry as its columns."""
    text = _ENTRY.dump_json(entry)
    return {
        "entry": text.decode(),
        "outline": write_outline(entry),
        "fingerprint": hashlib.sha256(text).hexdigest()[:32],
    }
