"""Articles and entries: what is there, what is public, and in which order it became so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    bindparam,
    case,
    collate,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from publisher.model import Entry, Identity
from publisher.storage.database import Database, chunks
from publisher.storage.notebook import forget_notes
from publisher.storage.outlines import read_outline, read_tags, tag_mark
from publisher.storage.placing import Placing, insert_all, save_words
from publisher.storage.records import Record, read_words, record
from publisher.storage.schema import article, edition, story, version

_CHUNK = 500  # outlines filled in at once
_GLANCED = 10
_WALKED = 1000  # outlines in memory at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of an article: the hash of its content, and what came of it.

    `recipe` names the rules it was read by, `stamp` is what the folder said of the file then.
    `gone`: the file is no longer there. `is_version`: there are others of the same story, and
    `is_superseded` that one of them has taken its place.
    """

    path: str
    digest: str
    recipe: str
    stamp: str
    identity: Identity
    gone: bool
    is_version: bool
    is_superseded: bool


class Catalogue:
    """Articles and their entries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unsynced = False
        self._saved_to = 0  # the row saved last
        self._is_filled = False

    def known(self, paths: Iterable[str] | None = None) -> dict[str, Known]:
        """The articles at these paths, or every one ever seen, by path."""
        kept = (article.c.entry_id, article.c.slug, article.c.first_seen)
        alone = case((version.c.path.is_(None), None), else_=article.c.path).label("told_by")
        here = select(*_looked_at(article), *kept, alone).outerjoin(
            version, version.c.path == article.c.path
        )
        superseded = (
            select(*_looked_at(version), *kept, article.c.path.label("told_by"))
            .join(article, article.c.entry_id == version.c.entry_id)
            .where(version.c.path != article.c.path)
        )
        rows: list[Any] = []
        with self._database.read() as connection:
            for some in [None] if paths is None else chunks(paths):
                for statement, at in ((here, article.c.path), (superseded, version.c.path)):
                    wanted = statement if some is None else statement.where(at.in_(some))
                    rows += connection.execute(wanted)
        return {row.path: _known(row) for row in rows}

    def is_empty(self) -> bool:
        """Whether no article was ever seen."""
        with self._database.read() as connection:
            return connection.execute(select(article.c.id).limit(1)).first() is None

    def looks(self, recipe: str) -> Iterator[tuple[str, str]]:
        """Path and stamp of every article that is there; "" where it has to be looked into."""
        superseded = ~select(article.c.id).where(article.c.path == version.c.path).exists()
        here = union_all(
            select(*_looked_at(article)).where(~article.c.gone),
            select(*_looked_at(version)).where(~version.c.gone, superseded),
        )
        with self._database.read() as connection:
            for path, digest, read_by, stamp, _ in connection.execute(here).yield_per(_WALKED):
                yield path, stamp if digest and read_by == recipe else ""

    def holders(self, slugs: Iterable[str], ids: Iterable[str]) -> list[tuple[str, str, str]]:
        """Path, slug and id of the articles that are there and have one of these."""
        columns = (article.c.path, article.c.slug, article.c.entry_id)
        found: set[tuple[str, str, str]] = set()
        with self._database.read() as connection:
            for column, values in ((article.c.slug, slugs), (article.c.entry_id, ids)):
                for some in chunks(values):
                    rows = connection.execute(
                        select(*columns).where(column.in_(some), ~article.c.gone)
                    )
                    found.update((path, slug, entry_id) for path, slug, entry_id in rows)
        return sorted(found)

    def telling(self, stories: Iterable[str], slugs: Iterable[str]) -> list[tuple[str, str, str]]:
        """Path, story and slug of the articles that tell one of these stories or have the slug.

        Those alone that are there and of which there may be versions; the newest first.
        """
        self._fill_in()
        columns = (article.c.published, article.c.path, article.c.story, article.c.slug)
        statement = select(*columns).where(article.c.story != "", ~article.c.gone)
        found: set[Any] = set()
        with self._database.read() as connection:
            for column, values in ((article.c.story, stories), (article.c.slug, slugs)):
                for some in chunks(values):
                    found.update(connection.execute(statement.where(column.in_(some))))
        return [(path, key, slug) for _, path, key, slug in sorted(found, reverse=True)]

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
        """Keep what came of reading one article."""
        self.save_all([record(entry, digest=digest, recipe=recipe, now=now, stamp=stamp)])

    def save_all(self, records: Sequence[Record], *, are_new: bool = False) -> None:
        """Keep what came of reading articles; their first sight stays that of the first time.

        An article that comes back under another path with the id of one that is gone is that one.
        `are_new` says that the store began empty, and none of them came before: then they are not
        looked for.
        All in one transaction, and not on the disk before `sync`: a wait for each of 10,000
        articles would add up.
        """
        if not records:
            return
        self._unsynced = True
        with self._database.write(durable=False, alone=True) as connection:
            # Somebody else may have saved some meanwhile, on another machine.
            if are_new and _newest(connection) == self._saved_to:
                forget_notes(connection)
                insert_all(connection, records)
                self._saved_to = _newest(connection)
                return
            placing = Placing(connection, records)
            # The choice of feeds is made from outlines alone.
            forget_notes(connection, but="" if placing.changes_outlines else "plan")
            placing.carry_out(connection)
            save_words(connection, records)

    def save_words(self, records: Sequence[Record]) -> None:
        """Keep the words of articles that were saved without: nothing else of them is other."""
        if not records:
            return
        self._unsynced = True
        statement = update(article).where(article.c.entry_id == bindparam("key"))
        prints = [{"key": one.entry_id, "to": one.fingerprint} for one in records]
        with self._database.write(durable=False, alone=True) as connection:
            connection.execute(statement.values(fingerprint=bindparam("to")), prints)
            save_words(connection, records)

    def spellings(self, recipe: str, slugs: Iterable[str] | None = None) -> dict[str, str]:
        """What tags are called, by slug, in entries that were read by these rules: these, or all.

        Where older rules left two, the first in the order of the articles' paths.
        """
        wanted = select(article.c.outline).where(~article.c.gone, article.c.recipe == recipe)
        wanted = wanted.order_by(article.c.path)
        names: dict[str, str] = {}
        with self._database.read() as connection:
            if slugs is None:
                for outline in connection.execute(wanted).scalars():
                    for name, slug in read_tags(outline):
                        names.setdefault(slug, name)
                return names
            for slug in slugs:
                # Most are found in one of the first outlines that is looked at.
                some = wanted.where(article.c.outline.contains(tag_mark(slug), autoescape=True))
                with connection.execute(some.execution_options(yield_per=_GLANCED)) as rows:
                    tags = (tag for outline in rows.scalars() for tag in read_tags(outline))
                    names |= next(({slug: name} for name, one in tags if one == slug), {})
        return names

    def gone(self, paths: Iterable[str], now: datetime) -> None:  # noqa: ARG002
        """These files are no longer there: their entries are not public any more."""
        waiting = list(paths)
        if not waiting:
            return
        with self._database.write() as connection:
            forget_notes(connection)
            for some in chunks(waiting):
                connection.execute(
                    update(article).where(article.c.path.in_(some)).values(gone=True)
                )

    def rename(self, old: str, new: str) -> None:
        """An article moved to another path and keeps everything."""
        with self._database.write() as connection:
            forget_notes(connection)
            for table in (article, version):
                connection.execute(update(table).where(table.c.path == old).values(path=new))

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
        found: dict[str, str] = {}
        with self._database.read() as connection:
            for some in chunks(ids):
                rows = connection.execute(
                    select(story.c.entry_id, story.c.entry).where(story.c.entry_id.in_(some))
                )
                found.update((key, text) for key, text in rows)
        return found

    def unread(self, ids: Iterable[str]) -> list[str]:
        """The paths of those of these entries whose words are still to be read."""
        found: list[str] = []
        with self._database.read() as connection:
            for some in chunks(ids):
                found += connection.execute(
                    select(article.c.path)
                    .outerjoin(story, story.c.entry_id == article.c.entry_id)
                    .where(article.c.entry_id.in_(some), story.c.entry_id.is_(None))
                ).scalars()
        return sorted(found)

    def fingerprints(self, ids: Iterable[str]) -> dict[str, str]:
        """The fingerprints of these entries: another one whenever anything in the entry is."""
        columns = (article.c.entry_id, article.c.fingerprint)
        with self._database.read() as connection:
            return {
                key: print_
                for some in chunks(ids)
                for key, print_ in connection.execute(
                    select(*columns).where(article.c.entry_id.in_(some))
                )
            }

    def outlines(self) -> Iterator[tuple[Entry, str]]:
        """Every entry that is there without its words (outlines.py), with its fingerprint.

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
            for outline, fingerprint in rows.yield_per(_WALKED):
                yield read_outline(outline), fingerprint

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


def _known(row: Any) -> Known:
    return Known(
        path=row.path,
        digest=row.digest,
        recipe=row.recipe,
        stamp=row.stamp,
        identity=Identity(id=row.entry_id, slug=row.slug, first_seen=row.first_seen),
        gone=row.gone,
        is_version=row.told_by is not None,
        is_superseded=row.told_by not in (None, row.path),
    )


def _looked_at(table: Table) -> tuple[Any, ...]:
    """What tells whether a file has to be read again."""
    return table.c.path, table.c.digest, table.c.recipe, table.c.stamp, table.c.gone


_UNFILLED = article.c.outline == literal_column("''")  # in words, so that its index is used
_FILLED = ("outline", "fingerprint", "published", "begins", "ends", "story")


def _newest(connection: Connection) -> int:
    return connection.execute(select(func.max(article.c.id))).scalar() or 0


def last_sequence(connection: Connection) -> int:
    """The number given out last, also to what is gone: none is ever given out twice."""
    released = connection.execute(select(func.max(article.c.sequence))).scalar() or 0
    covered = connection.execute(select(func.max(edition.c.last_sequence))).scalar() or 0
    return max(released, covered)
