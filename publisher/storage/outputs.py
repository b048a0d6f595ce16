"""What was written for readers, and from what: so that only what differs is made again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from publisher.storage.database import Database, lookup
from publisher.storage.schema import output

_CHUNK = 200  # four bound parameters a row: SQLite's lowest limit is 999


class Written(NamedTuple):
    """A file as it was written: the hash of all that it was made from, and what stat said then.

    `parts` says of a feed's file which items it has, and where.
    """

    fingerprint: str
    stamp: str
    parts: str = ""


class Outputs:
    """The files of the output folder as the last runs left them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self) -> dict[str, tuple[str, str]]:
        """By path: the fingerprint of what the file was made from, and its stamp."""
        with self._database.read() as connection:
            rows = connection.execute(select(output.c.path, output.c.fingerprint, output.c.stamp))
            return {path: (fingerprint, stamp) for path, fingerprint, stamp in rows}

    def parts(self, paths: Iterable[str]) -> dict[str, str]:
        """By path, for those of these files that are feeds: which items each has, and where."""
        with self._database.read() as connection:
            found = lookup(connection, output.c.path, output.c.parts, paths)
        return {path: parts for path, parts in found.items() if parts}

    def save(self, made: Mapping[str, Written], forgotten: Iterable[str]) -> None:
        """Remember what was made, and forget what is no longer there.

        Need not be on the disk: what is lost here is only made again.
        """
        rows = [{"path": path, **one._asdict()} for path, one in made.items()]
        old = [*made, *forgotten]
        if not old:
            return
        with self._database.write(durable=False, alone=True) as connection:
            for start in range(0, len(old), _CHUNK):
                some = old[start : start + _CHUNK]
                connection.execute(delete(output).where(output.c.path.in_(some)))
            if rows:
                connection.execute(insert(output), rows)
