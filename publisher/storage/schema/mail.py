"""Editions and their deliveries, how those who carry them behave, and what came back."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from publisher.storage.schema.columns import Id, Moment, index_some, leave_room, metadata

slot = Table(
    "slot",
    metadata,
    # Whose slot it is: a cohort, which is a newsletter, a frequency and a time zone.
    Column("newsletter", Text, primary_key=True),
    Column("frequency", String(10), primary_key=True),
    Column("timezone", Text, primary_key=True),
    Column("slot", Moment, primary_key=True),
    # What the clocks there should show then; empty where it is not known.
    Column("local", String(19), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("decided", Moment, nullable=False),
)

edition = Table(
    "edition",
    metadata,
    Column("id", Text, primary_key=True),
    Column("newsletter", Text, nullable=False),
    Column("slot", Moment, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("recipients", BigInteger, nullable=False),
    Column("opened", Moment, nullable=False),
    # How many deliveries ended in which state, counted when it was done; empty before.
    Column("tally", Text, nullable=False, server_default=""),
    Column("frequency", String(10), nullable=False, server_default=""),
    Column("timezone", Text, nullable=False, server_default=""),
    # When the operator had what failed sent again; empty if never.
    Column("retried", Moment, nullable=True),
    UniqueConstraint("newsletter", "frequency", "timezone", "slot"),
)

segment = Table(
    "segment",
    metadata,
    Column("edition", Text, ForeignKey("edition.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("entries", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("preheader", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("recipients", BigInteger, nullable=False, server_default="0"),
    # Which pieces it says (words.py); empty where its words stand in the columns above.
    Column("words", LargeBinary, nullable=True),
    # That of the program's words in it; empty for the newsletter's own.
    Column("language", Text, nullable=False, server_default=""),
)

# What an edition says, each piece of it once.
piece = Table(
    "piece",
    metadata,
    Column("edition", Text, ForeignKey("edition.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
)

# One row: which database this is, and how often something was about to leave from it.
instance = Table(
    "instance",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("number", BigInteger, nullable=False),
)

owner = Table(
    "owner",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("host", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("lease_until", Moment, nullable=False),
    # All that it holds has a number from the one to the other: where to look for it.
    Column("held_from", BigInteger, nullable=False),
    Column("held_to", BigInteger, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Id, primary_key=True),
    Column("edition", Text, nullable=False),
    Column("segment", Integer, nullable=False),
    # No foreign key: who asks to be forgotten leaves the fact that a mail was sent.
    Column("subscriber", BigInteger, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    # pending or deferred until it is final, whoever holds it meanwhile (ledger.py).
    Column("state", String(10), nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("in_doubt", Boolean, nullable=False),
    # In no index, and neither is `started`: so a claim and a start cost no entries in any.
    Column("owner", String(32), nullable=True),
    Column("retry_at", Moment, nullable=True),
    Column("reply", Text, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("started", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("edition", "subscriber"),
    # Not in PostgreSQL, which would look the edition up anew for each of a million rows that
    # the transaction which made it writes: a third of their cost.
    ForeignKeyConstraint(["edition"], ["edition.id"]).ddl_if(dialect="sqlite"),
    # Claim, count and recover all walk this one; claims in the order of its last two columns.
    Index("ix_delivery_edition_state", "edition", "state", "retry_at", "id"),
)

index_some(
    "ix_delivery_in_doubt",
    delivery.c.edition,
    delivery.c.subscriber,
    where=delivery.c.in_doubt.is_(True),
)

leave_room(delivery, 50)

# Relays and domains of recipients that were in trouble or slow, until they are forgotten again.
peer = Table(
    "peer",
    metadata,
    Column("kind", String(6), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment, nullable=True),
    Column("next_try", Moment, nullable=True),
    # Messages a second that it was found to take; empty where no limit is known.
    Column("rate", Float, nullable=True),
    Column("reply", Text, nullable=False),
    Column("changed", Moment, nullable=False),
    # Every sender asks again and again what others have found out.
    Index("ix_peer_changed", "changed"),
)

# How many messages a relay was given in each minute since 1970, for as long as a limit asks.
handed = Table(
    "handed",
    metadata,
    Column("relay", Text, primary_key=True),
    Column("minute", BigInteger, primary_key=True),
    Column("messages", BigInteger, nullable=False),
)

# How fast all senders together write to a relay, and what that goes by (model.RelayPace).
pace = Table(
    "pace",
    metadata,
    Column("relay", Text, primary_key=True),
    Column("rate", Float, nullable=True),
    *(
        Column(name, Float, nullable=False)
        for name in ("step", "halved", "risen", "full", "messages", "seconds", "counted")
    ),
)

# What came back from where mail was sent. Whoever has left is gone from `subscriber`, so neither
# of the two that tell who it was is a foreign key.
bounce = Table(
    "bounce",
    metadata,
    Column("id", Id, primary_key=True),
    # The hash of the message or event: the same one twice is one.
    Column("digest", String(64), nullable=False, unique=True),
    Column("received", Moment, nullable=False),
    # Which way it came: "imap", "maildir", "pipe", "ses", ...
    Column("source", Text, nullable=False),
    Column("kind", String(12), nullable=False),
    # The enhanced status code (RFC 3463), if one was said.
    Column("status", String(11), nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("edition", Text, nullable=False),
    Column("subscriber", BigInteger, nullable=True),
    Column("key", Text, nullable=False),
    Column("diagnostic", Text, nullable=False),
    # The message itself, only where we could not make sense of it.
    Column("raw", LargeBinary, nullable=True),
    Index("ix_bounce_subscriber", "subscriber"),
    Index("ix_bounce_key", "key"),
)
