"""Articles as found, and the entries that they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from publisher.model.findings import Finding
from publisher.valueclass import valueclass


class Form(StrEnum):
    """How an article is written."""

    WIRE = "wire"
    MARKDOWN = "markdown"
    HTML = "html"
    NITF = "nitf"
    NEWSML = "newsml"
    NINJS = "ninjs"
    FEED = "feed"  # an entry of somebody's feed


@valueclass
class Article:
    """A source document as found: `path` below the articles folder, with forward slashes."""

    path: str
    data: bytes


class TagKind(StrEnum):
    """What sort of thing a tag names."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    TOPIC = "topic"


@valueclass
class Tag:
    """What an entry is about, and whether an editor or the program chose it.

    `medtop` is the number of the IPTC Media Topic that it is, eight digits, or empty.
    """

    name: str
    slug: str
    kind: TagKind = TagKind.TOPIC
    chosen_by: Literal["editor", "program"] = "program"
    medtop: str = ""


@valueclass
class Author:
    """Who wrote an entry."""

    name: str
    slug: str
    email: str = ""
    url: str = ""


@valueclass
class Section:
    """The part of the publication that an entry stands in ("World")."""

    name: str
    slug: str


@valueclass
class Dateline:
    """Place, agency and date as the trade prints them: `BEIJING, Oct. 27 (AP) --`.

    `place` is as printed ("BEIJING"; empty in `(CNN) --`), `agency` as printed ("AP") or empty,
    `date_text` the date as printed, `printed` the whole of it.
    """

    place: str
    agency: str = ""
    date_text: str = ""
    printed: str = ""


@valueclass
class Image:
    """A picture in an entry; `url` is absolute, sizes are in pixels where known."""

    url: str
    alt: str = ""
    caption: str = ""
    type: str = ""
    width: int | None = None
    height: int | None = None


@valueclass
class Enclosure:
    """A file that goes with an entry (a podcast episode).

    `length` is in bytes, `duration` in seconds, each 0 if unknown.
    """

    url: str
    type: str
    length: int = 0
    title: str = ""
    duration: int = 0


@valueclass
class Episode:
    """What makes an entry an episode of a podcast; its sound or film is the first enclosure.

    `number` and `season` count from 1, 0 is none; `explicit` is None where nobody said. `guid` is
    the id that podcast programs know it by, if that is another than the entry's. `chapters` is
    the address of a JSON file, `transcript` that of a text of the type `transcript_type`.
    """

    number: int = 0
    season: int = 0
    kind: Literal["full", "trailer", "bonus"] = "full"
    explicit: bool | None = None
    image: str = ""
    transcript: str = ""
    transcript_type: str = ""
    chapters: str = ""
    guid: str = ""


@valueclass
class Reference:
    """Another page that has to do with an entry."""

    url: str
    title: str = ""


@valueclass
class Source:
    """The publication that an entry was taken over from: `feed` is the address of its feed."""

    title: str
    feed: str
    page: str = ""
    id: str = ""


@valueclass
class Asset:
    """A file beside an article that has to be published with it.

    `source` is its path below the articles folder, `path` where it goes below the output folder.
    """

    source: str
    path: str


SummaryMethod = Literal["lead", "textrank"]
PublishedFrom = Literal["front matter", "metadata", "file name", "dateline", "first seen"]


VersionKind = Literal["first", "update", "correction", "repeat", "kill"]


@valueclass
class Entry:
    """An article, normalised: what feeds, pages and digests are made of.

    `html` is sanitised and has absolute addresses only; `content.text_in` gives its plain words.
    A wire story keeps its dateline printed there; byline and credits are taken out. `url` is the
    entry's own address elsewhere, or empty: then its page is ours (`page`); `canonical` is where
    the original of our page stands, if not there.

    `story` is what all versions of a wire story have in common, `version` the number that this one
    gives itself (0: none), `version_kind` what its marks say it is.

    `withdrawn` is when it was taken back, `withdrawal` says why: from then on its page says so
    and nothing else carries it. `left_out_of` names the feeds that do not carry it (`Feed.label`).
    """

    id: str
    slug: str
    path: str
    form: Form
    title: str
    published: datetime
    published_from: PublishedFrom
    language: str
    html: str
    summary: str
    summary_by: Literal["editor", "program"] = "program"
    updated: datetime | None = None
    correction: str = ""
    dateline: Dateline | None = None
    authors: tuple[Author, ...] = ()
    credit: str = ""
    section: Section | None = None
    tags: tuple[Tag, ...] = ()
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    assets: tuple[Asset, ...] = ()
    rights: str = ""
    url: str = ""
    draft: bool = False
    embargo: datetime | None = None
    expires: datetime | None = None
    withdrawn: datetime | None = None
    withdrawal: str = ""
    episode: Episode | None = None
    source: Source | None = None
    related: tuple[Reference, ...] = ()
    canonical: str = ""
    left_out_of: tuple[str, ...] = ()
    story: str = ""
    version: int = 0
    version_kind: VersionKind = "first"

    @property
    def page(self) -> str:
        """Path of its HTML page below the output folder."""
        return f"entries/{self.slug}.html"

    @property
    def changed(self) -> datetime:
        """When it last changed for its readers."""
        return self.updated or self.published

    def shown(self) -> tuple[datetime | None, datetime | None]:
        """From when on and until when readers may see it; None: never, and for ever."""
        begins = None if self.draft else max(self.published, self.embargo or self.published)
        ends = [moment for moment in (self.expires, self.withdrawn) if moment is not None]
        return begins, min(ends, default=None)

    def is_public(self, now: datetime) -> bool:
        """Whether readers may see it at `now`: no draft, not early, not over, not withdrawn."""
        return self._has_begun(now) and (self.withdrawn is None or now < self.withdrawn)

    def is_withdrawn(self, now: datetime) -> bool:
        """Whether its page has to say at `now` that it was taken back."""
        return self._has_begun(now) and self.withdrawn is not None and self.withdrawn <= now

    def _has_begun(self, now: datetime) -> bool:
        begins = max(self.published, self.embargo or self.published)
        return not self.draft and begins <= now and (self.expires is None or now < self.expires)


@valueclass
class Identity:
    """What the store remembers of an article for ever: no edit may move these."""

    id: str
    slug: str
    first_seen: datetime


@valueclass
class Reading:
    """What came of reading one article: its entry, and what an editor should know.

    `origins` says where values were read, by the name of each; `reasons` why a tag of the program's
    is there, by its slug, where the one who chose it says so.
    """

    entry: Entry
    findings: tuple[Finding, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
