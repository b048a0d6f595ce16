"""What a run could find out again, and is spared: the last look at the articles, the feeds chosen.

Whatever changes an article in the store tears these notes out in the same transaction
(`forget_notes`): a run that dies leaves none that are wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from publisher.storage.database import Database, chunks
from publisher.storage.schema import notebook

_LOOK = "look"  # the last look at the articles: this, and its blocks, "look 00000" and on
_BLOCK = notebook.c.name.startswith(f"{_LOOK} ")


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

    def read_blocks(self) -> tuple[str, list[str]]:
        """What was said of the last look at the articles, and its blocks.

        "" is said of it if articles have changed since: then it tells nothing any more.
        """
        statement = select(notebook.c.name, notebook.c.text)
        with self._database.read() as connection:
            rows = connection.execute(statement.where((notebook.c.name == _LOOK) | _BLOCK))
            found = {row.name: row.text for row in rows}
        head = found.pop(_LOOK, "")
        return head, [found[name] for name in sorted(found)]

    def write_blocks(self, head: str, changed: Mapping[int, str | None]) -> None:
        """Say something else of the last look, and write those blocks that changed; None: no more.

        Need not be on the disk either.
        """
        texts = {f"{_LOOK} {number:05}": text for number, text in changed.items()} | {_LOOK: head}
        rows = [{"name": name, "text": text} for name, text in texts.items() if text is not None]
        with self._database.write(durable=False, alone=True) as connection:
            for names in chunks(texts):
                connection.execute(delete(notebook).where(notebook.c.name.in_(names)))
            connection.execute(insert(notebook), rows)


def forget_notes(connection: Connection, *, but: str = "") -> None:
    """Tear out all but one: what they were taken from is about to change.

    The blocks of the look stay, which tell nothing by themselves.
    """
    connection.execute(delete(notebook).where(notebook.c.name != but, ~_BLOCK))
