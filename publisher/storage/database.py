"""The connection to SQLite or PostgreSQL: how it is opened, read, written, and how it fails.

Everything that a person can mend (a full disk, a locked or foreign file, a server that does not
answer) becomes a StoreError here and nowhere else.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from publisher.errors import StoreError

_BUSY_SECONDS = 30


class Database:
    """An open database; `place` names it in messages, without a password."""

    def __init__(self, engine: Engine, place: str) -> None:
        self.engine = engine
        self.place = place
        self.is_sqlite = engine.dialect.name == "sqlite"

    @classmethod
    def open(cls, url: str, site: Path) -> Database:
        """Connect; a relative SQLite path lies in the site's folder, made with mode 0600."""
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise StoreError(
                "[storage] url is no database address",
                mend="write sqlite:///publisher.db or postgresql+psycopg://user@host/name",
            ) from None
        if parsed.get_backend_name() == "sqlite":
            return cls._open_sqlite(parsed, site)
        return cls._open_server(parsed)

    @classmethod
    def _open_sqlite(cls, url: URL, site: Path) -> Database:
        path = site / (url.database or "publisher.db")
        _make_private(path)
        # One thread and one writer at a time: a pool would only keep files open.
        engine = create_engine(url.set(database=str(path)), poolclass=NullPool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return cls(engine, str(path))

    @classmethod
    def _open_server(cls, url: URL) -> Database:
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        place = url.render_as_string(hide_password=True)
        try:
            engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
        except (ModuleNotFoundError, NoSuchModuleError) as err:
            raise StoreError(
                f"the driver for this database is missing: {err}",
                path=place,
                mend="pip install 'publisher[postgresql]'",
            ) from None
        return cls(engine, place)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._failing(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that writes, committed at the end.

        `durable`: the commit is on the disk when this returns. Otherwise it survives kill -9,
        and the next durable one makes it safe against power loss too.
        """
        with self._failing(), self.engine.connect() as connection:
            if self.is_sqlite:
                # Only outside a transaction does SQLite take this pragma.
                raw: Any = connection.connection.dbapi_connection
                raw.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
                connection = connection.execution_options(immediate=True)  # noqa: PLW2901
            with connection.begin():
                if not self.is_sqlite:
                    mode = "on" if durable else "off"
                    connection.execute(text(f"SET LOCAL synchronous_commit={mode}"))
                yield connection

    def epoch(self) -> str:
        """Names the time since which no committed write can have been lost to a crash.

        A lazily committed mark is gone if the machine (SQLite) or the server (PostgreSQL) went
        down after it; another epoch says so.
        """
        if self.is_sqlite:
            try:
                return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
            except OSError:
                return "unknown"
        with self.read() as connection:
            return str(connection.execute(text("SELECT pg_postmaster_start_time()")).scalar_one())

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise  # two processes had the same idea: for the caller to settle
        except (DBAPIError, sqlite3.Error) as err:
            raise self._explained(err) from err

    def _explained(self, err: Exception) -> StoreError:
        cause = str(getattr(err, "orig", err)).strip().partition("\n")[0]
        mend = next((mend for words, mend in _MENDS if words in cause.lower()), _MENDS[-1][1])
        return StoreError(f"the store can't be used: {cause}", path=self.place, mend=mend)


_MENDS = (
    ("disk is full", "make room; nothing is half written, the next run goes on"),
    ("readonly", "the user who runs publisher must be able to write the file and its folder"),
    ("read-only", "the user who runs publisher must be able to write the file and its folder"),
    ("unable to open", "the user who runs publisher must be able to write the file and its folder"),
    ("locked", "another program holds it; the next run tries again"),
    ("not a database", "put it back from a backup, or move it away to begin anew"),
    ("malformed", "put it back from a backup"),
    ("disk i/o error", "look at the disk; the next run tries again"),
    ("connection", "is the server running, and the address in [storage] right?"),
    ("password", "look at the user and password in [storage] url"),
    ("does not exist", "create the database and its user first"),
    ("", "look at [storage] url; the next run tries again"),
)


def _make_private(path: Path) -> None:
    """Create the file for our eyes only: SQLite would make it readable for all, its WAL too."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        return
    except OSError as err:
        raise StoreError(
            f"the store can't be made: {err.strerror}",
            path=str(path),
            mend="the user who runs publisher must be able to write in this folder",
        ) from err
    os.close(handle)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # We say BEGIN ourselves: Python's sqlite3 would say it late, and never IMMEDIATE.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={_BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader can't wait for another writer: it fails at once.
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
