"""The closed archive documents of feeds: which entries stand in each, for ever."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from publisher.storage.database import Database
from publisher.storage.schema import archive


class Archives:
    """Archive documents by the label of their feed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def closed(self, feed: str) -> list[tuple[str, ...]]:
        """The ids of the entries in each document, the oldest document first."""
        statement = (
            select(archive.c.entries).where(archive.c.feed == feed).order_by(archive.c.number)
        )
        with self._database.read() as connection:
            return [tuple(json.loads(text)) for text in connection.execute(statement).scalars()]

    def close(self, feed: str, after: int, documents: Sequence[Sequence[str]]) -> bool:
        """Keep more documents, the first of them numbered `after` + 1.

        False, and nothing done, if another process has closed one of these numbers: that stays.
        """
        rows = [
            {"feed": feed, "number": number, "entries": json.dumps(list(ids))}
            for number, ids in enumerate(documents, after + 1)
        ]
        if not rows:
            return True
        try:
            # Once readers have one it must stay: so it is on the disk first.
            with self._database.write() as connection:
                connection.execute(insert(archive), rows)
        except IntegrityError:
            return False
        return True
