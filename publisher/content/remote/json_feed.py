"""JSON Feed 1.0 and 1.1 as somebody wrote it (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from publisher.content.remote.entries import RemoteEntry, RemoteFeed, RemoteFile
from publisher.content.text.plain import plain_as_html
from publisher.errors import FetchError


def is_json(data: bytes) -> bool:
    """Whether it is JSON at all: XML and HTML begin otherwise."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def parse_json_feed(data: bytes, url: str, _media_type: str) -> RemoteFeed:
    """The feed; FetchError for JSON that is none. What is of the wrong kind is taken as missing."""
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as err:
        raise FetchError(f"{url} is no JSON that can be read ({type(err).__name__})") from None
    if not isinstance(told, dict) or not isinstance(told.get("items"), list):
        raise FetchError(f"{url} is JSON and no JSON Feed")
    return RemoteFeed(
        title=_title(told),
        address=_text(told, "feed_url") or url,
        page=_text(told, "home_page_url"),
        language=_text(told, "language"),
        authors=_people(told),
        entries=tuple(_entry(one, url) for one in _list(told, "items")),
    )


def _entry(item: dict[str, Any], url: str) -> RemoteEntry:
    link = _text(item, "url") or _text(item, "external_url")
    html = _text(item, "content_html") or plain_as_html(_text(item, "content_text"))
    return RemoteEntry(
        id=_text(item, "id"),
        title=_title(item),
        link=link,
        html=html,
        summary=plain_as_html(_text(item, "summary")),
        base=link or url,
        published=_moment(item, "date_published"),
        updated=_moment(item, "date_modified"),
        authors=_people(item),
        tags=tuple(one for one in _array(item, "tags") if isinstance(one, str)),
        language=_text(item, "language"),
        image=_text(item, "image") or _text(item, "banner_image"),
        files=tuple(_file(one) for one in _list(item, "attachments")),
    )


def _title(about: dict[str, Any]) -> str:
    return plain_as_html(_text(about, "title"))


def _file(one: dict[str, Any]) -> RemoteFile:
    size = one.get("size_in_bytes")
    return RemoteFile(
        url=_text(one, "url"),
        type=_text(one, "mime_type"),
        length=int(size) if isinstance(size, int | float) and 0 < size < 10**15 else 0,
        title=_text(one, "title"),
    )


def _people(about: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    # 1.0 knew one author only.
    people = _list(about, "authors") or _list({"authors": [about.get("author")]}, "authors")
    return tuple((_text(one, "name"), _text(one, "url")) for one in people)


def _moment(item: dict[str, Any], key: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(item, key))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _list(about: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [one for one in _array(about, key) if isinstance(one, dict)]


def _array(about: dict[str, Any], key: str) -> list[Any]:
    found = about.get(key)
    return found if isinstance(found, list) else []


def _text(about: dict[str, Any], key: str) -> str:
    found = about.get(key)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)  # an id may be a number, says the specification
    return found if isinstance(found, str) else ""
