"""What a run could find out again, and is spared: the last look at the articles, the feeds chosen.

Whatever changes an article in the store tears these notes out in the same transaction
(`forget_notes`): a run that dies leaves none that are wrong.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from publisher.storage.database import Database
from publisher.storage.schema import notebook


class Notebook:
    """Texts by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, name: str) -> str:
        """The text; empty if there is none."""
        statement = select(notebook.c.text).where(notebook.c.name == name)
        with self._database.read() as connection:
            return str(connection.execute(statement).scalar() or "")

    def write(self, name: str, text: str) -> None:
        """Keep a text. Need not be on the disk: what is lost here is only found out again."""
        with self._database.write(durable=False, alone=True) as connection:
            connection.execute(delete(notebook).where(notebook.c.name == name))
            connection.execute(insert(notebook).values(name=name, text=text))


def forget_notes(connection: Connection, *, but: str = "") -> None:
    """Tear out all but one: what they were taken from is about to change."""
    connection.execute(delete(notebook).where(notebook.c.name != but))
