"""What is left to do with mail when a run ends, and when more of it will be."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from publisher.storage.database import Database
from publisher.storage.schema import edition, owner, request, subscription


class Outstanding:
    """Asked once all that was due is done."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def has_mail(self) -> bool:
        """Whether somebody sends, or is owed anything, now or later."""
        owed = (
            select(owner.c.id),
            select(edition.c.id).where(edition.c.state == "open"),
            select(request.c.id).where(request.c.state.in_(("waiting", "sending"))),
        )
        with self._database.read() as connection:
            return any(connection.execute(query.limit(1)).first() for query in owed)

    def next_return(self, now: datetime) -> datetime | None:
        """When the next reader who pauses is back; None if nobody pauses."""
        until = subscription.c.paused_until
        query = select(func.min(until, type_=until.type)).where(until > now)
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found
