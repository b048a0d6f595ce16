"""Articles: what was seen of each, who has which slug and id, and what came of reading them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    bindparam,
    case,
    func,
    select,
    union_all,
    update,
)

from publisher.model import Entry, Identity
from publisher.storage.database import Database, chunks
from publisher.storage.entries import WALKED, Entries
from publisher.storage.notebook import forget_notes
from publisher.storage.outlines import read_tags, tag_mark
from publisher.storage.placing import Placing, insert_all, save_words
from publisher.storage.records import Record, record
from publisher.storage.schema import article, version
from publisher.valueclass import valueclass

_GLANCED = 10


@valueclass
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


class Catalogue(Entries):
    """Articles: what was seen of them, and saved."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._unsynced = False
        self._saved_to = 0  # the row saved last

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
            for path, digest, read_by, stamp, _ in connection.execute(here).yield_per(WALKED):
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
                insert_all(self._database, connection, records)
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

    def sync(self) -> None:
        """From here on what was saved may leave: it is on the disk when this returns."""
        if self._unsynced:
            # An id or a first sight that readers know must not be lost with the power.
            self._database.barrier()
            self._unsynced = False


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


def _newest(connection: Connection) -> int:
    return connection.execute(select(func.max(article.c.id))).scalar() or 0
