"""Articles, what was made of them, and what others have that we read or tell."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from publisher.storage.schema.columns import Id, Moment, index_some, metadata

article = Table(
    "article",
    metadata,
    Column("id", Id, primary_key=True),
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

index_some("ix_article_unfilled", article.c.id, where=article.c.outline == "")

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
