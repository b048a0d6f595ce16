"""What is wrong with a JSON Feed (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from publisher.checks.feeds.common import (
    CONTROL,
    Report,
    check_order,
    is_language,
    is_media_type,
    is_rfc3339,
    is_web,
    repeated,
)
from publisher.checks.feeds.content import check_html

_JSON = "JSON Feed 1.1"
_FEED_URLS = ("home_page_url", "feed_url", "next_url", "icon", "favicon", "user_comment")
_ITEM_URLS = ("url", "external_url", "image", "banner_image")


def check_json(data: bytes, report: Report) -> None:
    try:
        feed = json.loads(data)
    except ValueError as err:  # a JSONDecodeError, or a number that no program can hold
        report.error(
            f"the feed is not JSON: {err}",
            "RFC 8259",
            line=getattr(err, "lineno", None),
            mend="write it with a program that knows JSON",
        )
        return
    except RecursionError:
        report.error("the feed is nested too deeply", "RFC 8259 section 9", mend="nest it less")
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        report.error("the feed has no list of items", _JSON, mend='write "items": [...]')
        return
    lines = _Lines(data)
    _check_feed(feed, report)
    for id_ in repeated(_said(item.get("id")) for item in items):
        report.error(
            f"the id {id_!r} stands twice",
            _JSON,
            line=lines.last(id_),
            mend="give each article an id of its own",
        )
    check_order(
        "",
        "",
        [str(item.get("date_published", "")) for item in items],
        datetime.fromisoformat,
        report,
    )
    for item in items:
        _check_item(item, lines.of(_said(item.get("id"))), report)
    for text in _strings(feed):
        if CONTROL.search(text):
            report.error(
                f"control characters in {text[:40]!r}",
                "RFC 8259 section 7",
                mend="take them out",
            )


def _check_feed(feed: dict[str, Any], report: Report) -> None:
    if not str(feed.get("version")).startswith("https://jsonfeed.org/version/1"):
        report.error(
            "the feed has no version of JSON Feed",
            _JSON,
            mend='write "version": "https://jsonfeed.org/version/1.1"',
        )
    if not _said(feed.get("title")):
        report.error("the feed has no title", _JSON, mend='write "title"')
    _check_addresses(feed, _FEED_URLS[:-1], "the feed", None, report)
    if not _said(feed.get("feed_url")):
        report.warning("the feed does not say its own address", _JSON, mend='write "feed_url"')
    _check_language(feed, "the feed", None, report)
    _check_people(feed, "the feed", None, report)


def _check_item(item: dict[str, Any], line: int | None, report: Report) -> None:
    name = f"item {item.get('id')!r}"
    if not _said(item.get("id")):
        report.error("an item has no id", _JSON, line=line, mend='write "id", a string')
    if not any(isinstance(item.get(key), str) for key in ("content_html", "content_text")):
        report.error(
            f"{name} has neither content_html nor content_text",
            _JSON,
            line=line,
            mend="write one of them",
        )
    _check_addresses(item, _ITEM_URLS, name, line, report)
    _check_dates(item, name, line, report)
    _check_language(item, name, line, report)
    _check_people(item, name, line, report)
    tags = item.get("tags", [])
    if not isinstance(tags, list) or not all(map(_said, tags)):
        report.error(
            f"{name} has tags that are no list of words", _JSON, line=line, mend='"tags": ["a"]'
        )
    for file in _dicts(item.get("attachments")):
        if not _said(file.get("url")):
            report.error(f"{name} has an attachment without url", _JSON, line=line, mend="add it")
        if not is_media_type(str(file.get("mime_type"))):
            report.error(
                f"{name} has an attachment without mime_type",
                _JSON,
                line=line,
                mend="write it as audio/mpeg",
            )
        for key in ("size_in_bytes", "duration_in_seconds"):
            if not isinstance(file.get(key, 0), int | float):
                report.error(
                    f"{name}: {key} is no number", _JSON, line=line, mend="take off quotes"
                )
        _check_addresses(file, ("url",), name, line, report)
    check_html(str(item.get("content_html") or ""), line, report, name)


def _check_dates(item: dict[str, Any], name: str, line: int | None, report: Report) -> None:
    dates = [str(item[key]) for key in ("date_published", "date_modified") if key in item]
    for key in ("date_published", "date_modified"):
        if key in item and not is_rfc3339(str(item[key])):
            report.error(
                f"{name}: {key} {item[key]!r} is no date",
                "RFC 3339 section 5.6",
                line=line,
                mend="write it as 2026-10-27T12:00:00Z",
            )
    if len(dates) == 2 and all(map(is_rfc3339, dates)):
        published, modified = map(datetime.fromisoformat, dates)
        if modified < published:
            report.warning(
                f"{name} was updated before it was published",
                _JSON,
                line=line,
                mend="set date_modified to a later moment, or leave it out",
            )


def _check_language(fields: dict[str, Any], name: str, line: int | None, report: Report) -> None:
    if "language" in fields and not is_language(str(fields["language"])):
        report.error(
            f"{name}: language {fields['language']!r} is no language tag",
            "BCP 47",
            line=line,
            mend="write it as en or pt-BR",
        )


def _check_people(fields: dict[str, Any], name: str, line: int | None, report: Report) -> None:
    for author in _dicts(fields.get("authors")):
        if not any(_said(author.get(key)) for key in ("name", "url", "avatar")):
            report.error(
                f"{name} has an author without a name", _JSON, line=line, mend='write "name"'
            )
        _check_addresses(author, ("url", "avatar"), name, line, report)


def _check_addresses(
    fields: dict[str, Any], keys: tuple[str, ...], whose: str, line: int | None, report: Report
) -> None:
    for key in keys:
        if fields.get(key) and not (key == "url" and str(fields[key]).startswith("mailto:")):
            address = str(fields[key])
            if not is_web(address):
                report.error(
                    f"{whose}: {key} {fields[key]!r} is no web address",
                    _JSON,
                    line=line,
                    mend="write the whole address, from https: on",
                )


class _Lines:
    """On which line of the file an item's id stands, which is all that JSON leaves of places."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at, self._count = 0, 1  # a place, and on which line that is

    def of(self, id_: str) -> int | None:
        if not id_:
            return None
        # They are asked for in their order: below the last one, as a rule.
        written = _written(id_)
        at = self._data.find(written, self._at)
        return self._line(self._data.find(written) if at < 0 else at)

    def last(self, id_: str) -> int | None:
        return self._line(self._data.rfind(_written(id_)))

    def _line(self, at: int) -> int | None:
        if at < 0:
            return None
        if at < self._at:
            self._at, self._count = 0, 1
        self._count += self._data.count(b"\n", self._at, at)
        self._at = at
        return self._count


def _written(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    return (
        (each for each in value if isinstance(each, dict)) if isinstance(value, list) else iter(())
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _said(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
