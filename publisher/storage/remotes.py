"""Other people's feeds: how we stand with their servers, and the articles that came of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from publisher.storage.database import Database
from publisher.storage.schema import remote, remote_article
from publisher.valueclass import valueclass


@valueclass
class Remote:
    """What a feed's server said last (RFC 9110 section 13), and when to ask it again.

    `fetched` is when it last gave the feed or said that it is the same, None if never. `gone`: it
    said that the feed is no more, and is not asked again under this `url`.
    """

    url: str
    etag: str = ""
    modified: str = ""
    fetched: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    next_try: datetime | None = None
    gone: bool = False


class Remotes:
    """Feeds by the name that the operator gave them, articles by their path."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self) -> dict[str, Remote]:
        """How we stand with each."""
        with self._database.read() as connection:
            return {
                row.name: Remote(
                    url=row.url,
                    etag=row.etag,
                    modified=row.modified,
                    fetched=row.fetched,
                    failures=row.failures,
                    failing_since=row.failing_since,
                    next_try=row.next_try,
                    gone=row.gone,
                )
                for row in connection.execute(select(remote))
            }

    def save(self, name: str, state: Remote, articles: Mapping[str, str]) -> None:
        """Keep what one request brought: both or neither, or a 304 would hide what was lost.

        Articles that are there already take the new text; all others of the feed stay.
        """
        rows = [
            {"path": path, "remote": name, "digest": digest_of(text), "text": text}
            for path, text in articles.items()
        ]
        with self._database.write(alone=True) as connection:
            connection.execute(delete(remote).where(remote.c.name == name))
            connection.execute(
                insert(remote).values(
                    name=name,
                    url=state.url,
                    etag=state.etag,
                    modified=state.modified,
                    fetched=state.fetched,
                    failures=state.failures,
                    failing_since=state.failing_since,
                    next_try=state.next_try,
                    gone=state.gone,
                )
            )
            _forget(connection, articles)
            if rows:
                connection.execute(insert(remote_article), rows)

    def forget(self, paths: Iterable[str]) -> None:
        """Let articles go, as if their feed had never had them."""
        with self._database.write(durable=False, alone=True) as connection:
            _forget(connection, paths)

    def paths(self) -> dict[str, str]:
        """Every article of any feed by what its path ends with, its key."""
        with self._database.read() as connection:
            found = connection.execute(select(remote_article.c.path)).scalars()
            return {path.rpartition("-")[2].removesuffix(".html"): path for path in found}

    def digests(self, names: Iterable[str]) -> dict[str, str]:
        """The articles of these feeds: the hash of each."""
        columns = (remote_article.c.path, remote_article.c.digest)
        statement = select(*columns).where(remote_article.c.remote.in_(list(names)))
        with self._database.read() as connection:
            return {row.path: row.digest for row in connection.execute(statement)}

    def counts(self) -> dict[str, int]:
        """How many articles each feed has brought."""
        columns = (remote_article.c.remote, func.count())
        with self._database.read() as connection:
            rows = connection.execute(select(*columns).group_by(remote_article.c.remote))
            return {name: count for name, count in rows}  # noqa: C416 - rows are no pairs to mypy

    def text(self, path: str) -> str:
        """One article."""
        statement = select(remote_article.c.text).where(remote_article.c.path == path)
        with self._database.read() as connection:
            return str(connection.execute(statement).scalar_one())


def _forget(connection: Connection, paths: Iterable[str]) -> None:
    rows = [{"at": path} for path in paths]
    if rows:
        statement = delete(remote_article).where(remote_article.c.path == bindparam("at"))
        connection.execute(statement, rows)


def digest_of(text: str) -> str:
    """The hash that tells whether an article is as it was."""
    return hashlib.sha256(text.encode()).hexdigest()
