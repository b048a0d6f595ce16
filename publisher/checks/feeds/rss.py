"""What is wrong with an RSS 2.0 feed."""

from __future__ import annotations

from typing import Any

from publisher.checks.feeds.common import (
    ATOM,
    MEDIA,
    Report,
    addresses,
    is_rfc822,
    is_rfc3339,
    is_web,
    moments,
    named,
    one,
    parsed,
    shown,
    text_of,
    unique,
)
from publisher.checks.feeds.content import check_html

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_PERMALINK = {"true", "1", None}


def check_rss(data: bytes, report: Report) -> None:
    root = parsed(data, "rss", report)
    if root is None:
        return
    channel = root.find("channel")
    if root.get("version") != "2.0" or channel is None:
        report.error("<rss> has no version 2.0 or no <channel>", "RSS 2.0", line=root.sourceline)
        return
    for name in ("title", "link", "description"):
        one(channel, name, "RSS 2.0", report)
    addresses(channel.findall("link"), report)
    moments(channel, ("pubDate", "lastBuildDate"), is_rfc822, report)
    if not any(link.get("rel") == "self" for link in channel.findall(f"{ATOM}link")):
        report.warning("the feed does not say its own address (atom:link)", "RSS profile")
    items = channel.findall("item")
    unique((item.findtext("guid") for item in items), "guid", report)
    for item in items:
        _check_item(item, report)


def _check_item(item: Any, report: Report) -> None:
    line = item.sourceline
    names = [child.tag for child in item]
    if "title" not in names and "description" not in names:
        report.error("an item has neither title nor description", "RSS 2.0", line=line)
    for name in ("title", "link", "description", "guid", "pubDate", "author", _CONTENT):
        if names.count(name) > 1:
            report.error(f"an item has more than one {shown(name)}", "RSS 2.0", line=line)
    if names.count("enclosure") > 1:
        report.error("an item has more than one enclosure", "RSS profile", line=line)
    if _CONTENT in names and "description" not in names[: names.index(_CONTENT)]:
        report.warning("content:encoded without a description before it", "RSS profile", line=line)
    _check_guid(item.find("guid"), line, report)
    addresses(item.findall("link"), report)
    addresses(item.findall("enclosure"), report, "url")
    addresses(item.findall(MEDIA), report, "url")
    for enclosure in item.findall("enclosure"):
        _check_enclosure(enclosure, report)
    for author in (*item.findall("author"), *item.findall(_CREATOR)):
        named(author, report)
    moments(item, ("pubDate",), is_rfc822, report)
    moments(item, (f"{ATOM}updated",), is_rfc3339, report)
    for name in ("description", _CONTENT):
        check_html(item.findtext(name) or "", line, report)


def _check_guid(guid: Any, line: int, report: Report) -> None:
    if guid is None or not text_of(guid):
        report.warning("an item has no guid, so an edit shows it again", "RSS profile", line=line)
    elif guid.get("isPermaLink") in _PERMALINK and not is_web(text_of(guid)):
        report.error(
            f"guid {text_of(guid)!r} is no web address",
            "RSS 2.0",
            line=guid.sourceline,
            mend='write isPermaLink="false"',
        )


def _check_enclosure(enclosure: Any, report: Report) -> None:
    if not (enclosure.get("length") or "").isdigit() or "/" not in (enclosure.get("type") or ""):
        report.error(
            "an enclosure has no length in bytes or no media type",
            "RSS 2.0",
            line=enclosure.sourceline,
            mend="write 0 for an unknown length",
        )
