"""The way into feedgen, and the only module that knows its traps.

feedgen 1.0.0 writes RSS and Atom; what it can't say, or says wrongly, is written by `Extension`,
its documented way to add elements. Each trap is named where it is stepped around.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from feedgen.feed import FeedGenerator
from lxml import etree

from publisher.feeds.frames import Frame
from publisher.feeds.items import Head, Item
from publisher.feeds.moments import NEVER, in_utc

XML = "http://www.w3.org/XML/1998/namespace"
ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
HISTORY = "http://purl.org/syndication/history/1.0"


class Extension:
    """Elements of ours for a feed or an entry: feedgen makes one for each and calls it back.

    It is found again as `.ours` of feedgen's own object.
    """

    namespaces: ClassVar[dict[str, str]] = {}

    def __init__(self) -> None:
        self._declared: dict[str, str] = {}
        self._elements: list[Any] = []
        self._attributes: dict[str, str] = {}

    def add(self, tag: str, text: str = "", attributes: Mapping[str, str] | None = None) -> Any:
        """Put an element at the end; blank attributes are left out. Gives it for its children."""
        element = etree.Element(tag, {k: v for k, v in (attributes or {}).items() if v})
        element.text = text or None
        self._elements.append(element)
        return element

    def attribute(self, name: str, value: str) -> None:
        """Set an attribute of the feed or entry itself."""
        self._attributes[name] = value

    def declare(self, prefix: str, namespace: str) -> None:
        """Declare one more prefix on the root, where only some feeds need it."""
        self._declared[prefix] = namespace

    def extend_ns(self) -> dict[str, str]:
        """For feedgen: the prefixes to declare on the root."""
        return self.namespaces | self._declared

    def extend_rss(self, parent: Any) -> None:
        """For feedgen, which hands over the root for a feed, though its elements stand in
        <channel>, and the item for an item.
        """
        self.extend_atom(parent[0] if parent.tag == "rss" else parent)

    def extend_atom(self, parent: Any) -> None:
        """For feedgen: write the elements below `parent`."""
        parent.attrib.update(self._attributes)
        parent.extend(self._elements)


class RssExtension(Extension):
    """What RSS borrows from other vocabularies; feedgen itself declares atom and content."""

    namespaces: ClassVar[dict[str, str]] = {"dc": DC, "media": MEDIA}


class AtomExtension(Extension):
    """What Atom borrows. The prefix atom stays undeclared: the W3C validator warns of it."""

    namespaces: ClassVar[dict[str, str]] = {"media": MEDIA}


def start_feed(head: Head, extension: type[Extension]) -> Any:
    """The object of feedgen for a feed with all that both formats say of it alike."""
    feed = FeedGenerator()
    feed.register_extension("ours", extension, extension)
    feed.id(head.id)
    feed.title(head.title)
    # The RSS <link> is the last one added, whatever its rel: so the page comes last.
    feed.link(href=head.address, rel="self", type=head.type)
    feed.link(href=head.page, rel="alternate", type="text/html")
    feed.language(head.language)
    feed.generator("publisher")  # or it names feedgen, with a version that changes the bytes
    if head.rights:
        feed.rights(head.rights)
    _date(feed, head.updated)
    return feed


def add_links(feed: Any, head: Head, tag: str) -> None:
    """The feed's links to its hub and its history, and the mark of an archive document.

    feedgen's own links lose these relations in RSS. `tag` is how the format writes atom:link.
    """
    for rel, address, kind in _relations(head):
        feed.ours.add(tag, attributes={"rel": rel, "type": kind, "href": address})
    if head.current:
        feed.ours.declare("fh", HISTORY)
        feed.ours.add(f"{{{HISTORY}}}archive")


def _relations(head: Head) -> Iterator[tuple[str, str, str]]:
    if head.hub:
        yield "hub", head.hub, ""  # W3C WebSub section 4
    if head.previous:
        yield "prev-archive", head.previous, head.type  # RFC 5005 section 4
    if head.current:
        yield "current", head.current, head.type


def add_item(feed: Any, item: Item) -> Any:
    """The object of feedgen for an item with all that both formats say of it alike.

    No dates but `updated` (setlocale again), and no links: in Atom each loses its rel, type and
    length, so that an enclosure turns into an alternate.
    """
    entry = feed.add_entry(order="append")  # without: the last one comes first
    entry.id(item.id)  # also the guid, with isPermaLink="false"
    entry.title(item.title)
    entry.updated(in_utc(item.changed))  # or the moment of the build
    # Without a type Atom shows the tags as text; with "CDATA" it writes type="CDATA".
    entry.content(item.content, type="html")
    if item.categories:
        # A list of dicts and nothing else. RSS shows the label, Atom both.
        entry.category(
            [{"term": c.term, "scheme": c.scheme, "label": c.label} for c in item.categories]
        )
    return entry


def add_images(entry: Any, item: Item) -> None:
    """The pictures as media:content, side by side.

    feedgen's own media extension always wraps them in a media:group, which says that all show
    the same thing, and which is an error around a single one.
    """
    for image in item.images:
        element = entry.ours.add(
            f"{{{MEDIA}}}content",
            attributes={
                "url": image.url,
                "medium": "image",
                "type": image.type,
                "width": str(image.width or ""),
                "height": str(image.height or ""),
            },
        )
        if image.caption and image.alt:
            etree.SubElement(element, f"{{{MEDIA}}}title", type="plain").text = image.caption
        if words := image.alt or image.caption:
            etree.SubElement(element, f"{{{MEDIA}}}description", type="plain").text = words


def start_items(extension: type[Extension]) -> Any:
    """An object of feedgen for nothing but items; what it says of itself is thrown away."""
    feed = FeedGenerator()
    feed.register_extension("ours", extension, extension)
    feed.id("urn:items")
    feed.title("items")
    feed.description("items")
    feed.link(href="https://items.invalid/", rel="alternate")
    _date(feed, NEVER)
    return feed


def _date(feed: Any, updated: datetime) -> None:
    # Left alone, this is the moment of the build with microseconds.
    feed.updated(in_utc(updated))
    # ... and also the RSS date, which feedgen formats by setlocale(), for the whole process and
    # against other threads. There is no public way to unset it; we write it ourselves.
    feed._FeedGenerator__rss_lastBuildDate = None  # noqa: SLF001


def rss_frame_of(feed: Any) -> Frame:
    """The finished RSS file without its items, one element a line."""
    return _frame(_hexadecimal(feed.rss_str(pretty=True)), b"  </channel>")


def atom_frame_of(feed: Any) -> Frame:
    """The finished Atom file without its entries, one element a line."""
    return _frame(_hexadecimal(feed.atom_str(pretty=True)), b"</feed>")


def rss_items_of(feed: Any) -> list[bytes]:
    """The items alone, as they stand in a file."""
    return _items(_hexadecimal(feed.rss_str(pretty=True)), b"    <item>", b"  </channel>")


def atom_items_of(feed: Any) -> list[bytes]:
    """The entries alone, as they stand in a file."""
    return _items(_hexadecimal(feed.atom_str(pretty=True)), b"  <entry", b"</feed>")


def _frame(xml: bytes, end: bytes) -> Frame:
    at = xml.rindex(end)
    return Frame(xml[:at], xml[at:])


def _items(xml: bytes, begin: bytes, end: bytes) -> list[bytes]:
    # No text can look like the begin of a line with a tag: a < in it is escaped.
    _, *found = xml[: xml.rindex(end) - 1].split(b"\n" + begin)
    return [begin + item + b"\n" for item in found]


_CONTENT = b"<content"


def _hexadecimal(xml: bytes) -> bytes:
    """Plain text with & and < written as hexadecimal references; content stays as it is.

    To a parser it is the same. The RSS Advisory Board's profile (section "Character Data") asks
    for it in titles, as the way that the most readers show right, and the W3C validator takes
    it as the sign that the text is meant to be plain.
    """
    parts = []
    at = 0
    while (begin := xml.find(_CONTENT, at)) >= 0:
        parts.append(_references(xml[at:begin]))
        at = xml.index(b"<", xml.index(b">", begin))
        parts.append(xml[begin:at])
    parts.append(_references(xml[at:]))
    return b"".join(parts)


def _references(xml: bytes) -> bytes:
    return xml.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
