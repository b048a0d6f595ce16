"""Stories that came in several versions: the articles that tell them, each with its own entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from publisher.model import Entry
from publisher.storage.database import Database, chunks
from publisher.storage.notebook import forget_notes
from publisher.storage.records import read_words, write_words
from publisher.storage.schema import article, version
from publisher.valueclass import valueclass


@valueclass
class VersionRecord:
    """One of the articles of a story: what it says alone, what the folder said of its file.

    `seen` is when it came; `gone`: its file is no longer there.
    """

    entry: Entry
    digest: str
    recipe: str
    stamp: str
    seen: datetime
    gone: bool = False


class Versions:
    """The articles of each such story, by the id of its entry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_entry(self, entry_id: str) -> list[VersionRecord]:
        """Every version that there ever was of this entry; none if it never had but one."""
        statement = select(version).where(version.c.entry_id == entry_id).order_by(version.c.path)
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return [
            VersionRecord(
                # It may have moved since.
                entry=replace(read_words(row.entry), path=row.path),
                digest=row.digest,
                recipe=row.recipe,
                stamp=row.stamp,
                seen=row.seen,
                gone=row.gone,
            )
            for row in rows
        ]

    def entries_of(self, paths: Iterable[str]) -> list[str]:
        """The ids of the entries of which one of these articles is a version."""
        found: set[str] = set()
        with self._database.read() as connection:
            for some in chunks(paths):
                found.update(
                    connection.execute(
                        select(version.c.entry_id).where(version.c.path.in_(some))
                    ).scalars()
                )
        return sorted(found)

    def save(self, entry_id: str, versions: Sequence[VersionRecord], path: str) -> None:
        """Keep the versions of an entry, which the one at `path` tells from now on.

        What it tells is not saved by this: until it is, its article counts as one to be read.
        """
        rows = [
            {
                "path": one.entry.path,
                "entry_id": entry_id,
                "entry": write_words(one.entry),
                "digest": one.digest,
                "recipe": one.recipe,
                "stamp": one.stamp,
                "seen": one.seen,
                "gone": one.gone,
            }
            for one in versions
        ]
        with self._database.write(durable=False, alone=True) as connection:
            forget_notes(connection)
            connection.execute(delete(version).where(version.c.entry_id == entry_id))
            connection.execute(insert(version), rows)
            connection.execute(
                update(article).where(article.c.entry_id == entry_id).values(path=path, digest="")
            )
