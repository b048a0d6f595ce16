"""Who must not be written to any more, by address, by whole domain, or by a hash of one forgotten.

No import lifts a suppression; only the reader does, or the operator by name.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from publisher.errors import StoreError
from publisher.storage.conflicts import again_on_conflict
from publisher.storage.database import Database
from publisher.storage.schema import subscriber, suppression
from publisher.valueclass import valueclass

Secret = Callable[[], bytes]
_CHUNK = 1000
# How the reasons begin of those who went by themselves, here or where a list was kept before.
_OWN_WISH = ("left", "removed", "forgotten", "switched mail off", "unsubscribed", "disabled")


@valueclass
class Suppression:
    """An address, or `@` and a domain, or `#` and a hash; why, and since when."""

    key: str
    reason: str
    since: datetime


class Suppressions:
    """The list that imports can't override."""

    def __init__(self, database: Database, secret: Secret | None) -> None:
        self._database = database
        self._secret = secret

    @again_on_conflict
    def add(self, who: str, *, reason: str, now: datetime) -> int:
        """Keep an address off, or with `@domain` all addresses there; how many lost mail by it."""
        key = key_of(who)
        with self._database.write() as connection:
            if key.startswith("@"):
                whom = subscriber.c.key.endswith(key, autoescape=True)
            else:
                whom = subscriber.c.key == key
            gone = connection.execute(delete(subscriber).where(whom)).rowcount
            suppress(connection, {key: reason}, now)
        return gone

    @again_on_conflict
    def remove(self, who: str) -> bool:
        """Let an address or a `@domain` be written to again; whether it was kept off."""
        with self._database.write() as connection:
            return lift(connection, [key_of(who)], self._secret)

    def find(self, address: str) -> Suppression | None:
        """Why this address is kept off, if it is: by itself, by its domain, or forgotten."""
        with self._database.read() as connection:
            _demand(connection, self._secret)
            names = _names(key_of(address), self._secret)
            row = (
                connection.execute(select(suppression).where(suppression.c.key.in_(names)).limit(1))
                .mappings()
                .first()
            )
        return None if row is None else Suppression(**row)

    def may_ask(self, address: str) -> bool:
        """Whether an address may be asked if it wants mail: its owner left, and nothing worse.

        Whoever bounced or complained, and whoever the operator keeps off by domain, is not asked.
        """
        with self._database.read() as connection:
            _demand(connection, self._secret)
            names = _names(key_of(address), self._secret)
            reasons = connection.execute(
                select(suppression.c.key, suppression.c.reason).where(suppression.c.key.in_(names))
            ).all()
        return all(
            not row.key.startswith("@") and row.reason.startswith(_OWN_WISH) for row in reasons
        )

    def all(self) -> Iterator[Suppression]:
        """Everything on the list, the oldest first."""
        with self._database.read() as connection:
            rows = connection.execution_options(yield_per=_CHUNK).execute(
                select(suppression).order_by(suppression.c.since, suppression.c.key)
            )
            for row in rows.mappings():
                yield Suppression(**row)


def key_of(address: str) -> str:
    """One key for all spellings of an address.

    By RFC 5321 section 2.4 the local part may tell capitals apart; no mailbox provider does, and
    two mails for one person are worse than none for a twin in capitals.
    """
    return address.lower()


def hidden(key: str, secret: bytes) -> str:
    """What stands for an address that was forgotten: without the secret nobody can test a guess."""
    return "#" + hmac.new(secret, f"forgotten\n{key}".encode(), hashlib.sha256).hexdigest()


def suppress(connection: Connection, reasons: Mapping[str, str], now: datetime) -> None:
    """Put these keys on the list, each with its reason; what stood there before is replaced."""
    if not reasons:
        return
    connection.execute(delete(suppression).where(suppression.c.key.in_(reasons)))
    connection.execute(
        insert(suppression),
        [{"key": key, "reason": reason, "since": now} for key, reason in reasons.items()],
    )


def lift(connection: Connection, keys: Collection[str], secret: Secret | None) -> bool:
    """Take these keys off the list, also where only a hash of them is left; a domain stays."""
    _demand(connection, secret)
    names = [
        name
        for key in keys
        for name in _names(key, secret)
        if name == key or not name.startswith("@")
    ]
    return bool(
        connection.execute(delete(suppression).where(suppression.c.key.in_(names))).rowcount
    )


def kept_off(connection: Connection, keys: Collection[str], secret: Secret | None) -> set[str]:
    """Which of these keys are on the list, by themselves, by their domain, or forgotten."""
    _demand(connection, secret)
    owners: dict[str, list[str]] = {}
    for key in keys:
        for name in _names(key, secret):
            owners.setdefault(name, []).append(key)
    names = list(owners)
    found: set[str] = set()
    for start in range(0, len(names), _CHUNK):
        some = names[start : start + _CHUNK]
        for name in connection.execute(
            select(suppression.c.key).where(suppression.c.key.in_(some))
        ).scalars():
            found.update(owners[name])
    return found


def _names(key: str, secret: Secret | None) -> list[str]:
    """Under which names a key may stand on the list."""
    local, at, domain = key.rpartition("@")
    if not local:
        return [key]
    return [key, at + domain, *([hidden(key, secret())] if secret else ())]


def _demand(connection: Connection, secret: Secret | None) -> None:
    """Without the secret nobody here may have been forgotten.

    Better not to write to anybody than to somebody who asked for that.
    """
    if secret is None and (
        connection.execute(
            select(suppression.c.key).where(suppression.c.key.startswith("#")).limit(1)
        ).first()
    ):
        raise StoreError(
            "somebody here was forgotten, and without the site's key nobody can tell whom",
            mend="open the store with the site's secret",
        )
