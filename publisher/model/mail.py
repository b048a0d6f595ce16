"""A message on its way to one reader, and what becomes of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from publisher.model.newsletters import Subscriber
from publisher.valueclass import valueclass


class Mark(StrEnum):
    """Where a recipient's own words go in a rendered message.

    Written with noncharacters (U+FDD0, U+FDD1), which content never contains because reading an
    article drops them: so no article can ask for another reader's links.
    """

    LEAVE = "\ufdd0leave\ufdd1"
    PREFERENCES = "\ufdd0preferences\ufdd1"


@valueclass
class Rendered:
    """What a newsletter says to one segment, with a `Mark` where each recipient differs.

    `language` is that of the program's own words in it; empty for the newsletter's.
    """

    subject: str
    preheader: str
    html: str
    text: str
    language: str = ""


@valueclass
class Message:
    """Rendered words with all that their headers need; the same for a whole segment.

    `list_id` is a dotted name of our domain (RFC 2919); without one it is a letter to one person,
    and the other values that name a list count for nothing. `archive` is the address of the
    edition's page, `edition` its id ("daily-2026-11-23").
    """

    rendered: Rendered
    edition: str
    newsletter: str
    list_title: str
    list_id: str
    sender_name: str
    sender: str
    reply_to: str
    language: str
    date: datetime
    archive: str
    mailto_leave: str


@valueclass
class Recipient:
    """One subscriber as a message needs them; links are absolute and signed."""

    subscriber: int
    address: str
    name: str
    message_id: str
    leave: str
    preferences: str


class DeliveryState(StrEnum):
    """Where one delivery stands; sent, failed and held are final."""

    PENDING = "pending"
    CLAIMED = "claimed"
    STARTED = "started"
    DEFERRED = "deferred"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


class Outcome(StrEnum):
    """What a transport says of one message.

    ACCEPTED: the other side answers for it now. REFUSED: never (5xx). LATER: not now (4xx, or no
    connection; nothing was accepted). IN_DOUBT: the connection was lost after the final dot, so
    nobody knows.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"
    IN_DOUBT = "in doubt"


@valueclass
class Receipt:
    """A transport's answer for one message, with the other side's own words.

    `general`: it is about the relay or the connection, and not about this recipient.
    """

    outcome: Outcome
    reply: str = ""
    general: bool = False


@valueclass
class Claim:
    """One delivery that this process, and no other, may now carry out; `id` is the ledger's.

    `owner` is who holds it: what comes back for one that was taken over meanwhile counts no more.
    """

    id: int
    edition: str
    segment: int
    subscriber: Subscriber
    attempts: int
    owner: str = ""


class Part(NamedTuple):
    """A part of an edition for one worker: the ledger's ids of its deliveries, from - to."""

    first: int
    last: int


class Result(NamedTuple):
    """What became of one claim, and when to try again; None: never.

    `tried` is False for what was put off without an attempt, so that none is counted.
    """

    claim: Claim
    receipt: Receipt
    retry_at: datetime | None = None
    tried: bool = True
