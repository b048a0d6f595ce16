"""Readers: what they chose, what they agreed to, and who is not to be written to."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from publisher.storage.schema.columns import Id, Moment, leave_room, metadata

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", Id, primary_key=True),
    # What tells two spellings of one address apart from two addresses; `address` is for mail.
    Column("key", Text, nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("added", Moment, nullable=False),
    Column("language", Text, nullable=False, server_default=""),
    # Never give the number of one who left to another: links and deliveries still have it.
    sqlite_autoincrement=True,
)

subscription = Table(
    "subscription",
    metadata,
    Column("subscriber", Id, ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    Column("newsletter", Text, primary_key=True),
    Column("topics", Text, nullable=False),
    Column("frequency", String(10), nullable=False, server_default=""),
    Column("timezone", Text, nullable=False, server_default=""),
    # Entries up to this sequence have been dealt with for this reader; empty before the first.
    Column("watermark", BigInteger, nullable=True),
    Column("paused_until", Moment, nullable=True),
    # When frequency and zone were chosen: a slot before that was not this reader's.
    Column("chosen", Moment, nullable=True),
    Index("ix_subscription_newsletter", "newsletter"),
)

# Each edition changes the watermark of all its readers, which is in no index. A little less than
# half, because one that was empty before takes more room.
leave_room(subscription, 45)

# A subscription that its reader gave up, so that they can come back to it as it was.
former = Table(
    "former",
    metadata,
    Column("subscriber", Id, ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    Column("newsletter", Text, primary_key=True),
    Column("topics", Text, nullable=False),
    Column("frequency", String(10), nullable=False),
    Column("timezone", Text, nullable=False),
    Column("watermark", BigInteger, nullable=True),
    Column("given_up", Moment, nullable=False),
)

# What somebody asked for on the web and has to be answered by mail; kept for some days only.
request = Table(
    "request",
    metadata,
    Column("id", Id, primary_key=True),
    # One of a kind ("confirm", "link") for each address: a new one takes the place of the old.
    Column("key", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("address", Text, nullable=False),
    Column("newsletters", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("asked", Moment, nullable=False),
    # waiting, sending, mailed, dropped (nothing was to be sent), used
    Column("state", String(8), nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    # When to try again; of one that is being sent, when its sender counts as dead.
    Column("retry_at", Moment, nullable=True),
    UniqueConstraint("key", "kind"),
    Index("ix_request_state", "state"),
    # A link in a mail names it: its number must never mean another request.
    sqlite_autoincrement=True,
)

# How much of what is rationed was taken: nothing in here names anybody.
ration = Table(
    "ration",
    metadata,
    Column("name", String(64), primary_key=True),
    # Milliseconds since 1970 at which all is there again.
    Column("full_at", BigInteger, nullable=False),
)

# What a person agreed to or refused, when and where: it is kept as long as the person is.
consent = Table(
    "consent",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscriber", Id, ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
    Column("newsletter", Text, nullable=False),
    Column("what", String(16), nullable=False),
    # How it came: "form", "import readers.csv", "operator", "one-click", ...
    Column("source", Text, nullable=False),
    # The network address that it came from, if it came over one.
    Column("network", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_consent_subscriber", "subscriber"),
)

suppression = Table(
    "suppression",
    metadata,
    # An address in lower case, @ and a whole domain, or # and the keyed hash of one forgotten.
    Column("key", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since", Moment, nullable=False),
)
