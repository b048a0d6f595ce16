"""A feed as Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from publisher.feeds import generator
from publisher.feeds.frames import Frame
from publisher.feeds.generator import XML
from publisher.feeds.items import Head, Item, head
from publisher.feeds.moments import rfc3339
from publisher.model import Feed, Publication, Source

TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


def atom_frame(feed: Feed, publication: Publication) -> Frame:
    """The feed as Atom 1.0 in UTF-8, but for its entries."""
    about = head(feed, publication, "atom")
    root = generator.start_feed(about, generator.AtomExtension)
    _describe(root, about)
    generator.add_links(root, about, "link")
    _bury(root, about)
    return generator.atom_frame_of(root)


def atom_items(items: Sequence[Item]) -> list[bytes]:
    """What each item is in Atom."""
    if not items:
        return []
    root = generator.start_items(generator.AtomExtension)
    for item in items:
        _add(root, item)
    return generator.atom_items_of(root)


def _describe(root: Any, about: Head) -> None:
    if about.description:
        root.subtitle(about.description)
    # Section 4.1.1: it stands for each entry that has no author of its own.
    root.author(name=about.author, email=about.email)


def _bury(root: Any, about: Head) -> None:
    """A tombstone for each entry that was taken back (RFC 6721 section 3)."""
    if about.withdrawn:
        root.ours.declare("at", TOMBSTONES)
    for one in about.withdrawn:
        stone = root.ours.add(
            f"{{{TOMBSTONES}}}deleted-entry", attributes={"ref": one.id, "when": rfc3339(one.when)}
        )
        if one.why:
            etree.SubElement(stone, f"{{{TOMBSTONES}}}comment").text = one.why


def _add(root: Any, item: Item) -> None:
    entry = generator.add_item(root, item)
    if item.summary:
        entry.summary(item.summary)
    if item.authors:
        entry.author([{"name": a.name, "email": a.email, "uri": a.url} for a in item.authors])
    if item.rights:
        entry.rights(item.rights)
    ours = entry.ours
    if item.language:
        ours.attribute(f"{{{XML}}}lang", item.language)
    ours.add("published", rfc3339(item.published))
    ours.add("link", attributes={"rel": "alternate", "type": "text/html", "href": item.link})
    for file in item.enclosures:
        ours.add(
            "link",
            attributes={
                "rel": "enclosure",
                "type": file.type,
                "length": str(file.length or ""),
                "title": file.title,
                "href": file.url,
            },
        )
    for one in item.related:
        ours.add("link", attributes={"rel": "related", "title": one.title, "href": one.url})
    if item.source:
        _cite(ours, item.source, item)
    generator.add_images(entry, item)


def _cite(ours: Any, source: Source, item: Item) -> None:
    """The feed that the entry was taken over from (section 4.2.11)."""
    element = ours.add("source")
    etree.SubElement(element, "id").text = source.id
    etree.SubElement(element, "title").text = source.title
    # When that feed changed last nobody told us; not before the entry did.
    etree.SubElement(element, "updated").text = rfc3339(item.changed)
    etree.SubElement(element, "link", rel="self", href=source.feed)
    if source.page:
        etree.SubElement(element, "link", rel="alternate", href=source.page)
