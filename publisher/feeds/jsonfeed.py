"""A feed as JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json

from publisher.feeds.frames import Frame
from publisher.feeds.items import Head, Item, head
from publisher.feeds.moments import rfc3339
from publisher.model import Author, Enclosure, Feed, Publication, Source

# Custom objects begin with an underscore and hold what the format has no word for.
_EXTENSION = "_publisher"


_INDENT = b"    "  # of an item in the list


def json_frame(feed: Feed, publication: Publication) -> Frame:
    """The feed as JSON Feed 1.1 in UTF-8, indented, but for its items."""
    value = _present(_head(head(feed, publication, "json")) | {"items": []})
    start, _, end = _indented(value).rpartition(b"]")
    if not feed.entries:
        return Frame(start, b"]" + end + b"\n")
    return Frame(start + b"\n", b"\n  ]" + end + b"\n", b",\n")


def json_items(items: Sequence[Item]) -> list[bytes]:
    """What each item is in JSON Feed."""
    # No text in it has a line end of its own: JSON writes it as \\n.
    return [_INDENT + _indented(_item(item)).replace(b"\n", b"\n" + _INDENT) for item in items]


def _indented(value: dict[str, Any]) -> bytes:
    # A fifth of what Python's own encoder takes, which makes indented JSON without its C code.
    return to_json(value, indent=2)


def _head(about: Head) -> dict[str, Any]:
    mail = f"mailto:{about.email}" if about.email else ""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": about.title,
        "home_page_url": about.page,
        "feed_url": about.address,
        "description": about.description,
        "language": about.language,
        "authors": [_present({"name": about.author, "url": mail})],
        # The way back through the archives, as `prev-archive` is in the other formats.
        "next_url": about.previous,
        "hubs": [{"type": "WebSub", "url": about.hub}] if about.hub else [],
        _EXTENSION: _present({"rights": about.rights}),
    }


def _item(item: Item) -> dict[str, Any]:
    labels = dict.fromkeys(category.label for category in item.categories)
    return _present(
        {
            "id": item.id,
            "url": item.link,
            "title": item.title,
            "content_html": item.content,
            "summary": item.summary,
            "image": item.images[0].url if item.images else "",
            "date_published": rfc3339(item.published),
            "date_modified": rfc3339(item.updated) if item.updated else "",
            "authors": [_author(author) for author in item.authors],
            "tags": list(labels),
            "language": item.language,
            "attachments": [_attachment(file) for file in item.enclosures],
            _EXTENSION: _present(
                {
                    "rights": item.rights,
                    "related": [_present({"url": r.url, "title": r.title}) for r in item.related],
                    "source": _source(item.source) if item.source else None,
                }
            ),
        }
    )


def _author(author: Author) -> dict[str, Any]:
    # The specification: "The URL could be a mailto: link."
    mail = f"mailto:{author.email}" if author.email else ""
    return _present({"name": author.name, "url": author.url or mail})


def _attachment(file: Enclosure) -> dict[str, Any]:
    return _present(
        {
            "url": file.url,
            "mime_type": file.type,
            "title": file.title,
            "size_in_bytes": file.length,
            "duration_in_seconds": file.duration,
        }
    )


def _source(source: Source) -> dict[str, Any]:
    return _present({"title": source.title, "feed_url": source.feed, "home_page_url": source.page})


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that say something; `items` stays, it must be there even if empty."""
    return {key: value for key, value in fields.items() if value or key == "items"}
