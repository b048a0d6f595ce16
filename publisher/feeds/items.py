"""What a feed says of itself and of each entry, before any format: cleaned, checked, in order.

Whatever a format could choke on is mended or left out here, so that one bad entry costs a field
and never the feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape

from publisher.feeds.characters import clean, line
from publisher.feeds.moments import NEVER
from publisher.feeds.names import feed_id, mail_address, scheme_id, web_address
from publisher.model import (
    MEDIA_TYPES,
    Author,
    Enclosure,
    Entry,
    Episode,
    Feed,
    FeedFormat,
    Image,
    Podcast,
    Publication,
    Reference,
    Source,
)
from publisher.valueclass import valueclass

# The vocabulary of the numbers that `Tag.medtop` has.
_MEDIA_TOPICS = "http://cv.iptc.org/newscodes/mediatopic/"


@valueclass
class Head:
    """What a feed says of itself; `address` is its own, `page` the one for people.

    `hub` is where to ask for being told of changes (WebSub), `previous` the archive document
    before it; in an archive document `current` is the feed that it belongs to. Each of the three
    is empty where there is none.
    """

    id: str
    title: str
    description: str
    address: str
    type: str
    page: str
    language: str
    updated: datetime
    author: str
    email: str
    rights: str
    hub: str = ""
    previous: str = ""
    current: str = ""
    withdrawn: tuple[Withdrawal, ...] = ()
    podcast: Podcast | None = None


@valueclass
class Withdrawal:
    """An entry that was taken back: its id, when, and why."""

    id: str
    when: datetime
    why: str


@valueclass
class Category:
    """What an entry is filed under: `term` for programs, `label` for people."""

    term: str
    scheme: str
    label: str


@valueclass
class Item:
    """What a feed says of an entry; texts are plain but for `content`, which is HTML.

    `language` is empty where it is the feed's. `updated` is None if nothing changed since.
    """

    id: str
    title: str
    link: str
    summary: str
    content: str
    language: str
    published: datetime
    updated: datetime | None
    authors: tuple[Author, ...]
    categories: tuple[Category, ...]
    images: tuple[Image, ...]
    enclosures: tuple[Enclosure, ...]
    rights: str
    related: tuple[Reference, ...] = ()
    source: Source | None = None
    episode: Episode | None = None

    @property
    def changed(self) -> datetime:
        """When it last changed for its readers."""
        return self.updated or self.published


def head(feed: Feed, publication: Publication, form: FeedFormat) -> Head:
    """What `feed` says of itself in this format."""
    title = line(feed.title) or publication.domain
    withdrawn = tuple(_withdrawals(feed))
    moments = [*(entry.changed for entry in feed.entries), *(one.when for one in withdrawn)]
    previous = feed.path_of(form, feed.previous) if feed.previous else ""
    return Head(
        id=feed_id(feed, publication),
        title=title,
        description=line(feed.description) or line(publication.description),
        address=_ours(publication, feed.path(form)),
        type=MEDIA_TYPES[form],
        page=_ours(publication, feed.page if publication.pages else ""),
        language=publication.language,
        updated=max(moments, default=NEVER),
        author=line(publication.author) or line(publication.title) or publication.domain,
        email=mail_address(publication.email),
        rights=line(publication.rights),
        # Nothing new will come in an archive document.
        hub="" if feed.archive else web_address(publication.hub),
        previous=_ours(publication, previous) if previous else "",
        current=_ours(publication, feed.path_of(form, 0)) if feed.archive else "",
        withdrawn=withdrawn,
        podcast=feed.podcast,
    )


def _withdrawals(feed: Feed) -> Iterator[Withdrawal]:
    for entry in feed.withdrawn:
        if entry.withdrawn is not None:
            yield Withdrawal(id=line(entry.id), when=entry.withdrawn, why=line(entry.withdrawal))


def items(entries: Iterable[Entry], publication: Publication) -> list[Item]:
    """What feeds say of each of these entries, in all formats."""
    return [_item(entry, publication) for entry in entries]


def _item(entry: Entry, publication: Publication) -> Item:
    title = line(entry.title) or entry.slug
    summary = line(entry.summary)
    return Item(
        id=line(entry.id),
        title=title,
        link=web_address(publication.link(entry)) or _ours(publication, entry.page),
        summary=summary,
        content=_correction(entry) + (clean(entry.html).strip() or _paragraph(summary or title)),
        language="" if entry.language == publication.language else line(entry.language),
        published=entry.published,
        updated=entry.updated,
        authors=tuple(_authors(entry)),
        categories=tuple(_categories(entry, publication)),
        images=tuple(_images(entry)),
        enclosures=tuple(_enclosures(entry)),
        rights=line(entry.rights),
        related=tuple(_related(entry)),
        source=_source(entry.source) if entry.source else None,
        episode=entry.episode,
    )


def _ours(publication: Publication, path: str) -> str:
    address = publication.address(path)
    return web_address(address) or address


def _paragraph(text: str) -> str:
    return f"<p>{escape(text, quote=False)}</p>"


def _correction(entry: Entry) -> str:
    """The correction in words: who reads a feed never sees the page's own note."""
    text = line(entry.correction)
    return f"<p><em>Correction: {escape(text, quote=False)}</em></p>\n" if text else ""


