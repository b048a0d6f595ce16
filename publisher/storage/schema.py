"""The tables. A change here needs a migration in migrations/versions; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    event,
    false,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as seconds since 1970 in UTC: one form for both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Python to database."""
        return seconds_of(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Database to Python."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


def seconds_of(value: datetime | None) -> int | None:
    """A moment as it is kept."""
    if value is None:
        return None
    assert value.tzinfo is not None, "a moment without a time zone could be any"
    return int(value.timestamp())


# SQLite gives out row ids by itself only for a column of exactly this type.
_Id = BigInteger().with_variant(Integer, "sqlite")

article = Table(
    "article",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("recipe", String(64), nullable=False),
    Column("entry_id", Text, nullable=False, unique=True),
    Column("slug", Text, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=True, unique=True),
    # What stat said of the file when it was read; empty if it has to be looked into again.
    Column("stamp", String(64), nullable=False, server_default=""),
    # What choosing feeds needs of the entry, and the hash of the whole; empty until filled in.
    Column("outline", Text, nullable=False, server_default=""),
    Column("fingerprint", String(64), nullable=False, server_default=""),
    # When it was published, and when readers may see it: empty for a draft, and for no end.
    Column("published", Moment, nullable=True),
    Column("begins", Moment, nullable=True),
    Column("ends", Moment, nullable=True),
    # What all versions of the story have in common; empty where nobody sends versions.
    Column("story", Text, nullable=False, server_default=""),
    Index("ix_article_slug", "slug"),
    Index("ix_article_story", "story"),
)


def _index_some(name: str, *columns: Column[Any], where: ColumnElement[bool]) -> None:
    """Index the few rows of which `where` is true.

    Only where tables are made: that an index names a dialect imports all drivers of that dialect.
    """

    def index(table: Table, connection: Connection, **_: Any) -> None:
        for one in [one for one in table.indexes if one.name == name]:
            table.indexes.remove(one)
        words: dict[str, Any] = {f"{connection.dialect.name}_where": where}
        Index(name, *columns, **words)

    event.listen(columns[0].table, "before_create", index)


_index_some("ix_article_unfilled", article.c.id, where=article.c.outline == "")

# The articles of a story that came in several versions, the newest among them, each with the entry
# that it would be alone. The article above is the newest; when it goes, another takes its place.
version = Table(
    "version",
    metadata,
    Column("path", Text, primary_key=True),
    Column("entry_id", Text, nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("recipe", String(64), nullable=False),
    Column("stamp", String(64), nullable=False),
    Column("seen", Moment, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("entry", Text, nullable=False),
)

# The entry in full, apart: every run walks the articles, few ever need their words. An article
# that nothing carries may be without: its words are then still to be read.
story = Table(
    "story",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("entry", Text, nullable=False),
)

# What a run could find out again, kept to save it the work; one text a name.
notebook = Table(
    "notebook",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("text", Text, nullable=False),
)

output = Table(
    "output",
    metadata,
    Column("path", Text, primary_key=True),
    # The hash of all that the file was made from, and what stat said once it was written.
    Column("fingerprint", String(64), nullable=False),
    Column("stamp", String(64), nullable=False),
    # Of a feed's file: which items it has, and where they stand; empty for any other.
    Column("parts", Text, nullable=False, server_default=""),
)

archive = Table(
    "archive",
    metadata,
    # A closed archive document of a feed (its label) and the ids of its entries, for ever.
    Column("feed", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("entries", Text, nullable=False),
)

enclosed = Table(
    "enclosed",
    metadata,
    # A file beside an article whose size the entry tells.
    Column("path", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
)

summary = Table(
    "summary",
    metadata,
    # The entry's id; `question` is the hash of what the program was told of it.
    Column("entry", Text, primary_key=True),
    Column("question", String(64), nullable=False),
    Column("text", Text, nullable=False),
)

ping = Table(
    "ping",
    metadata,
    # A file that the WebSub hub is told of, and its stamp when it was told last.
    Column("path", Text, primary_key=True),
    Column("stamp", String(64), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("retry_at", Moment, nullable=True),
)

remote = Table(
    "remote",
    metadata,
    # Somebody's feed: what its server said last, and when to ask again.
    Column("name", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("modified", Text, nullable=False),
    Column("fetched", Moment, nullable=True),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment, nullable=True),
    Column("next_try", Moment, nullable=True),
    Column("gone", Boolean, nullable=False),
)

remote_article = Table(
    "remote_article",
    metadata,
    # An entry of such a feed as the article that it is read as, kept when it leaves the feed.
    Column("path", Text, primary_key=True),
    Column("remote", Text, nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("text", Text, nullable=False),
)

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", _Id, primary_key=True),
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
    Column("subscriber", _Id, ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
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

# A subscription that its reader gave up, so that they can come back to it as it was.
former = Table(
    "former",
    metadata,
    Column("subscriber", _Id, ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
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
    Column("id", _Id, primary_key=True),
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
    Column("id", _Id, primary_key=True),
    Column("subscriber", _Id, ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
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
    Column("id", _Id, primary_key=True),
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

_index_some(
    "ix_delivery_in_doubt",
    delivery.c.edition,
    delivery.c.subscriber,
    where=delivery.c.in_doubt.is_(True),
)


def _leave_room(_table: Table, connection: Connection, **_: Any) -> None:
    """In PostgreSQL a row that changes stays on its page, and in its indexes, if there is room."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE delivery SET (fillfactor = 50)")


event.listen(delivery, "after_create", _leave_room)

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
    Column("id", _Id, primary_key=True),
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
