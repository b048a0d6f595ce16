"""The publication, its feeds, and where everything that it publishes stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, urljoin

from publisher.model.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Who publishes: `url` is where the output folder is served and ends with a slash.

    `domain` names the publication in permanent ids and must never change; `timezone` is an
    IANA name; `forms` of addresses are made by `address`.
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

    def address(self, path: str = "") -> str:
        """The public address of a path below the output folder."""
        return urljoin(self.url, quote(path, safe="/#?=&%:@+,~"))

    def link(self, entry: Entry) -> str:
        """Where people read an entry: its own address, or our page for it."""
        return entry.url or self.address(entry.page)


@dataclass(frozen=True, slots=True, kw_only=True)
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

FeedFormat = Literal["rss", "atom", "json"]
FEED_FORMATS: tuple[FeedFormat, ...] = ("rss", "atom", "json")
MEDIA_TYPES: dict[FeedFormat, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
_FEED_FILES: dict[FeedFormat, str] = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A selection of entries under an address, in three formats and a page.

    `folder` is its place below the output folder: "" or "tags/china/". `entries` stand newest
    first and are already cut to the limit.
    """

    kind: Literal["all", "tag", "author", "section"]
    name: str
    title: str
    folder: str
    entries: tuple[Entry, ...] = field(repr=False)

    def path(self, form: FeedFormat) -> str:
        """Where its file of this format goes below the output folder."""
        return self.folder + _FEED_FILES[form]

    @property
    def page(self) -> str:
        """Path of the page for people who open the feed."""
        return f"{self.folder}index.html"
