"""The feeds that an operator thinks up: the tables in [feeds]."""

from __future__ import annotations

import re

from publisher.config.podcasts import read_podcast, refusals
from publisher.config.tables import FeedsTable, NewsletterTable, QueryTable, Settings
from publisher.content import slugify
from publisher.feeds.choosing import RESERVED
from publisher.model import Query, Selection

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def selection_of(table: QueryTable | NewsletterTable) -> Selection:
    """What a table with tags, sections and authors asks for."""
    return Selection(
        tags=frozenset(map(slugify, table.tags)),
        authors=frozenset(map(slugify, table.authors)),
        sections=frozenset(map(slugify, table.sections)),
    )


def read_queries(table: FeedsTable) -> tuple[Query, ...]:
    """The queries of [feeds], in their order."""
    return tuple(
        Query(
            name=name,
            title=query.title,
            selection=selection_of(query),
            description=query.description,
            limit=query.limit,
            podcast=read_podcast(query.podcast) if query.podcast else None,
        )
        for name, query in table.queries.items()
    )


def contradictions_of_feeds(settings: Settings) -> list[tuple[tuple[str, ...], str]]:
    """What each value of [feeds] allows alone, but not together."""
    found: list[tuple[tuple[str, ...], str]] = []
    for name, query in settings.feeds.queries.items():
        if not _NAME.fullmatch(name) or name in RESERVED:
            what = "must be named in a-z, 0-9 and dashes, such as asia"
            taken = f"; {', '.join(sorted(RESERVED))} are taken"
            found.append((("feeds", name), what + taken))
        if query.podcast and not (query.podcast.owner or settings.publication.email):
            where = ("feeds", name, "podcast")
            found.append((where, "needs owner = 'Name <address>', or email in [publication]"))
        if query.podcast:
            where = ("feeds", name, "podcast")
            found += [((*where, key), what) for key, what in refusals(query.podcast)]
    known = {*RESERVED, *settings.feeds.queries}
    for label in settings.feeds.archive:
        if label.partition("/")[0] not in known:
            what = f"has {label!r}, and knows all, tags, tags/NAME, sections, authors, and queries"
            found.append((("feeds", "archive"), what))
    return found
