"""The store of a publication looked at without a trace: nothing in it, and nothing beside it, is
written, also not by SQLite itself.

SQLite keeps a log and its index beside a database in which somebody is at work, and makes both
even for who only reads. Where there is none, nobody is at work, and the file is read as one that
does not change; should somebody begin meanwhile, what was read is thrown away and read again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, NullPool, Table, create_engine, delete, event, insert, select

from publisher.errors import StoreError
from publisher.storage.connecting import begin_sqlite
from publisher.storage.database import Database, parse_address
from publisher.storage.marking import NOWHERE, is_logged, log_of, mark_file
from publisher.storage.migrate import REVISIONS, revision_of
from publisher.storage.schema import (
    archive,
    article,
    edition,
    enclosed,
    notebook,
    remote,
    remote_article,
    slot,
    story,
    summary,
    version,
)
from publisher.storage.store import Store

_T = TypeVar("_T")
_TRIES = 5
_ROWS = 1000  # in memory at once

# What feeds and editions are made from. Nothing in these tables names a reader.
_COPIED: tuple[Table, ...] = (
    *(article, story, version, notebook, archive, enclosed, summary),
    *(remote, remote_article, slot, edition),
)


def glance(url: str, site: Path, look: Callable[[Store], _T]) -> _T | None:
    """What `look` finds in the store at `url`; None if nothing was ever kept there.

    `look` may be asked again, and must only read. Raises StoreError where the store can't be
    read, or is another publisher's.
    """
    for _ in range(_TRIES):
        before = store_mark(url, site)
        if before == NOWHERE:
            return None
        try:
            with _opened(url, site) as store:
                found = look(store) if store else None
        except StoreError:
            if before == store_mark(url, site):
                raise
            continue
        if before == store_mark(url, site) or is_logged(before):
            return found
    raise StoreError("the store is being changed all the time", mend="try again in a while")


def copy_into(scratch: Store, url: str, site: Path) -> None:
    """Make `scratch` hold what feeds and editions are made from, as the store at `url` has it."""

    def copy(store: Store) -> bool:
        _copy(store.database, scratch.database)
        return True

    if not glance(url, site, copy):
        with scratch.database.write(durable=False) as target:
            _empty(target)


def store_mark(url: str, site: Path) -> str:
    """Another one whenever the store at `url` may be another; always "" for one on a server."""
    path = _file(url, site)
    if path is None:
        return ""
    return mark_file(path)


def _file(url: str, site: Path) -> Path | None:
    parsed = parse_address(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    return site / (parsed.database or "publisher.db")


@contextmanager
def _opened(url: str, site: Path) -> Iterator[Store | None]:
    path = _file(url, site)
    if path is None:
        database = Database.open_server_to_read(parse_address(url), site)
    else:
        database = _open_file(path)
    try:
        with database.read() as connection:
            revision = revision_of(connection)
        if revision not in (None, REVISIONS[-1]):
            raise StoreError(
                f"the store has revision {revision}, not {REVISIONS[-1]}",
                path=database.place,
                mend="`publisher migrate` brings an older one up to date",
            )
        yield Store(database) if revision else None
    finally:
        database.close()


def _open_file(path: Path) -> Database:
    alone = "" if log_of(path).exists() else "&immutable=1"
    name = f"file:{quote(str(path.absolute()))}?mode=ro{alone}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(name, uri=True, check_same_thread=False)
        connection.isolation_level = None
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "begin", begin_sqlite)
    return Database(engine, str(path), path.parent)


def _copy(source: Database, target: Database) -> None:
    with source.read() as reading, target.write(durable=False) as writing:
        _empty(writing)
        for table in _COPIED:
            rows = reading.execution_options(yield_per=_ROWS).execute(select(table))
            for some in rows.mappings().partitions():
                writing.execute(insert(table), [dict(row) for row in some])


def _empty(writing: Connection) -> None:
    for table in _COPIED:
        writing.execute(delete(table))
