"""What page templates are given: plain frozen values, every address ready to be written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import unescape

from markupsafe import Markup

from publisher.model import (
    MEDIA_TYPES,
    Author,
    Entry,
    Feed,
    FeedFormat,
    Publication,
    Section,
    Tag,
)
from publisher.pages.language import Moment, direction, spell_moment
from publisher.pages.relative import relative, relative_links
from publisher.valueclass import valueclass

# Where the page of a feed is, by the feed's kind and slug.
FeedPages = Mapping[tuple[str, str], str]

_TAG = re.compile(r"<[^<>]*>")
_OPENING = 1000  # characters of a body, in which a dateline is, if it opens with one

_FORMAT_NAMES: dict[FeedFormat, str] = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


@valueclass
class Address:
    """One format of a feed: `href` leads there from this page, `address` is what readers copy."""

    format: str
    type: str
    title: str
    href: str
    address: str


@valueclass
class FeedView:
    """A feed: `kind` is all, query, tag, author or section; `href` its page."""

    kind: str
    name: str
    title: str
    href: str
    addresses: tuple[Address, ...]


@valueclass
class PageView:
    """What the head of a page says of it; `alternates` are the feeds that it names.

    `style` leads to the looks of all pages, or is "" where they have to stand in the page.
    """

    title: str
    full_title: str
    description: str
    language: str
    direction: str
    canonical: str
    alternates: tuple[Address, ...]
    style: str


@valueclass
class FrameView:
    """The publication as its pages frame it: `home` leads to index.html."""

    title: str
    description: str
    language: str
    direction: str
    home: str
    is_home: bool
    email: str
    rights: str


@valueclass
class LinkView:
    """A name with an address, or with "" where it leads nowhere."""

    name: str
    href: str


@valueclass
class ImageView:
    """A picture; sizes are in pixels, or None where they aren't known."""

    src: str
    alt: str
    caption: str
    width: int | None
    height: int | None


@valueclass
class FileView:
    """A file that goes with an entry; `size` is for people ("12 MB"), or empty."""

    name: str
    href: str
    size: str


@valueclass
class EntryView:
    """An entry in a list."""

    title: str
    href: str
    language: str
    direction: str
    section: str
    place: str
    authors: tuple[str, ...]
    published: Moment
    updated: Moment | None
    correction: str
    summary: str


@valueclass
class StoryView:
    """An entry on its own page, with all that it has.

    `run_in` says that the body opens with a paragraph, so that the dateline may stand in its
    first line, as in print.
    """

    title: str
    language: str
    direction: str
    section: LinkView | None
    dateline: str
    run_in: bool
    authors: tuple[LinkView, ...]
    credit: str
    published: Moment
    updated: Moment | None
    correction: str
    summary: str
    image: ImageView | None
    body: Markup
    files: tuple[FileView, ...]
    tags: tuple[LinkView, ...]
    rights: str
    original: str
    related: tuple[LinkView, ...]
    source: LinkView | None


@valueclass
class WithdrawnView:
    """What is left of an entry that was taken back: its title, when, and why."""

    title: str
    language: str
    direction: str
    published: Moment
    withdrawn: Moment
    why: str


@valueclass
class NewsletterView:
    """A newsletter: when it is due, and in which time zone."""

    title: str
    description: str
    schedule: str
    timezone: str


@valueclass
class EditionView:
    """A past edition of a newsletter."""

    title: str
    href: str
    newsletter: str
    date: Moment


@valueclass
class EditionLink:
    """A past edition to list: `path` is its page's below the output folder, `slot` when it was due.

    `newsletter` is the newsletter's title.
    """

    title: str
    path: str
    slot: datetime
    newsletter: str


