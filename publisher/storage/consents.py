"""What readers agreed to and took back: when, how, and from which network address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from publisher.model import Consent
from publisher.storage.schema import consent


def record_consent(
    connection: Connection,
    subscriber_id: int,
    newsletter: str,
    what: str,
    source: str,
    network: str,
    at: datetime,
) -> None:
    """Write down that somebody agreed ("subscribed", "confirmed") or took it back ("left")."""
    given = Consent(newsletter=newsletter, what=what, source=source, network=network, at=at)
    record_consents(connection, [(subscriber_id, given)])


def record_consents(connection: Connection, given: Sequence[tuple[int, Consent]]) -> None:
    """The same for many. What is there already is not written twice: a list may come again."""
    known = consents_of(connection, {who for who, _ in given}) if given else {}
    rows = {
        (who, one): {
            "subscriber": who,
            "newsletter": one.newsletter,
            "what": one.what,
            "source": one.source,
            "network": one.network,
            "at": one.at,
        }
        for who, one in given
        if one not in known.get(who, ())
    }
    if rows:
        connection.execute(insert(consent), list(rows.values()))


def consents_of(connection: Connection, people: Collection[int]) -> dict[int, list[Consent]]:
    """All that these subscribers agreed to, in the order in which it came."""
    found: dict[int, list[Consent]] = {}
    for row in connection.execute(
        select(consent).where(consent.c.subscriber.in_(people)).order_by(consent.c.id)
    ):
        found.setdefault(row.subscriber, []).append(
            Consent(
                newsletter=row.newsletter,
                what=row.what,
                source=row.source,
                network=row.network,
                at=row.at,
            )
        )
    return found
