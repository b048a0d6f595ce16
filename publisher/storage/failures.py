"""What a database says when something is wrong, and what a person can do about it.

The one place where errors of SQLite and PostgreSQL become StoreErrors. Errors that nobody but
a programmer can mend (a wrong statement, a broken constraint) are not in here.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError

from publisher.errors import StoreError

_RIGHTS = "the user who runs publisher must be able to write the file and its folder"
_AGAIN = "look at the disk and the system's log; the next run tries again"
_ROOM = "make room; nothing is half written, and the next run goes on"
_BACKUP = "put it back from a backup"
_SERVER = "is the server running, and the address in [storage] url right?"

# By primary result code (https://sqlite.org/rescode.html).
_SQLITE = {
    "BUSY": "another program holds it; the next run tries again",
    "LOCKED": "another program holds it; the next run tries again",
    "PROTOCOL": "another program holds it; the next run tries again",
    "FULL": _ROOM,
    "READONLY": _RIGHTS,
    "CANTOPEN": _RIGHTS,
    "PERM": _RIGHTS,
    "AUTH": _RIGHTS,
    "IOERR": _AGAIN,
    "NOMEM": _AGAIN,
    "NOTADB": f"{_BACKUP}, or move it away to begin anew",
    "CORRUPT": _BACKUP,
}

# By SQLSTATE or its class (PostgreSQL's manual, appendix A); the longer one counts.
_POSTGRESQL = {
    "08": _SERVER,
    "25006": "it takes no writes: point [storage] url at the primary server",
    "28": "look at the user and the password in [storage] url",
    "3D000": "create the database first: createdb NAME",
    "3F000": "create the schema first",
    "40": "another program was in the way; the next run tries again",
    "42501": "give the user in [storage] url the right to create and change its tables",
    "53": "give the server more room, memory or connections; the next run tries again",
    "53100": _ROOM,
    "55": "another program holds it; the next run tries again",
    "57": "the server was stopped or is starting; the next run tries again",
    "58": _AGAIN,
    "XX001": _BACKUP,
    "XX002": _BACKUP,
}

# What libpq says before there is a connection has no SQLSTATE, only words.
_CONNECTING = {
    "password": _POSTGRESQL["28"],
    "pg_hba.conf": _POSTGRESQL["28"],
    "role": _POSTGRESQL["28"],
    "does not exist": _POSTGRESQL["3D000"],
    "starting up": _POSTGRESQL["57"],
    "shutting down": _POSTGRESQL["57"],
    "too many": _POSTGRESQL["53"],
}


def explain(error: DBAPIError | sqlite3.Error, place: str) -> StoreError | None:
    """The StoreError for what a database said, or None if it is a bug of ours."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    words = str(cause).strip().partition("\n")[0]
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")  # "SQLITE_IOERR_WRITE": IOERR is primary
        mend = _SQLITE.get(name.removeprefix("SQLITE_").partition("_")[0])
    else:
        mend = _server_mend(error, getattr(cause, "sqlstate", None), words)
    if mend is None:
        return None
    return StoreError(f"the store can't be used: {words}", path=place, mend=mend)


def _server_mend(error: Exception, state: str | None, words: str) -> str | None:
    if state is not None:
        return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    if not isinstance(error, OperationalError):
        return None
    return next((mend for said, mend in _CONNECTING.items() if said in words), _SERVER)
