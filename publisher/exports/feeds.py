"""Feeds (RSS, Atom, RDF, JSON Feed): the entries that a feed carries now, as articles to keep."""

from __future__ import annotations

import json
from datetime import datetime

from publisher.content import read_feed
from publisher.errors import ArticleError, FetchError
from publisher.exports.item import Finds, Item, Trouble, place_of


def is_feed(start: bytes) -> bool:
    """Whether a file that begins so is a feed: JSON must say so, XML is known by its root."""
    head = start[:8192]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return b"jsonfeed.org/version" in head
    return any(root in head for root in (b"<rss", b"<feed", b"<rdf:RDF", b"<RDF"))


def read_feed_file(
    data: bytes, place: str, *, url: str, media_type: str, name: str, domain: str, now: datetime
) -> Finds:
    """The entries of a feed; `name` and `domain` stand in ids where the feed's own can't.

    Raises ArticleError for what is no feed.
    """
    try:
        told = read_feed(data, url=url, media_type=media_type, name=name, domain=domain, now=now)
    except FetchError as error:
        raise ArticleError(error.what, mend=error.mend, path=place) from error
    for problem in told.problems:
        yield Trouble(problem, "look at the feed", place)
    for article in told.articles:
        kept = json.loads(article.text)
        front = {**kept["front"], "slug": article.slug}
        path = place_of(str(front.get("date", "")), article.slug, "html")
        yield Item(f"{place}, {front.get('id', '')}"[:200], path, front, kept["html"])