def _authors(entry: Entry) -> Iterator[Author]:
    for author in entry.authors:
        if name := line(author.name):  # a blank name is worse than none (the validator warns)
            yield Author(
                name=name,
                slug=author.slug,
                email=mail_address(author.email),
                url=web_address(author.url),
            )


def _categories(entry: Entry, publication: Publication) -> Iterator[Category]:
    """Section and tags, each once: feedgen and most readers keep doubles."""
    named = [("sections", entry.section.name, entry.section.slug, "")] if entry.section else []
    named += [(f"tags/{tag.kind}", tag.name, tag.slug, tag.medtop) for tag in entry.tags]
    seen = set()
    for kind, name, slug, medtop in named:
        label = line(name)
        term = slug or label
        if label and (kind, term) not in seen:
            seen.add((kind, term))
            scheme = _MEDIA_TOPICS + medtop if medtop else scheme_id(kind, publication)
            yield Category(term=term, scheme=scheme, label=label)


def _images(entry: Entry) -> Iterator[Image]:
    for image in entry.images:
        if url := web_address(image.url):
            yield Image(
                url=url,
                alt=line(image.alt),
                caption=line(image.caption),
                type=image.type if _is_media_type(image.type) else "",
                width=image.width if image.width and image.width > 0 else None,
                height=image.height if image.height and image.height > 0 else None,
            )


def _enclosures(entry: Entry) -> Iterator[Enclosure]:
    for file in entry.enclosures:
        if url := web_address(file.url):
            yield Enclosure(
                url=url,
                # All three formats want a type; this is the one for "some bytes" (RFC 2046).
                type=file.type if _is_media_type(file.type) else "application/octet-stream",
                length=max(file.length, 0),
                title=line(file.title),
                duration=max(file.duration, 0),
            )


def _related(entry: Entry) -> Iterator[Reference]:
    for one in entry.related:
        if url := web_address(one.url):
            yield Reference(url=url, title=line(one.title))


def _source(source: Source) -> Source | None:
    feed, page = web_address(source.feed), web_address(source.page)
    title = line(source.title)
    if not (title and (feed or page)):
        return None
    return Source(title=title, feed=feed or page, page=page, id=line(source.id) or feed or page)


def _is_media_type(text: str) -> bool:
    kind, slash, name = text.partition("/")
    return bool(slash) and all(
        part.isascii() and part.replace("-", "").replace("+", "").replace(".", "").isalnum()
        for part in (kind, name)
    )
