"""The publication, its feeds, and where everything that it publishes stands."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Literal
from urllib.parse import quote, urljoin

from publisher.model.entries import Entry
from publisher.valueclass import valueclass

FeedFormat = Literal["rss", "atom", "json"]
# An address and a path that urllib would put together as they are.
_PLAIN_URL = re.compile(r"https?://[a-z0-9.:-]+/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*")
_PLAIN_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*(?:[A-Za-z0-9_-][A-Za-z0-9._-]*)?")
FEED_FORMATS: tuple[FeedFormat, ...] = ("rss", "atom", "json")
STYLESHEET = "publisher.css"  # of all pages; no file of somebody else's there is called so


@valueclass
class Publication:
    """Who publishes: `url` is where the output folder is served and ends with a slash.

    `domain` names the publication in permanent ids and must never change; `timezone` is an
    IANA name; `forms` of addresses are made by `address`. `hub` is the WebSub hub that feeds
    name, if any. `formats` are those that each feed is written in, at least one; without `pages`
    somebody else makes the pages for people.
    """

    title: str
    url: str
    domain: str
    language: str = "en"
    timezone: str = "UTC"
    description: str = ""
    author: str = ""
    email: str = ""
    rights: str = ""
    hub: str = ""
    formats: tuple[FeedFormat, ...] = FEED_FORMATS
    pages: bool = True

    def address(self, path: str = "") -> str:
        """The public address of a path below the output folder."""
        if _PLAIN_PATH.fullmatch(path) and _PLAIN_URL.fullmatch(self.url):
            return self.url + path  # as nearly always; what follows is ten times as slow
        return urljoin(self.url, quote(path, safe="/#?=&%:@+,~"))

    def link(self, entry: Entry) -> str:
        """Where people read an entry: its own address, or our page for it."""
        return entry.url or self.address(entry.page)


@valueclass
class Selection:
    """Which entries are wanted, by slug; empty means every one, else any match will do."""

    tags: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.tags or self.authors or self.sections)

    def covers(self, entry: Entry) -> bool:
        """Whether an entry is among the wanted ones."""
        return (
            not self
            or any(tag.slug in self.tags for tag in entry.tags)
            or any(author.slug in self.authors for author in entry.authors)
            or (entry.section is not None and entry.section.slug in self.sections)
        )


EVERYTHING = Selection()


@valueclass
class Podcast:
    """What podcast programs want to know of a feed of episodes.

    `categories` are Apple's: each a name, or a name and one below it. `image` is a web address.
    """

    categories: tuple[tuple[str, ...], ...]
    image: str
    explicit: bool = False
    kind: Literal["episodic", "serial"] = "episodic"
    author: str = ""
    owner: str = ""
    email: str = ""
    locked: bool = False


@valueclass
class Query:
    """A feed that its publisher has thought up; of a podcast it carries the episodes alone."""

    name: str
    title: str
    selection: Selection = EVERYTHING
    description: str = ""
    limit: int | None = None
    podcast: Podcast | None = None

    def covers(self, entry: Entry) -> bool:
        """Whether the feed is about the entry; an outline is enough (`Feed.entries`)."""
        return self.selection.covers(entry) and (self.podcast is None or entry.episode is not None)


MEDIA_TYPES: dict[FeedFormat, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
_FEED_FILES: dict[FeedFormat, str] = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}


@valueclass
class Feed:
    """A selection of entries under an address, in three formats and a page.

    `folder` is its place below the output folder: "" or "tags/china/". `entries` stand newest
    first and are already cut to `limit`, unless it `keeps_all` of them for its archives.
    `withdrawn` are entries that it carries no more since they were taken back.

    An archive document (RFC 5005) is a feed of its own in the folder of the one that it belongs
    to. They are numbered from 1, the oldest: `archive` is its number, `previous` that of the one
    before this feed or document, 0 where there is none.
    """

    kind: Literal["all", "tag", "author", "section", "query"]
    name: str
    title: str
    folder: str
    entries: tuple[Entry, ...] = field(repr=False)
    withdrawn: tuple[Entry, ...] = field(default=(), repr=False)
    description: str = ""
    podcast: Podcast | None = None
    limit: int = 0
    keeps_all: bool = False
    archive: int = 0
    previous: int = 0

    @property
    def label(self) -> str:
        """What an editor calls it: all, asia, tags/china."""
        return self.folder.removeprefix("feeds/").rstrip("/") or "all"

    def path(self, form: FeedFormat) -> str:
        """Where its file of this format goes below the output folder."""
        return self.path_of(form, self.archive)

    def path_of(self, form: FeedFormat, archive: int) -> str:
        """The same of its archive document of this number; 0: of the feed that one follows."""
        return self.folder + (f"archive/{archive}/" if archive else "") + _FEED_FILES[form]

    @property
    def page(self) -> str:
        """Path of the page for people who open the feed."""
        return f"{self.folder}index.html"
