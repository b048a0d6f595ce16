"""The nouns of publisher, frozen: the values that travel from room to room.

The words are those of the trade, one for each idea (docs/flow.md tells their way). All moments
are aware datetimes in UTC, to the second. All addresses of things that we publish come from
`Publication.address`, all paths below the output folder from the noun they belong to, so that
feeds, pages and mails can't disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal
from urllib.parse import quote, urljoin

from publisher.errors import describe


class Severity(StrEnum):
    """How bad a finding is: an ERROR must be mended and makes the run fail, a WARNING does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a person should know or mend.

    `what` is one sentence, `mend` what to do, `path` and `line` the place, `rule` the source
    that asks for it ("RFC 8058 section 3.1").
    """

    severity: Severity
    what: str
    mend: str = ""
    path: str = ""
    line: int | None = None
    rule: str = ""

    def __str__(self) -> str:
        return describe(self.what, self.mend, self.path, self.line)


# ---------------------------------------------------------------- articles and entries


class Form(StrEnum):
    """How an article is written."""

    WIRE = "wire"
    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """What an entry is about, and whether an editor or the program chose it."""

    name: str
    slug: str
    kind: TagKind = TagKind.TOPIC
    chosen_by: Literal["editor", "program"] = "program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote an entry."""

    name: str
    slug: str
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The part of the publication that an entry stands in ("World")."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """Place, agency and date as the trade prints them: `BEIJING, Oct. 27 (AP) --`.

    `place` is as printed ("BEIJING"; empty in `(CNN) --`), `agency` as printed ("AP") or empty,
    `date_text` the date as printed, `printed` the whole of it.
    """

    place: str
    agency: str = ""
    date_text: str = ""
    printed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture in an entry; `url` is absolute, sizes are in pixels where known."""

    url: str
    alt: str = ""
    caption: str = ""
    type: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with an entry (a podcast episode); `length` is in bytes, 0 if unknown."""

    url: str
    type: str
    length: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file beside an article that has to be published with it.

    `source` is its path below the articles folder, `path` where it goes below the output folder.
    """

    source: str
    path: str


PublishedFrom = Literal["front matter", "metadata", "dateline", "first seen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article, normalised: what feeds, pages and digests are made of.

    `html` is sanitised and has absolute addresses only; `text` is the same in plain words, a
    blank line between paragraphs. A wire story keeps its dateline printed in both; byline and
    credits are taken out. `url` is the entry's own address elsewhere, or empty: then its page is
    ours (`page`).
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
    text: str
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

    @property
    def page(self) -> str:
        """Path of its HTML page below the output folder."""
        return f"entries/{self.slug}.html"

    @property
    def changed(self) -> datetime:
        """When it last changed for its readers."""
        return self.updated or self.published

    def is_public(self, now: datetime) -> bool:
        """Whether readers may see it at `now`: no draft, not early, not over."""
        begins = max(self.published, self.embargo or self.published)
        return not self.draft and begins <= now and (self.expires is None or now < self.expires)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the store remembers of an article for ever: no edit may move these."""

    id: str
    slug: str
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading one article: its entry, and what an editor should know."""

    entry: Entry
    findings: tuple[Finding, ...] = ()


# ---------------------------------------------------------------- publication and feeds


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


# ---------------------------------------------------------------- newsletters and readers


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    """A title, a schedule, a template, a selection.

    `schedule` is as in publisher.toml ("daily at 07:00"), in `timezone`; a slot missed by more
    than `catch_up` is left out; `limit` is the most entries one edition carries; entries
    published before `since` never go out; `first` says whether the first edition waits for its
    slot or leaves with the first run.
    """

    name: str
    title: str
    schedule: str
    timezone: str
    sender_name: str
    sender: str
    reply_to: str = ""
    description: str = ""
    template: str = "digest"
    language: str = "en"
    selection: Selection = Selection()
    limit: int = 20
    catch_up: timedelta = timedelta(hours=6)
    since: date | None = None
    first: Literal["next slot", "at once"] = "next slot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person who asked for mail; `id` is the store's, `address` as they gave it."""

    id: int
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What one subscriber wants of one newsletter: all of it, or chosen topics."""

    subscriber: Subscriber
    newsletter: str
    topics: Selection = Selection()


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """All recipients of an edition who get the same entries."""

    number: int
    entries: tuple[Entry, ...]
    recipients: tuple[Subscriber, ...]


class Mark(StrEnum):
    """Where a recipient's own words go in a rendered message.

    Written with noncharacters (U+FDD0, U+FDD1), which content never contains because reading an
    article drops them: so no article can ask for another reader's links.
    """

    LEAVE = "\ufdd0leave\ufdd1"
    PREFERENCES = "\ufdd0preferences\ufdd1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a newsletter says to one segment, with a `Mark` where each recipient differs."""

    subject: str
    preheader: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Rendered words with all that their headers need; the same for a whole segment.

    `list_id` is a dotted name of our domain (RFC 2919), `archive` the address of the edition's
    page, `edition` its id ("daily-2026-11-23").
    """

    rendered: Rendered
    edition: str
    newsletter: str
    list_title: str
    list_id: str
    sender_name: str
    sender: str
    reply_to: str
    language: str
    date: datetime
    archive: str
    mailto_leave: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One subscriber as a message needs them; links are absolute and signed."""

    subscriber: int
    address: str
    name: str
    message_id: str
    leave: str
    preferences: str


class DeliveryState(StrEnum):
    """Where one delivery stands; sent, failed and held are final."""

    PENDING = "pending"
    CLAIMED = "claimed"
    STARTED = "started"
    DEFERRED = "deferred"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


class Outcome(StrEnum):
    """What a transport says of one message.

    ACCEPTED: the other side answers for it now. REFUSED: never (5xx). LATER: not now (4xx, or no
    connection; nothing was accepted). IN_DOUBT: the connection was lost after the final dot, so
    nobody knows.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"
    IN_DOUBT = "in doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A transport's answer for one message, with the other side's own words."""

    outcome: Outcome
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One delivery that this process, and no other, may now carry out; `id` is the ledger's.

    `owner` is who holds it: what comes back for one that was taken over meanwhile counts no more.
    """

    id: int
    edition: str
    segment: int
    subscriber: Subscriber
    attempts: int
    owner: str = ""
