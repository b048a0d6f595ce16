"""What each file of the output folder is made from, as a hash: the same one, the same bytes.

Everything that a renderer is given has to be in here. An entry counts by its own fingerprint in
the store, so that nothing of it has to be read to know that a feed is as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from publisher.config import Site
from publisher.model import Entry, Feed, FeedFormat
from publisher.publish.fragments import Parts


class Fingerprints:
    """Fingerprints of one run's files; `entries` has those of the entries, by id."""

    def __init__(
        self, site: Site, templates: Mapping[str, str], program: str, entries: Mapping[str, str]
    ) -> None:
        self._newsletters = [
            (one.title, one.description, one.schedule, one.timezone) for one in site.newsletters
        ]
        self._subscribe = site.subscribe
        looks = [(name, templates[name]) for name in sorted(templates) if name.startswith("pages/")]
        self._frame = _hash(program, site.publication)
        self._looks = _hash(self._frame, looks)
        self._entries = entries

    def style(self) -> str:
        """Of publisher.css."""
        return _hash("style", self._looks)

    def index(self, feeds: Sequence[Feed]) -> str:
        """Of index.html."""
        letters = (self._newsletters, self._subscribe)
        return _hash("index", self._looks, letters, _heads(feeds), self._carried(feeds))

    def page(self, feed: Feed) -> str:
        """Of the page beside a feed."""
        return _hash("page", self._looks, _heads([feed]), self._carried([feed]))

    def entry(self, entry: Entry, feeds: frozenset[tuple[str, str]]) -> str:
        """Of an entry's page; `feeds` says by kind and slug to which feeds it may link."""
        links = [("section", entry.section.slug)] if entry.section else []
        links += [("author", one.slug) for one in entry.authors]
        links += [("tag", one.slug) for one in entry.tags]
        lead = [link in feeds for link in links]
        return _hash("entry", self._looks, self._entries[entry.id], lead)

    def feed(self, feed: Feed) -> str:
        """Of a feed, in whichever format."""
        withdrawn = [self._entries[one.id] for one in feed.withdrawn]
        return _hash("feed", self._frame, _heads([feed]), self._carried([feed]), withdrawn)

    def items(self, feed: Feed, forms: Sequence[FeedFormat]) -> list[Parts | None]:
        """Of the items of a feed in these formats; None for a podcast, which says more of each."""
        if feed.podcast:
            return [None for _ in forms]
        ids = [one.id for one in feed.entries]
        prints = [self._entries[key] for key in ids]
        return [Parts(f"{form} {self._frame}", form, ids, prints) for form in forms]

    def withdrawn(self, entry: Entry) -> str:
        """Of the page of an entry that was taken back."""
        return _hash("withdrawn", self._looks, self._entries[entry.id])

    def sitemap(self, feeds: Sequence[Feed], entries: Sequence[Entry]) -> str:
        """Of the list of all pages, whichever of its files."""
        carried = "".join(self._entries[entry.id] for entry in entries)
        return _hash("sitemap", self._frame, _heads(feeds), carried)

    def opml(self, feeds: Sequence[Feed]) -> str:
        """Of feeds.opml."""
        return _hash("opml", self._frame, _heads(feeds))

    def _carried(self, feeds: Sequence[Feed]) -> list[list[str]]:
        # Only the feed of everything shows its entries on the index, the first one.
        return [[self._entries[one.id] for one in feed.entries] for feed in feeds[:1]]


def asset(stamp: str) -> str:
    """Of a file beside an article, which is copied as it is."""
    return _hash("asset", stamp)


def compression(size: int, modified: int) -> str:
    """Of the compressed twin of a file, by what stat says of that."""
    return _hash("gzip", size, modified)


def _heads(feeds: Sequence[Feed]) -> list[tuple[object, ...]]:
    return [
        (
            *(feed.kind, feed.name, feed.title, feed.folder),
            *(feed.description, feed.podcast, feed.archive, feed.previous),
        )
        for feed in feeds
    ]


def _hash(*values: object) -> str:
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()[:32]