class Viewer:
    """Makes views for one page, whose path below the output folder is `origin`.

    Without one, the page stands elsewhere, and all addresses are absolute.
    """

    def __init__(self, publication: Publication, origin: str | None) -> None:
        self._publication = publication
        self._origin = origin

    def leads_to(self, path: str) -> str:
        """The address of a file of ours as this page has to write it."""
        if self._origin is None:
            return self._publication.address(path)
        return relative(path, self._origin)

    def feed(self, feed: Feed) -> FeedView:
        """A feed with the addresses of its formats."""
        return FeedView(
            kind=feed.kind,
            name=feed.name,
            title=feed.title,
            href=self.leads_to(feed.page),
            addresses=tuple(self._address(feed, form) for form in self._publication.formats),
        )

    def frame(self, *, is_home: bool) -> FrameView:
        """The publication around a page."""
        publication = self._publication
        return FrameView(
            title=publication.title,
            description=publication.description,
            language=publication.language,
            direction=direction(publication.language),
            home=self.leads_to("index.html"),
            is_home=is_home,
            email=publication.email,
            rights=publication.rights,
        )

    def entries(self, entries: Iterable[Entry]) -> tuple[EntryView, ...]:
        """Entries for a list, in the order given."""
        return tuple(self._entry(entry) for entry in entries)

    def story(self, entry: Entry, pages: FeedPages) -> StoryView:
        """An entry in full; names that have a feed lead to its page."""

        def link(kind: str, named: Section | Author | Tag, otherwise: str = "") -> LinkView:
            page = pages.get((kind, named.slug))
            return LinkView(name=named.name, href=self.leads_to(page) if page else otherwise)

        body = entry.html
        if self._origin is not None:
            body = relative_links(body, self._publication, self._origin)
        dateline = "" if _opens_with_dateline(entry) else _dateline(entry)
        return StoryView(
            title=entry.title,
            language=entry.language,
            direction=direction(entry.language),
            section=link("section", entry.section) if entry.section else None,
            dateline=dateline,
            run_in=bool(dateline) and body.lstrip().startswith("<p>"),
            authors=tuple(link("author", one, one.url) for one in entry.authors),
            credit=entry.credit,
            published=self._moment(entry.published),
            updated=self._updated(entry),
            correction=entry.correction,
            summary=entry.summary,
            image=self._image(entry),
            # Sanitised when the article was read: the one thing that is not escaped here.
            body=Markup(body),  # noqa: S704
            files=tuple(
                FileView(
                    name=one.title or one.url.rpartition("/")[2] or one.url,
                    href=self._ours(one.url),
                    size=_size(one.length),
                )
                for one in entry.enclosures
            ),
            tags=tuple(link("tag", one) for one in entry.tags),
            rights=entry.rights or self._publication.rights,
            original=entry.url or entry.canonical,
            related=tuple(LinkView(name=r.title or r.url, href=r.url) for r in entry.related),
            source=LinkView(name=entry.source.title, href=entry.source.page or entry.source.feed)
            if entry.source
            else None,
        )

    def withdrawn(self, entry: Entry) -> WithdrawnView:
        """An entry that was taken back."""
        return WithdrawnView(
            title=entry.title,
            language=entry.language,
            direction=direction(entry.language),
            published=self._moment(entry.published),
            withdrawn=self._moment(entry.withdrawn or entry.changed),
            why=entry.withdrawal,
        )

    def editions(self, editions: Sequence[EditionLink]) -> tuple[EditionView, ...]:
        """Past editions, the newest first."""
        ordered = sorted(editions, key=lambda one: (one.slot, one.path), reverse=True)
        return tuple(
            EditionView(
                title=one.title,
                href=self.leads_to(one.path),
                newsletter=one.newsletter,
                date=self._moment(one.slot),
            )
            for one in ordered
        )

    def _address(self, feed: Feed, form: FeedFormat) -> Address:
        return Address(
            format=_FORMAT_NAMES[form],
            type=MEDIA_TYPES[form],
            title=f"{feed.title} ({_FORMAT_NAMES[form]})",
            href=self.leads_to(feed.path(form)),
            address=self._publication.address(feed.path(form)),
        )

    def _entry(self, entry: Entry) -> EntryView:
        return EntryView(
            title=entry.title,
            href=entry.url or self.leads_to(entry.page),
            language=entry.language,
            direction=direction(entry.language),
            section=entry.section.name if entry.section else "",
            place=entry.dateline.place if entry.dateline else "",
            authors=tuple(one.name for one in entry.authors),
            published=self._moment(entry.published),
            updated=self._updated(entry),
            correction=entry.correction,
            summary=entry.summary,
        )

    def _moment(self, moment: datetime) -> Moment:
        return spell_moment(moment, self._publication.timezone, self._publication.language)

    def _updated(self, entry: Entry) -> Moment | None:
        later = entry.updated is not None and entry.updated > entry.published
        return self._moment(entry.changed) if later else None

    def _ours(self, url: str) -> str:
        rest = url.removeprefix(self._publication.url)
        if self._origin is None or rest == url or not rest.startswith(("media/", "entries/")):
            return url
        return "../" * self._origin.count("/") + rest

    def _image(self, entry: Entry) -> ImageView | None:
        """The first picture, unless the body shows it already."""
        if not entry.images or entry.images[0].url in entry.html.replace("&amp;", "&"):
            return None
        image = entry.images[0]
        return ImageView(
            src=self._ours(image.url),
            alt=image.alt,
            caption=image.caption,
            width=image.width,
            height=image.height,
        )


def _opens_with_dateline(entry: Entry) -> bool:
    """Whether the body says it already, as wire copy does."""
    if entry.dateline is None or not entry.dateline.printed:
        return False
    opening = unescape(_TAG.sub("", entry.html[:_OPENING]))
    return " ".join(opening.split()).startswith(" ".join(entry.dateline.printed.split()))


def _dateline(entry: Entry) -> str:
    """The dateline as printed, with a proper dash if a dash joins it to the text."""
    if entry.dateline is None:
        return ""
    printed = entry.dateline.printed.strip()
    words = printed.rstrip(" -–—―")
    return (f"{words} —" if words != printed else words) if words else entry.dateline.place


def _size(length: int) -> str:
    """Bytes for people, in units of 1,000; empty if the length isn't known."""
    if length <= 0:
        return ""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if length >= size:
            return f"{length / size:.1f} {unit}"
    return f"{length} bytes"
