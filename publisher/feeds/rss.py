"""A feed as RSS 2.0, with what the other formats say in the usual namespaces."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from publisher.feeds import generator, podcast
from publisher.feeds.frames import Frame
from publisher.feeds.generator import ATOM, DC
from publisher.feeds.items import Head, Item, head
from publisher.feeds.moments import NEVER, rfc822, rfc3339
from publisher.model import Feed, Publication

_NO_COMMENT = str.maketrans("", "", "()\\")


def rss_frame(feed: Feed, publication: Publication) -> Frame:
    """The feed as RSS 2.0 in UTF-8, but for its items."""
    about = head(feed, publication, "rss")
    channel = generator.start_feed(about, generator.RssExtension)
    _describe(channel, about)
    generator.add_links(channel, about, f"{{{ATOM}}}link")
    if about.updated != NEVER:
        channel.ours.add("lastBuildDate", rfc822(about.updated))
    if about.podcast:
        podcast.describe_channel(channel.ours, about)
    return generator.rss_frame_of(channel)


def rss_items(items: Sequence[Item], *, is_podcast: bool) -> list[bytes]:
    """What each item is in RSS."""
    if not items:
        return []
    channel = generator.start_items(generator.RssExtension)
    if is_podcast:
        podcast.declare(channel.ours)
    for item in items:
        entry = _add(channel, item)
        if is_podcast:
            podcast.describe_item(entry, item)
    return generator.rss_items_of(channel)


def _describe(channel: Any, about: Head) -> None:
    channel.description(about.description or about.title)  # RSS wants one
    if about.email:
        channel.managingEditor(_mailbox(about.author, about.email))


def _add(channel: Any, item: Item) -> Any:
    entry = generator.add_item(channel, item)
    entry.link(href=item.link, rel="alternate")
    if item.summary:
        # A summary is plain, a description is HTML. `summary()`, as `description()` after
        # `content()` overwrites the content. Without one, feedgen makes the content the
        # description, as RSS has it.
        entry.summary(escape(item.summary, quote=False))
    for file in item.enclosures[:1]:  # readers take one; of several, feedgen keeps the last
        entry.enclosure(file.url, str(file.length), file.type)
    ours = entry.ours
    for author in item.authors:
        # Not <author>: it wants a mail address (feedgen drops who has none), may stand neither
        # twice nor beside dc:creator, and feedparser cuts its address after four letters of the
        # last label, so that ana@paper.example is signed "ple (Ana". Atom has the addresses.
        ours.add(f"{{{DC}}}creator", author.name)
    ours.add("pubDate", rfc822(item.published))
    if item.updated:
        ours.add(f"{{{ATOM}}}updated", rfc3339(item.updated))
    if item.language:
        ours.add(f"{{{DC}}}language", item.language)
    if item.rights:
        ours.add(f"{{{DC}}}rights", item.rights)
    for one in item.related:
        ours.add(
            f"{{{ATOM}}}link", attributes={"rel": "related", "title": one.title, "href": one.url}
        )
    if item.source:
        ours.add("source", item.source.title, {"url": item.source.feed})
    generator.add_images(entry, item)
    return entry


def _mailbox(name: str, email: str) -> str:
    """An address with its name as a comment (RFC 822 section 3.4.3), which may not hold these."""
    return f"{email} ({name.translate(_NO_COMMENT)})"
