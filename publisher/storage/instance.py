"""Whether this database is the one that this site last sent from, or an older copy of it.

A database put back from a backup owes mails that have long been sent, and would send them again by
itself. So each time before anything leaves, it takes a new number, and a file beside it remembers
the last one: a database whose number lies behind that of the file has been put back since.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sqlalchemy import insert, select, update

from publisher.errors import StoreError
from publisher.storage.database import Database
from publisher.storage.schema import edition, instance

FILE = "publisher.seen"


class Instance:
    """A database's own number, and that of the last one seen here."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._path = database.folder / FILE

    def advance(self) -> list[str]:
        """Take a new number before anything leaves; the editions held back, if this is a copy.

        What such a database owes is not sent until the operator says that it shall be.
        """
        seen = self._seen()
        # Alone: of several that are the first to send, one gives the database its name.
        with self._database.write(alone=True) as connection:
            row = connection.execute(select(instance)).first()
            if row is None:
                name, number = secrets.token_hex(8), 0
                connection.execute(insert(instance).values(id=name, number=number))
            else:
                name, number = row.id, row.number
            held: list[str] = []
            # Another name: from before the first sending, or begun anew, which owes as much twice.
            if seen is not None and (seen[0] != name or number < seen[1]):
                number = seen[1]
                still_open = edition.c.state == "open"
                held = list(connection.execute(select(edition.c.id).where(still_open)).scalars())
                connection.execute(update(edition).where(still_open).values(state="restored"))
            connection.execute(update(instance).values(number=number + 1))
        self._remember()
        return held

    def _seen(self) -> tuple[str, int] | None:
        try:
            name, _, number = self._path.read_text(encoding="ascii").strip().partition(" ")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as err:
            raise StoreError(f"can't be read: {err}", path=str(self._path)) from err
        return (name, int(number)) if number.isdigit() else None

    def _remember(self) -> None:
        partial = self._path.with_name(f"{FILE}.new")
        try:
            # The last number, by one at a time: runs elsewhere may send from this database, too.
            with self._database.write(durable=False, alone=True) as connection:
                name, number = connection.execute(select(instance.c.id, instance.c.number)).one()
                _write(partial, f"{name} {number}\n")
                partial.replace(self._path)
        except OSError as err:
            raise StoreError(
                f"can't write: {err.strerror}",
                path=str(self._path),
                mend="the user who runs publisher must be able to write in the site's folder",
            ) from err


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, text.encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)
