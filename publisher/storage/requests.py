"""What people ask for on the web: each request is answered by one mail, and forgotten in days.

Whoever asks is told the same whoever the address belongs to, because nothing here looks at
subscribers until the mail is made: writing down is all that happens while they wait.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, insert, or_, select, update

from publisher.model import Choice, Consent, Subscriber
from publisher.storage.conflicts import again_on_conflict
from publisher.storage.database import Database
from publisher.storage.former import forget_former
from publisher.storage.schema import request
from publisher.storage.suppressions import Secret, key_of
from publisher.storage.wishes import Wish, grant
from publisher.valueclass import valueclass

REPEAT = timedelta(days=1)  # one mail of a kind to an address in this time
VALID = timedelta(days=7)  # how long a request can be confirmed
_KEPT = VALID + REPEAT
_LEASE = timedelta(minutes=15)  # after it, who was sending counts as dead
_BATCH = 50


@valueclass
class Request:
    """Somebody asks for newsletters (`confirm`) or for the link to their choices (`link`).

    `network` is the address on the network that it came from; `attempts` to answer it have failed.
    """

    id: int
    kind: str
    address: str
    newsletters: tuple[str, ...]
    language: str
    network: str
    asked: datetime
    state: str
    attempts: int

    def expired(self, now: datetime) -> bool:
        """Whether it is too old to be confirmed."""
        return now >= self.asked + VALID


class Requests:
    """Requests, from being asked to being confirmed."""

    def __init__(self, database: Database, secret: Secret | None) -> None:
        self._database = database
        self._secret = secret

    @again_on_conflict
    def ask(
        self,
        kind: str,
        address: str,
        *,
        newsletters: Sequence[str] = (),
        language: str = "",
        network: str = "",
        now: datetime,
    ) -> bool:
        """Write a request down; False if the address had its mail of this kind today already."""
        key = key_of(address)
        values = {
            "address": address,
            "newsletters": json.dumps(list(newsletters)),
            "language": language,
            "network": network,
            "asked": now,
            "state": "waiting",
            "attempts": 0,
            "retry_at": None,
        }
        where = and_(request.c.key == key, request.c.kind == kind)
        with self._database.write() as connection:
            asked = connection.execute(
                select(request.c.asked).where(where).with_for_update()
            ).scalar()
            if asked is None:
                connection.execute(insert(request).values(key=key, kind=kind, **values))
            elif asked > now - REPEAT:
                # Written again as it was: who asks a second time must not wait less.
                connection.execute(update(request).where(where).values(asked=asked))
                return False
            else:
                connection.execute(update(request).where(where).values(**values))
        return True

    @again_on_conflict
    def claim(self, now: datetime) -> list[Request]:
        """Some requests that wait for their mail; nobody else gets them for a while."""
        due = or_(request.c.retry_at.is_(None), request.c.retry_at <= now)
        with self._database.write() as connection:
            rows = connection.execute(
                select(request)
                .where(request.c.state.in_(("waiting", "sending")), due)
                .order_by(request.c.id)
                .limit(_BATCH)
                .with_for_update(skip_locked=True)
            ).all()
            if rows:
                connection.execute(
                    update(request)
                    .where(request.c.id.in_([row.id for row in rows]))
                    .values(state="sending", retry_at=now + _LEASE)
                )
        return [_request(row) for row in rows]

    def waits(self, now: datetime) -> bool:
        """Whether any request is due to be answered."""
        due = or_(request.c.retry_at.is_(None), request.c.retry_at <= now)
        with self._database.read() as connection:
            found = connection.execute(
                select(request.c.id)
                .where(request.c.state.in_(("waiting", "sending")), due)
                .limit(1)
            ).first()
        return found is not None

    @again_on_conflict
    def settle(
        self, one: Request, state: str, *, retry_at: datetime | None = None, attempts: int = 0
    ) -> None:
        """What became of a claimed request: mailed, dropped, or waiting until `retry_at`."""
        with self._database.write() as connection:
            connection.execute(
                update(request)
                .where(request.c.id == one.id, request.c.state == "sending")
                .values(state=state, retry_at=retry_at, attempts=attempts)
            )

    def get(self, identifier: int) -> Request | None:
        """One request, if it is still there."""
        with self._database.read() as connection:
            row = connection.execute(select(request).where(request.c.id == identifier)).first()
        return None if row is None else _request(row)

    @again_on_conflict
    def confirm(
        self, one: Request, newsletters: Sequence[str], *, network: str, now: datetime
    ) -> Subscriber | None:
        """Subscribe who asked to `newsletters`; None if they may not be written to.

        A request counts once: confirmed again it subscribes nobody, who may have left meanwhile.
        What they chose of a newsletter that they get already stays.
        """
        with self._database.write() as connection:
            fresh = connection.execute(
                update(request)
                .where(request.c.id == one.id, request.c.state != "used")
                .values(state="used", retry_at=None)
            ).rowcount
            if not fresh:
                return None
            wish = Wish(
                address=one.address,
                name="",
                subscriptions=dict.fromkeys(newsletters, Choice()),
                language=one.language,
                consents=_consents(newsletters, one, network, now),
                gentle=True,
            )
            [known] = grant(
                connection, [wish], source="form", now=now, again=True, secret=self._secret
            )
            if known is not None:
                forget_former(connection, known.id, newsletters)
        return known

    @again_on_conflict
    def prune(self, now: datetime) -> int:
        """Forget requests that are too old to matter; how many."""
        with self._database.write() as connection:
            return connection.execute(delete(request).where(request.c.asked < now - _KEPT)).rowcount


def _consents(
    newsletters: Sequence[str], one: Request, network: str, now: datetime
) -> tuple[Consent, ...]:
    return tuple(
        Consent(newsletter=name, what=what, source="form", network=where, at=at)
        for name in newsletters
        for what, where, at in (
            ("subscribed", one.network, one.asked),
            ("confirmed", network, now),
        )
    )


def _request(row: Row[Any]) -> Request:
    return Request(
        id=row.id,
        kind=row.kind,
        address=row.address,
        newsletters=tuple(json.loads(row.newsletters)),
        language=row.language,
        network=row.network,
        asked=row.asked,
        state=row.state,
        attempts=row.attempts,
    )
