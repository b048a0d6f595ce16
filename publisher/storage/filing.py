"""One transaction's filing of what came back: whom it is about, and what follows for them.

A report is believed only if it proves whom it is about: by the return path that it came to, by the
Message-ID of a message that we sent to this reader, or because a provider signed it. All else is
kept as unmatched, for the operator to see: otherwise anybody could take anybody off a newsletter
by writing a mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Connection, delete, func, insert, select

from publisher.model import Returned, ReturnKind
from publisher.storage.schema import bounce, delivery, subscriber
from publisher.storage.suppressions import key_of, suppress
from publisher.valueclass import valueclass

_MOST_RAW = 64 * 1024  # of a message that nobody understood: its start tells who wrote it


class Followed(StrEnum):
    """What followed from a report.

    SUPPRESSED: the address is kept off from now on. COUNTED: one more soft bounce. NOTED: nothing
    had to follow. UNMATCHED: nothing proves whom it is about. UNREAD: nobody can make sense of it.
    """

    SUPPRESSED = "suppressed"
    COUNTED = "counted"
    NOTED = "noted"
    UNMATCHED = "unmatched"
    UNREAD = "unread"


@valueclass
class SoftPolicy:
    """Who is kept off after soft bounces: of whom `limit` editions came back `within` a time."""

    limit: int
    within: timedelta


class Proof(Protocol):
    """What the store needs to tell what we sent from what somebody made up."""

    def delivery_of(self, addresses: Sequence[str], /) -> tuple[int, str] | None:
        """The delivery that a return path of ours names, and its proof."""
        ...

    def proves(self, proof: str, edition: str, subscriber: int, /) -> bool:
        """Whether the proof is ours."""
        ...

    def is_ours(self, message_id: str, edition: str, subscriber: int, /) -> bool:
        """Whether this Message-ID is that of this delivery."""
        ...


@valueclass(kw_only=False)
class _Person:
    subscriber: int | None
    key: str
    edition: str = ""


class Filing:
    """One transaction's work."""

    def __init__(
        self,
        connection: Connection,
        source: str,
        now: datetime,
        proof: Proof,
        policy: SoftPolicy,
    ) -> None:
        self._connection = connection
        self._source = source
        self._now = now
        self._proof = proof
        self._policy = policy

    def file(self, report: Returned, digest: str, raw: bytes) -> Followed | None:
        """Keep one report; None if it is there already."""
        known = select(bounce.c.id).where(bounce.c.digest == digest)
        if self._connection.execute(known).first():
            return None
        person = self._person(report)
        followed = self._follow(report, person)
        self._connection.execute(
            insert(bounce).values(
                digest=digest,
                received=self._now,
                source=self._source,
                kind=report.kind,
                status=report.status[:11],
                outcome=followed,
                edition=person.edition if person else "",
                subscriber=person.subscriber if person else None,
                key=person.key if person else key_of(report.address),
                diagnostic=report.diagnostic,
                raw=raw[:_MOST_RAW] if followed is Followed.UNREAD else None,
            )
        )
        if report.kind is ReturnKind.SOFT and person and person.key and self._too_many(person.key):
            self._suppress(person.key, f"{self._policy.limit} editions came back")
            followed = Followed.SUPPRESSED
            self._connection.execute(
                bounce.update().where(bounce.c.digest == digest).values(outcome=followed)
            )
        return followed

    def _follow(self, report: Returned, person: _Person | None) -> Followed:
        match report.kind:
            case ReturnKind.UNKNOWN:
                return Followed.UNREAD
            case ReturnKind.NOTICE | ReturnKind.POLICY:
                return Followed.NOTED
        if person is None:
            return Followed.UNMATCHED
        if not person.key:  # was forgotten meanwhile
            return Followed.NOTED
        if report.kind is ReturnKind.SOFT:
            return Followed.COUNTED
        why = "called it spam" if report.kind is ReturnKind.COMPLAINT else "no such mailbox"
        self._suppress(person.key, " ".join(filter(None, (why, report.status))))
        return Followed.SUPPRESSED

    def _suppress(self, key: str, reason: str) -> None:
        self._connection.execute(delete(subscriber).where(subscriber.c.key == key))
        suppress(self._connection, {key: reason}, self._now)

    def _too_many(self, key: str) -> bool:
        editions = self._connection.execute(
            select(func.count(func.distinct(bounce.c.edition))).where(
                bounce.c.key == key,
                bounce.c.kind == ReturnKind.SOFT,
                bounce.c.received >= self._now - self._policy.within,
            )
        ).scalar_one()
        return bool(editions >= self._policy.limit)

    def _person(self, report: Returned) -> _Person | None:
        """Whom a report is about, if something proves it."""
        if found := self._proof.delivery_of(report.sent_to):
            row = self._connection.execute(
                select(delivery.c.edition, delivery.c.subscriber, delivery.c.address).where(
                    delivery.c.id == found[0]
                )
            ).first()
            if row and self._proof.proves(found[1], row.edition, row.subscriber):
                return _Person(row.subscriber, key_of(row.address), row.edition)
        if not report.address:
            return None
        key = key_of(report.address)
        if report.message_id and (row := self._sent_to(key, report.message_id)):
            return _Person(row.subscriber, key, row.edition)
        if report.proven:
            who = select(subscriber.c.id).where(subscriber.c.key == key)
            return _Person(self._connection.execute(who).scalar(), key)
        return None

    def _sent_to(self, key: str, message_id: str) -> Any:
        """The delivery to this address that has this Message-ID."""
        edition_id = message_id.strip("<> ").partition(".")[0]
        row = self._connection.execute(
            select(delivery.c.edition, delivery.c.subscriber)
            .join(subscriber, subscriber.c.id == delivery.c.subscriber)
            .where(delivery.c.edition == edition_id, subscriber.c.key == key)
        ).first()
        ours = row and self._proof.is_ours(message_id, row.edition, row.subscriber)
        return row if ours else None
