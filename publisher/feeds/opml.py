"""All feeds of a publication in one OPML 2.0 file, for a feed reader to subscribe to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from lxml import etree

from publisher.feeds.characters import line
from publisher.feeds.items import head
from publisher.feeds.names import mail_address
from publisher.model import Feed, FeedFormat, Publication

_VERSIONS: dict[FeedFormat, str] = {"rss": "RSS2", "atom": "ATOM", "json": "JSON"}
_GROUPS = {"query": "Chosen", "section": "Sections", "tag": "Tags", "author": "Authors"}


def render_opml(feeds: Sequence[Feed], publication: Publication) -> bytes:
    """The list of `feeds` in UTF-8, in their order, each kind in a folder of its own.

    Each feed stands once, in its first format: with all of them a reader would subscribe to it
    three times. There is no dateCreated: it would change with each build.
    """
    root = etree.Element("opml", version="2.0")
    top = etree.SubElement(root, "head")
    etree.SubElement(top, "title").text = line(publication.title) or publication.domain
    if owner := line(publication.author):
        etree.SubElement(top, "ownerName").text = owner
    if email := mail_address(publication.email):
        etree.SubElement(top, "ownerEmail").text = email
    body = etree.SubElement(root, "body")
    for kind, group in groupby(feeds, key=lambda feed: feed.kind):
        words = _GROUPS.get(kind)
        parent = etree.SubElement(body, "outline", text=words) if words else body
        for feed in group:
            _outline(parent, feed, publication)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _outline(parent: Any, feed: Feed, publication: Publication) -> None:
    form = publication.formats[0]
    about = head(feed, publication, form)
    etree.SubElement(
        parent,
        "outline",
        type="rss",  # whichever it is, says OPML 2.0: the word for a subscription
        version=_VERSIONS[form],
        text=line(feed.name) or about.title,
        title=about.title,
        xmlUrl=about.address,
        htmlUrl=about.page,
        language=about.language,
    )
