"""Where what was read of an article goes: which row is its, and its words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from publisher.storage.connecting import keep_more_pages
from publisher.storage.database import Database, chunks
from publisher.storage.records import Record
from publisher.storage.schema import Moment, article, seconds_of, story
from publisher.valueclass import valueclass

_MANY = 100
_NEW_ARTICLE, _NEW_STORY = insert(article), insert(story)
_MOMENTS = [column.name for column in article.c if isinstance(column.type, Moment)]
_IDENTIFYING = (article.c.id, article.c.path, article.c.entry_id, article.c.gone)


def insert_all(database: Database, connection: Connection, records: Sequence[Record]) -> None:
    """Write records of articles that were never seen."""
    if len(records) > _MANY:
        keep_more_pages(connection)
    rows = [{**one.row(), "gone": False} for one in records]
    for row in rows:
        row.update((name, seconds_of(row[name])) for name in _MOMENTS)
    database.prepared.run_many(connection, _NEW_ARTICLE, rows)
    words = [{"entry_id": one.entry_id, "entry": one.words} for one in records if one.words]
    if words:
        database.prepared.run_many(connection, _NEW_STORY, words)


class Placing:
    """Which row each record goes into: that of its path, of its id if that is gone, or a new one.

    Record after record, as if each were saved by itself; then in three statements.
    """

    def __init__(self, connection: Connection, records: Sequence[Record]) -> None:
        self._by_path: dict[str, _Row] = {}
        self._by_id: dict[str, _Row] = {}
        self._find(connection, article.c.path, [one.path for one in records])
        self._find(connection, article.c.entry_id, [one.entry_id for one in records])
        self._deleted: list[int] = []
        self._updated: list[dict[str, Any]] = []
        self._inserted: list[dict[str, Any]] = []
        self.changes_outlines = False
        for one in records:
            self._place(one)

    def carry_out(self, connection: Connection) -> None:
        """Write them."""
        for key in self._deleted:
            connection.execute(delete(article).where(article.c.id == key))
        if self._updated:
            at_key = update(article).where(article.c.id == bindparam("key"))
            connection.execute(at_key.values(gone=False), self._updated)
        if self._inserted:
            connection.execute(insert(article).values(gone=False), self._inserted)

    def _find(self, connection: Connection, column: Any, values: list[str]) -> None:
        columns = (*_IDENTIFYING, article.c.outline)
        for some in chunks(values):
            for found in connection.execute(select(*columns).where(column.in_(some))):
                row = self._by_path.get(found.path) or _Row(*found)
                self._by_path[row.path] = self._by_id[row.entry_id] = row

    def _place(self, one: Record) -> None:
        holder, other = self._by_path.get(one.path), self._by_id.get(one.entry_id)
        if other is not None and other is not holder and other.gone:
            if holder is not None:
                self._deleted.append(holder.key)
                self._by_id.pop(holder.entry_id, None)
            holder = other
        values = one.row()
        was = None if holder is None or holder.gone else holder.outline
        self.changes_outlines = self.changes_outlines or was != one.outline
        if holder is None:
            self._inserted.append(values)
            return
        del values["first_seen"]
        self._updated.append({**values, "key": holder.key})
        self._by_path.pop(holder.path, None)
        self._by_id.pop(holder.entry_id, None)
        row = _Row(holder.key, one.path, one.entry_id, gone=False, outline=one.outline)
        self._by_path[row.path] = self._by_id[row.entry_id] = row


@valueclass(kw_only=False)
class _Row:
    key: int
    path: str
    entry_id: str
    gone: bool
    outline: str


def save_words(connection: Connection, records: Sequence[Record]) -> None:
    """Write the words of these records in place of what was there."""
    for some in chunks(one.entry_id for one in records):
        connection.execute(delete(story).where(story.c.entry_id.in_(some)))
    _insert_words(connection, records)


def _insert_words(connection: Connection, records: Sequence[Record]) -> None:
    rows = [{"entry_id": one.entry_id, "entry": one.words} for one in records if one.words]
    if rows:
        connection.execute(insert(story), rows)
