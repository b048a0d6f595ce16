"""What is wrong with a JSON Feed (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from publisher.checks.feeds.common import CONTROL, Report, is_rfc3339, is_web, unique
from publisher.checks.feeds.content import check_html

_JSON = "JSON Feed 1.1"


def check_json(data: bytes, report: Report) -> None:
    try:
        feed = json.loads(data)
    except ValueError as err:  # a JSONDecodeError, or a number that no program can hold
        report.error(f"the feed is not JSON: {err}", "RFC 8259", line=getattr(err, "lineno", None))
        return
    except RecursionError:
        report.error("the feed is nested too deeply", "RFC 8259 section 9")
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        report.error("the feed has no list of items", _JSON)
        return
    if not str(feed.get("version")).startswith("https://jsonfeed.org/version/1"):
        report.error("the feed has no version of JSON Feed", _JSON)
    if not _said(feed.get("title")):
        report.error("the feed has no title", _JSON)
    _json_addresses(feed, ("home_page_url", "feed_url"), "the feed", report)
    unique((_said(item.get("id")) for item in items), "id", report)
    for item in items:
        _check_json_item(item, report)
    for text in _strings(feed):
        if CONTROL.search(text):
            report.error(f"control characters in {text[:40]!r}", "RFC 8259 section 7")


def _check_json_item(item: dict[str, Any], report: Report) -> None:
    name = f"item {item.get('id')!r}"
    if not _said(item.get("id")):
        report.error("an item has no id", _JSON)
    if not any(isinstance(item.get(key), str) for key in ("content_html", "content_text")):
        report.error(f"{name} has neither content_html nor content_text", _JSON)
    _json_addresses(item, ("url", "external_url", "image", "banner_image"), name, report)
    for key in ("date_published", "date_modified"):
        if key in item and not is_rfc3339(str(item[key])):
            report.error(f"{name}: {key} {item[key]!r} is no date", "RFC 3339 section 5.6")
    for author in _dicts(item.get("authors")):
        if not any(_said(author.get(key)) for key in ("name", "url", "avatar")):
            report.error(f"{name} has an author without a name", _JSON)
    for file in _dicts(item.get("attachments")):
        if not _said(file.get("url")) or "/" not in str(file.get("mime_type")):
            report.error(f"{name} has an attachment without url or mime_type", _JSON)
        _json_addresses(file, ("url",), name, report)
    check_html(str(item.get("content_html") or ""), None, report, name)


def _json_addresses(
    fields: dict[str, Any], keys: tuple[str, ...], whose: str, report: Report
) -> None:
    for key in keys:
        if key in fields and not is_web(str(fields[key])):
            report.error(f"{whose}: {key} {fields[key]!r} is no web address", _JSON)


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
