"""What a program of the operator's own wrote of an entry, and what it was told then."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from publisher.storage.database import Database
from publisher.storage.schema import summary


class Summaries:
    """One answer an entry: that to the latest question."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, entry: str, question: str) -> str | None:
        """The answer to this very question (its hash), if it was asked of this entry."""
        wanted = select(summary.c.text).where(
            summary.c.entry == entry, summary.c.question == question
        )
        with self._database.read() as connection:
            return connection.execute(wanted).scalar()

    def save(self, entry: str, question: str, text: str) -> None:
        """Keep an answer in the place of the one before."""
        with self._database.write(durable=False, alone=True) as connection:
            connection.execute(delete(summary).where(summary.c.entry == entry))
            connection.execute(insert(summary).values(entry=entry, question=question, text=text))
