"""Entries in, feeds out: which feeds there are, and their bytes in RSS, Atom, JSON Feed and OPML.

Everything here is pure: the same entries give the same bytes, whenever and wherever they are
rendered. The formats: RSS 2.0 with the RSS Advisory Board's profile, RFC 4287 (Atom),
JSON Feed 1.1, OPML 2.0, Media RSS 1.5.1.
"""

from __future__ import annotations

from collections.abc import Callable

from publisher.feeds.atom import render_atom
from publisher.feeds.choosing import choose_feeds
from publisher.feeds.jsonfeed import render_json
from publisher.feeds.opml import render_opml
from publisher.feeds.rss import render_rss
from publisher.model import Feed, FeedFormat, Publication

__all__ = ["choose_feeds", "render_feed", "render_opml"]

_RENDER: dict[FeedFormat, Callable[[Feed, Publication], bytes]] = {
    "rss": render_rss,
    "atom": render_atom,
    "json": render_json,
}


def render_feed(feed: Feed, publication: Publication, form: FeedFormat) -> bytes:
    """The file of one feed in one format, in UTF-8, with full content and summaries.

    Holds no moment of the build and no version: it changes only when what it tells changes.
    """
    return _RENDER[form](feed, publication)
