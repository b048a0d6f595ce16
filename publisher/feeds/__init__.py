"""Entries in, feeds out: which feeds there are, and their bytes in RSS, Atom, JSON Feed and OPML.

Everything here is pure: the same entries give the same bytes, whenever and wherever they are
rendered. The formats: RSS 2.0 with the RSS Advisory Board's profile, RFC 4287 (Atom),
JSON Feed 1.1, OPML 2.0, Media RSS 1.5.1, RFC 5005 (archives), RFC 6721 (tombstones), WebSub,
Apple's podcast tags and Podcasting 2.0, sitemaps.org.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from publisher.feeds.archives import History, close_archives, split_archives
from publisher.feeds.choosing import RESERVED, Chooser, choose_feeds
from publisher.feeds.frames import Frame, Layout
from publisher.model import Entry, Feed, FeedFormat, Publication

if TYPE_CHECKING:
    from publisher.feeds.items import Item

__all__ = [
    "RESERVED",
    "Chooser",
    "Frame",
    "History",
    "Layout",
    "choose_feeds",
    "close_archives",
    "describe_items",
    "render_feed",
    "render_frame",
    "render_items",
    "render_opml",
    "split_archives",
]


def render_feed(feed: Feed, publication: Publication, form: FeedFormat) -> bytes:
    """The file of one feed in one format, in UTF-8, with full content and summaries.

    Holds no moment of the build and no version: it changes only when what it tells changes.
    """
    frame = render_frame(feed, publication, form)
    is_podcast = feed.podcast is not None
    items = describe_items(feed.entries, publication)
    return frame.fill(render_items(items, form, is_podcast=is_podcast))


def render_frame(feed: Feed, publication: Publication, form: FeedFormat) -> Frame:
    """What a feed says of itself: all of its file but the items. Outlines of entries will do."""
    # Imported here: choosing, which each run does, needs none of the libraries behind these.
    if form == "rss":
        from publisher.feeds.rss import rss_frame  # noqa: PLC0415

        return rss_frame(feed, publication)
    if form == "atom":
        from publisher.feeds.atom import atom_frame  # noqa: PLC0415

        return atom_frame(feed, publication)
    from publisher.feeds.jsonfeed import json_frame  # noqa: PLC0415

    return json_frame(feed, publication)


def describe_items(entries: Iterable[Entry], publication: Publication) -> list[Item]:
    """What every feed says of each entry, before any format."""
    from publisher.feeds.items import items  # noqa: PLC0415 - see render_frame

    return items(entries, publication)


def render_items(items: Sequence[Item], form: FeedFormat, *, is_podcast: bool) -> list[bytes]:
    """What each item is in a file of this format: the same in every feed that carries it.

    But for a podcast (`is_podcast`), which says more of its episodes.
    """
    if form == "rss":
        from publisher.feeds.rss import rss_items  # noqa: PLC0415

        return rss_items(items, is_podcast=is_podcast)
    if form == "atom":
        from publisher.feeds.atom import atom_items  # noqa: PLC0415

        return atom_items(items)
    from publisher.feeds.jsonfeed import json_items  # noqa: PLC0415

    return json_items(items)


def render_opml(feeds: Sequence[Feed], publication: Publication) -> bytes:
    """The list of `feeds` as OPML, each kind in a folder of its own (opml.py)."""
    from publisher.feeds.opml import render_opml as render  # noqa: PLC0415

    return render(feeds, publication)
