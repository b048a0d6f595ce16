"""How large the files beside articles were whose size an entry tells."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from publisher.storage.database import Database
from publisher.storage.schema import enclosed


class Enclosed:
    """Sizes in bytes, by the article's path and the file's, both below the articles folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self) -> dict[str, dict[str, int]]:
        """All of them."""
        found: dict[str, dict[str, int]] = {}
        with self._database.read() as connection:
            for path, source, size in connection.execute(select(enclosed)):
                found.setdefault(path, {})[source] = size
        return found

    def save(self, path: str, sizes: Mapping[str, int]) -> None:
        """Those of one article, in the place of what it had."""
        with self._database.write(durable=False, alone=True) as connection:
            connection.execute(delete(enclosed).where(enclosed.c.path == path))
            if sizes:
                rows = [{"path": path, "source": s, "size": size} for s, size in sizes.items()]
                connection.execute(insert(enclosed), rows)
