"""The store as a whole: opened, migrated, and closed again."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from publisher.storage.archives import Archives
from publisher.storage.catalogue import Catalogue
from publisher.storage.database import Database
from publisher.storage.editions import Editions
from publisher.storage.enclosed import Enclosed
from publisher.storage.instance import Instance
from publisher.storage.ledger import Ledger
from publisher.storage.migrate import migrate
from publisher.storage.notebook import Notebook
from publisher.storage.outputs import Outputs
from publisher.storage.pings import Pings
from publisher.storage.rations import Rations
from publisher.storage.readers import Readers
from publisher.storage.readership import Readership
from publisher.storage.remotes import Remotes
from publisher.storage.requests import Requests
from publisher.storage.returns import Returns
from publisher.storage.slots import Slots
from publisher.storage.subscribers import Subscribers
from publisher.storage.summaries import Summaries
from publisher.storage.suppressions import Secret, Suppressions


class Store:
    """What is remembered between runs; a context manager."""

    def __init__(self, database: Database, secret: Secret | None = None) -> None:
        self.database = database
        secret = secret and cache(secret)
        self.catalogue = Catalogue(database)
        self.enclosed = Enclosed(database)
        self.summaries = Summaries(database)
        self.remotes = Remotes(database)
        self.notebook = Notebook(database)
        self.outputs = Outputs(database)
        self.archives = Archives(database)
        self.pings = Pings(database)
        self.subscribers = Subscribers(database, secret)
        self.readers = Readers(database, secret)
        self.requests = Requests(database, secret)
        self.rations = Rations(database)
        self.suppressions = Suppressions(database, secret)
        self.readership = Readership(database)
        self.slots = Slots(database)
        self.editions = Editions(database)
        self.ledger = Ledger(database)
        self.instance = Instance(database)
        self.returns = Returns(database)

    @classmethod
    def open(cls, url: str, *, site: Path, secret: Secret | None = None) -> Self:
        """Open the store at `url`, made or migrated if need be.

        A relative SQLite path lies in `site`. The lock files of owners lie beside it, or in
        `site` where the database is on a server. `secret` gives the key by which people who were
        forgotten are known again; without it nobody can be added once somebody was forgotten.
        Raises StoreError where it can't be used.
        """
        database = Database.open(url, site)
        try:
            migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(database, secret)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
