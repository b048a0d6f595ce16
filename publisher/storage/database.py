"""The connection to SQLite or PostgreSQL: how it is opened, read and written."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Executable,
    Table,
    any_,
    bindparam,
    cast,
    create_engine,
    func,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from publisher.errors import StoreError, UsageError
from publisher.storage.connecting import (
    begin_as,
    in_our_words,
    watch_server,
    watch_sqlite,
    without_foreign_keys,
)
from publisher.storage.failures import explain
from publisher.storage.prepared import Prepared, as_array

_Value = TypeVar("_Value")
_BUSY_SECONDS = 30
_BOUND = 500  # parameters bound in one statement: SQLite's lowest limit is 999
_ADDRESSES = "write sqlite:///publisher.db or postgresql://user@host/name"

# A restart of the whole server changes the first. When only one of its processes crashed, all
# others begin anew without it: that empties the statistics and so changes the second.
_SERVER_EPOCH: ColumnElement[str] = literal_column(
    "(SELECT extract(epoch FROM pg_postmaster_start_time())::text || ' ' ||"
    " coalesce(extract(epoch FROM stats_reset)::text, '-') FROM pg_stat_bgwriter)"
)

_SERVER_CLOCK: ColumnElement[int] = cast(func.extract("epoch", func.now()), BigInteger)

_ALONE = text("SELECT pg_advisory_xact_lock(7225283011)")  # a number of our own

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Database:
    """An open database.

    `place` names it in messages, without a password; `folder` is where its owners lock: all who
    share an SQLite file find each other there. `prepared` has what is asked again and again.
    """

    def __init__(self, engine: Engine, place: str, folder: Path) -> None:
        self.engine = engine
        self.place = place
        self.folder = folder
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._boot = _boot()
        self.prepared = Prepared(engine.dialect)

    @classmethod
    def open(cls, url: str, site: Path) -> Database:
        """Connect; a relative SQLite path lies in the site's folder, made with mode 0600."""
        parsed = parse_address(url)
        if parsed.get_backend_name() == "sqlite":
            return cls._open_sqlite(parsed, site)
        return cls._open_server(parsed, site)

    @classmethod
    def open_server_to_read(cls, url: URL, site: Path) -> Database:
        """Connect to PostgreSQL for reading alone: it refuses every write of ours."""
        database = cls._open_server(url, site)
        database.engine = database.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        return database

    @classmethod
    def _open_sqlite(cls, url: URL, site: Path) -> Database:
        path = site / (url.database or "publisher.db")
        _make_private(path)
        # The pool keeps a connection open, which matters: whenever the last one closes, SQLite
        # copies the log into the database and waits for the disk, durable or not.
        engine = create_engine(
            url.set(database=str(path)),
            connect_args={"timeout": _BUSY_SECONDS} if "timeout" not in url.query else {},
            hide_parameters=True,
        )
        watch_sqlite(engine)
        return cls(engine, str(path), path.parent)

    @classmethod
    def _open_server(cls, url: URL, site: Path) -> Database:
        place = url.render_as_string(hide_password=True)
        try:
            engine = create_engine(
                url,
                connect_args={"connect_timeout": 10},
                hide_parameters=True,  # addresses of people don't belong into a traceback
            )
        except ModuleNotFoundError as err:
            raise StoreError(
                f"the driver for this database is missing: {err.name}",
                path=place,
                mend="pip install 'publisher[postgresql]'",
            ) from None
        watch_server(engine)
        return cls(engine, place, site)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._explaining(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True, alone: bool = False) -> Iterator[Connection]:
        """A transaction that writes, committed at the end.

        `durable`: the commit is on the disk when this returns. Otherwise it survives kill -9,
        and the next durable one makes it safe against power loss too. `alone`: one at a time of
        those that ask for it, on all machines. Raises IntegrityError where a row is there
        already: two processes had the same idea, for the caller to settle (conflicts.py).
        """
        with (
            self._explaining(),
            self.engine.connect() as connection,
            self._begun(connection, durable=durable, alone=alone),
        ):
            yield connection

    def run_alone(self, words: str, values: Mapping[str, Any]) -> None:
        """A statement that is a transaction by itself, on a server: one message, one answer."""
        with self._explaining(), self.engine.connect() as connection, in_our_words(connection):
            raw: Any = connection.connection.dbapi_connection
            raw.execute(words, values)

    @contextmanager
    def reshape(self) -> Iterator[Connection]:
        """A transaction that changes tables, one at a time on all machines.

        Rows that name others must do so at the end, but need not meanwhile.
        """
        with (
            self._explaining(),
            self.engine.connect() as connection,
            # SQLite makes a table anew to change it: https://sqlite.org/lang_altertable.html part 7
            without_foreign_keys(connection) if self.is_sqlite else nullcontext(),
            self._begun(connection, durable=True, alone=True),
        ):
            yield connection
            if self.is_sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                assert not broken, f"rows are left without what they name: {broken[:5]}"

    @contextmanager
    def _begun(self, connection: Connection, *, durable: bool, alone: bool) -> Iterator[None]:
        begin_as(connection, durable=durable)
        with connection.begin():
            if alone and not self.is_sqlite:  # which has one writer at a time anyway
                connection.execute(_ALONE)
            yield

    @contextmanager
    def erase(self) -> Iterator[Connection]:
        """A transaction after which what it deleted is nowhere in SQLite's files either.

        PostgreSQL clears such pages when it vacuums.
        """
        with self.write() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA secure_delete=ON")
            yield connection
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA secure_delete=OFF")
        if self.is_sqlite:
            with self._explaining(), self.engine.connect() as connection:
                raw: Any = connection.connection.dbapi_connection
                # Empties the log, as far as no reader is still in it.
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def upsert(self, table: Table, changed: Mapping[str, Any] | None = None) -> Executable:
        """An INSERT that changes the row instead where one with its primary key is there.

        Then the other columns become what was to be inserted, or what `changed` says.
        """
        from sqlalchemy.dialects import postgresql, sqlite  # noqa: PLC0415 - few runs need them

        statement: Any = (sqlite if self.is_sqlite else postgresql).insert(table)
        others = [column.name for column in table.c if not column.primary_key]
        return statement.on_conflict_do_update(  # type: ignore[no-any-return]
            index_elements=table.primary_key.columns,
            set_=changed or {name: statement.excluded[name] for name in others},
        )

    def barrier(self) -> None:
        """Wait until all that was committed before this is on the disk."""
        if self.is_sqlite:
            with self._explaining(), self.engine.connect() as connection:
                raw: Any = connection.connection.dbapi_connection
                # https://sqlite.org/wal.html section 2.3: it syncs the log before it copies it.
                raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        else:
            with self.write(durable=True) as connection:
                # A commit without a number of its own writes, and waits for, nothing.
                connection.execute(text("SELECT txid_current()"))

    def epoch(self, connection: Connection) -> str:
        """Names the time since which no committed write can have been lost to a crash.

        A lazily committed mark is gone if the machine (SQLite) or the server (PostgreSQL) went
        down after it; another epoch says so.
        """
        if self.is_sqlite:
            return self._boot
        return str(connection.execute(select(_SERVER_EPOCH)).scalar_one())

    @property
    def epoch_now(self) -> ColumnElement[str]:
        """The same within a statement."""
        return literal(self._boot) if self.is_sqlite else _SERVER_EPOCH

    def clock(self, now: datetime) -> ColumnElement[int]:
        """Seconds since 1970 by the clock that all who share this database have in common.

        A file is shared on one machine only, whose time `now` is.
        """
        return literal(int(now.timestamp())) if self.is_sqlite else _SERVER_CLOCK

    @property
    def clock_now(self) -> ColumnElement[int]:
        """The same within a statement that is given `now` in seconds since 1970."""
        return bindparam("now", type_=BigInteger) if self.is_sqlite else _SERVER_CLOCK

    @property
    def conninfo(self) -> str:
        """The same server for another client of libpq; UsageError for SQLite, which has none."""
        if self.is_sqlite:
            raise UsageError(
                "workers share a database server, and this store is a file",
                mend="say [storage] url = 'postgresql://...'; on one machine `publisher run` sends",
            )
        from psycopg.conninfo import make_conninfo  # noqa: PLC0415

        url = self.engine.url
        words = url.translate_connect_args(username="user", database="dbname")
        return make_conninfo("", **{**url.query, **words})

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as err:
            explained = explain(err, self.place)
            if explained is None:
                raise
            raise explained from err


