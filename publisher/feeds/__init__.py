"""Entries in, feeds out: which feeds there are, and their bytes in RSS, Atom, JSON Feed and OPML.

Everything here is pure: the same entries give the same bytes, whenever and wherever they are
rendered. The formats: RSS 2.0 with the RSS Advisory Board's profile, RFC 4287 (Atom),
JSON Feed 1.1, OPML 2.0, Media RSS 1.5.1, RFC 5005 (archives), RFC 6721 (tombstones), WebSub,
Apple's podcast tags and Podcasting 2.0, sitemaps.org.
"""

from __future__ import annotations

from collections.abc import Sequence

from publisher.feeds.archives import History, close_archives, split_archives
from publisher.feeds.choosing import RESERVED, choose_feeds
from publisher.model import Feed, FeedFormat, Publication

__all__ = [
    "RESERVED",
    "History",
    "choose_feeds",
    "close_archives",
    "render_feed",
    "render_opml",
    "split_archives",
]


def render_feed(feed: Feed, publication: Publication, form: FeedFormat) -> bytes:
    """The file of one feed in one format, in UTF-8, with full content and summaries.

    Holds no moment of the build and no version: it changes only when what it tells changes.
    """
    # Imported here: choosing, which each run does, needs none of the libraries behind these.
    if form == "rss":
        from publisher.feeds.rss import render_rss  # noqa: PLC0415

        return render_rss(feed, publication)
    if form == "atom":
        from publisher.feeds.atom import render_atom  # noqa: PLC0415

        return render_atom(feed, publication)
    from publisher.feeds.jsonfeed import render_json  # noqa: PLC0415

    return render_json(feed, publication)


def render_opml(feeds: Sequence[Feed], publication: Publication) -> bytes:
    """The list of `feeds` as OPML, each kind in a folder of its own (opml.py)."""
    from publisher.feeds.opml import render_opml as render  # noqa: PLC0415

    return render(feeds, publication)
