"""The store as a whole: opened, migrated, and closed again."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from publisher.storage.database import Database
from publisher.storage.migrate import migrate

if TYPE_CHECKING:
    from publisher.storage.archives import Archives
    from publisher.storage.catalogue import Catalogue
    from publisher.storage.editions import Editions
    from publisher.storage.enclosed import Enclosed
    from publisher.storage.figures import Figures
    from publisher.storage.handed import Handed
    from publisher.storage.instance import Instance
    from publisher.storage.ledger import Ledger
    from publisher.storage.notebook import Notebook
    from publisher.storage.outputs import Outputs
    from publisher.storage.outstanding import Outstanding
    from publisher.storage.peers import Peers
    from publisher.storage.pings import Pings
    from publisher.storage.rations import Rations
    from publisher.storage.readers import Readers
    from publisher.storage.readership import Readership
    from publisher.storage.remotes import Remotes
    from publisher.storage.requests import Requests
    from publisher.storage.retries import Retries
    from publisher.storage.returns import Returns
    from publisher.storage.slots import Slots
    from publisher.storage.subscribers import Subscribers
    from publisher.storage.summaries import Summaries
    from publisher.storage.suppressions import Secret, Suppressions
    from publisher.storage.versions import Versions


class Store:
    """What is remembered between runs; a context manager.

    Each part of it, which is a class of the same name in a module of the same name, is imported
    and made when it is first asked for.
    """

    catalogue: Catalogue
    versions: Versions
    enclosed: Enclosed
    summaries: Summaries
    remotes: Remotes
    notebook: Notebook
    outputs: Outputs
    archives: Archives
    peers: Peers
    pings: Pings
    subscribers: Subscribers
    readers: Readers
    requests: Requests
    rations: Rations
    suppressions: Suppressions
    readership: Readership
    slots: Slots
    editions: Editions
    ledger: Ledger
    figures: Figures
    handed: Handed
    instance: Instance
    retries: Retries
    returns: Returns
    outstanding: Outstanding

    def __init__(self, database: Database, secret: Secret | None = None) -> None:
        self.database = database
        self._secret = secret and cache(secret)

    def __getattr__(self, name: str) -> Any:
        if name not in Store.__annotations__:
            raise AttributeError(name)
        made = getattr(import_module(f"publisher.storage.{name}"), name.capitalize())
        part = made(self.database, self._secret) if name in _OF_PEOPLE else made(self.database)
        setattr(self, name, part)
        return part

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


# Those that know again, by the site's secret, who was forgotten.
_OF_PEOPLE = frozenset({"subscribers", "readers", "requests", "retries", "suppressions"})