def parse_address(url: str) -> URL:
    """The address of a database of a kind that we know. Raises StoreError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError("[storage] url is no database address", mend=_ADDRESSES) from None
    match parsed.get_backend_name():
        case "sqlite":
            return parsed
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise StoreError(
                f"[storage] url asks for {other}, and we know SQLite and PostgreSQL",
                mend=_ADDRESSES,
            )


def _boot() -> str:
    """Names the time since the machine started; where nothing tells, since this process did."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return f"unknown {secrets.token_hex(8)}"


def _make_private(path: Path) -> None:
    """Create the file for our eyes only: SQLite would make it readable for all, its WAL too."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    except OSError as err:
        if path.parent.is_dir():
            mend = "the user who runs publisher must be able to write in this folder"
        else:
            mend = "make its folder first, or write another address as [storage] url"
        raise StoreError(
            f"the store can't be made: {err.strerror}", path=str(path), mend=mend
        ) from err
    os.close(handle)


def among(connection: Connection, column: ColumnElement[int], numbers: Sequence[int]) -> Any:
    """Whether a column has one of these numbers, as many as one statement may bind (`chunks`)."""
    if connection.dialect.name == "sqlite":
        return column.in_(numbers)
    return column == any_(cast(literal(as_array(numbers)), ARRAY(BigInteger)))


def lookup(
    connection: Connection, key: Column[str], value: Column[str], keys: Iterable[str]
) -> dict[str, str]:
    """What one column says in the rows that have one of these keys in another, by key."""
    return {
        row[0]: row[1]
        for some in chunks(keys)
        for row in connection.execute(select(key, value).where(key.in_(some)))
    }


def chunks(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    """The values, as many at a time as one statement may bind."""
    rest = iter(values)
    while some := list(islice(rest, _BOUND)):
        yield some
