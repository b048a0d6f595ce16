"""How connections to SQLite and PostgreSQL are made ready, watched, and begin a transaction.

We say BEGIN ourselves to both. Python's sqlite3 would say it late, and never IMMEDIATE; psycopg
would say it in a message of its own, before what goes with it.
"""

from __future__ import annotations

import select
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, InvalidatePoolError

_QUIET = 5.0  # seconds after which a connection that says nothing is asked if it lives


def watch_sqlite(engine: Engine) -> None:
    """Make each connection ready, and begin its transactions."""
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)


def watch_server(engine: Engine) -> None:
    """Begin the transactions, and ask a connection now and then if it lives.

    SQLAlchemy would ask before each transaction: a tenth of what a small one takes.
    """
    event.listen(engine, "checkin", _leave)
    event.listen(engine, "checkout", _look_at_server)
    event.listen(engine, "begin", _begin_server)


def begin_as(connection: Connection, *, durable: bool) -> None:
    """Say how the next transaction of this connection, which writes, is to be committed."""
    if connection.dialect.name == "sqlite":
        set_synchronous(connection, "FULL" if durable else "NORMAL")
        connection.execution_options(immediate=True)
    else:
        connection.execution_options(synchronous="on" if durable else "off")


def set_synchronous(connection: Connection, mode: str) -> None:
    """SQLite's way to be durable, or not."""
    # Only outside a transaction does SQLite take this pragma.
    if connection.info.get("synchronous") != mode:
        raw: Any = connection.connection.dbapi_connection
        raw.execute(f"PRAGMA synchronous={mode}").close()
        connection.info["synchronous"] = mode


def keep_more_pages(connection: Connection) -> None:
    """From now on SQLite keeps 8 MB of its pages in memory here, not 2.

    For who fills tables: indexes of 10,000 articles do not find room in 2, so that pages would be
    written out and read back within one transaction.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size=-8000")  # KiB


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite does not look at them meanwhile."""
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON").close()


def begin_sqlite(connection: Connection) -> None:
    """Begin a transaction, as a writer if it will write."""
    # A writer that begins as a reader can't wait for another writer: it fails at once.
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def in_our_words(connection: Connection) -> Iterator[None]:
    """What a driver raises that is spoken to directly is raised as SQLAlchemy would."""
    dbapi = connection.dialect.loaded_dbapi
    try:
        yield
    except dbapi.Error as err:
        raise DBAPIError.instance("past SQLAlchemy", None, err, dbapi.Error) from err


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    _keep_log(connection)
    for pragma in ("foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").close()


def _keep_log(connection: sqlite3.Connection) -> None:
    """Have a log beside the database, so that its readers never wait for its writer.

    Of several that turn a new file to this at once SQLite refuses all but one, without waiting;
    so they wait here, as long as it would.
    """
    (milliseconds,) = connection.execute("PRAGMA busy_timeout").fetchone()
    last = time.monotonic() + milliseconds / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as err:
            if err.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_server(connection: Connection) -> None:
    options = connection.get_execution_options()
    raw: Any = connection.connection.dbapi_connection
    words = []
    # Else psycopg begins: it is a connection of another kind, as one that only reads.
    if raw.autocommit and options.get("isolation_level") != "AUTOCOMMIT":
        words.append("BEGIN")
    if mode := options.get("synchronous"):
        words.append(f"SET LOCAL synchronous_commit={mode}")
    if words:
        with in_our_words(connection):
            raw.execute("; ".join(words), prepare=False)  # two can't be prepared together


def _leave(_connection: Any, record: Any) -> None:
    record.info["left"] = time.monotonic()


def _look_at_server(connection: Any, record: Any, _fairy: Any) -> None:
    """Before it is used: a server that went away has closed it, which can be read."""
    left = record.info.get("left")
    try:
        if left is not None and (time.monotonic() - left > _QUIET or _has_news(connection)):
            connection.execute("SELECT 1")
        if not connection.autocommit:  # new, or SQLAlchemy gave it back as it knows them
            connection.autocommit = True
    except Exception as err:  # whatever it is: a new connection will tell
        raise InvalidatePoolError from err


def _has_news(connection: Any) -> bool:
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
