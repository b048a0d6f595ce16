"""The closed archive documents of feeds: which entries stand in each, for ever."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from sqlalchemy import insert, select

from publisher.storage.conflicts import again_on_conflict
from publisher.storage.database import Database
from publisher.storage.schema import archive

_Decide = Callable[[Sequence[tuple[str, ...]]], Sequence[tuple[str, ...]]]


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

    @again_on_conflict
    def close(self, feed: str, decide: _Decide) -> list[tuple[str, ...]]:
        """Keep the documents that `decide` gives beyond those there are; all that there are then.

        It is asked again where another run closed some at this moment: those stay.
        """
        closed = self.closed(feed)
        more = decide(closed)
        rows = [
            {"feed": feed, "number": number, "entries": json.dumps(list(ids))}
            for number, ids in enumerate(more, len(closed) + 1)
        ]
        if rows:
            # Once readers have one it must stay: so it is on the disk first.
            with self._database.write() as connection:
                connection.execute(insert(archive), rows)
        return [*closed, *more]
