"""What is wrong with an RSS 2.0 feed."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Any

from publisher.checks.feeds.common import (
    ATOM,
    MEDIA,
    Family,
    Report,
    addresses,
    at_most_one,
    check_order,
    is_language,
    is_mail,
    is_media_type,
    is_rfc822,
    is_rfc3339,
    is_web,
    moments,
    named,
    one,
    only_known,
    parsed,
    text_of,
    unique,
)
from publisher.checks.feeds.content import check_html

_RULE = "RSS 2.0"
_PROFILE = "RSS profile"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_PERMALINK = {"true", "1", None}
_CHANNEL = frozenset(
    [
        "title",
        "link",
        "description",
        "language",
        "copyright",
        "managingEditor",
        "webMaster",
        "pubDate",
        "lastBuildDate",
        "category",
        "generator",
        "docs",
        "cloud",
        "ttl",
        "image",
        "rating",
        "textInput",
        "skipHours",
        "skipDays",
        "item",
    ]
)
_ITEM = frozenset(
    [
        "title",
        "link",
        "description",
        "author",
        "category",
        "comments",
        "enclosure",
        "guid",
        "pubDate",
        "source",
    ]
)
_ONCE = frozenset(
    ["language", "copyright", "pubDate", "lastBuildDate", "generator", "ttl", "image"]
)
_ONCE_AN_ITEM = frozenset(
    ["title", "link", "description", "guid", "pubDate", "author", "source", _CONTENT]
)
_DAYS = frozenset(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)


def check_rss(data: bytes, report: Report) -> None:
    root = parsed(data, "rss", report)
    if root is None:
        return
    whole = Family(root)
    if root.get("version") != "2.0" or whole.first("channel") is None:
        report.error(
            "<rss> has no version 2.0 or no <channel>",
            _RULE,
            line=root.sourceline,
            mend='write <rss version="2.0"><channel>',
        )
        return
    channel = Family(whole.first("channel"))
    only_known(whole, frozenset(["channel"]), "", _RULE, report)
    only_known(channel, _CHANNEL, "", _RULE, report)
    for name in ("title", "link", "description"):
        one(channel, name, _RULE, report)
    at_most_one(channel, _ONCE, _RULE, report)
    addresses(channel.all("link"), report)
    addresses(channel.all("docs"), report)
    moments(channel, ("pubDate", "lastBuildDate"), is_rfc822, report)
    _check_channel(channel, report)
    if not any(link.get("rel") == "self" for link in channel.all(f"{ATOM}link")):
        report.warning(
            "the feed does not say its own address (atom:link)",
            _PROFILE,
            line=channel.line,
            mend='add <atom:link rel="self" href="..."/>',
        )
    addresses(channel.all(f"{ATOM}link"), report, "href")
    items = [Family(item) for item in channel.all("item")]
    unique(items, "guid", report)
    check_order(
        text_of(channel.first("lastBuildDate")),
        "lastBuildDate",
        [text_of(item.first("pubDate")) for item in items],
        parsedate_to_datetime,
        report,
    )
    for item in items:
        _check_item(item, report)


def _check_channel(channel: Family, report: Report) -> None:
    """What a feed may say of itself."""
    for element in channel.all("language"):
        if not is_language(text_of(element)):
            report.error(
                f"language {text_of(element)!r} is no language tag",
                "BCP 47",
                line=element.sourceline,
                mend="write it as en or pt-BR",
            )
    for element in channel.all("ttl"):
        if not text_of(element).isdigit():
            report.error(
                f"ttl {text_of(element)!r} is no number of minutes",
                _RULE,
                line=element.sourceline,
                mend="write minutes in digits",
            )
    for name in ("managingEditor", "webMaster"):
        _check_contacts(channel.all(name), report)
    _check_skipped(channel, report)
    for image in channel.all("image"):
        parts = Family(image)
        for name in ("url", "title", "link"):
            one(parts, name, _RULE, report)
        addresses([*parts.all("url"), *parts.all("link")], report)
        for name, most in (("width", 144), ("height", 400)):
            for element in parts.all(name):
                size = text_of(element)
                if not size.isdigit() or not 0 < int(size) <= most:
                    report.error(
                        f"the {name} {size!r} of the image is none from 1 to {most}",
                        _RULE,
                        line=element.sourceline,
                        mend=f"make the image smaller, or leave {name} out",
                    )


def _check_skipped(channel: Family, report: Report) -> None:
    whole = channel.parent
    for element in (*whole.iterfind("skipHours/hour"), *whole.iterfind("skipDays/day")):
        value = text_of(element)
        good = value.isdigit() and int(value) <= 23 if element.tag == "hour" else value in _DAYS
        if not good:
            report.error(
                f"{element.tag} {value!r} is none that could be skipped",
                _RULE,
                line=element.sourceline,
                mend="write hours from 0 to 23, days as Monday",
            )


def _check_item(item: Family, report: Report) -> None:
    line, names = item.line, item.tags
    if "title" not in names and "description" not in names:
        report.error(
            "an item has neither title nor description",
            _RULE,
            line=line,
            mend="give it a title",
        )
    only_known(item, _ITEM, "", _RULE, report)
    at_most_one(item, _ONCE_AN_ITEM, _RULE, report)
    at_most_one(item, frozenset(["enclosure"]), _PROFILE, report)
    if _CONTENT in names and "description" not in names[: names.index(_CONTENT)]:
        report.warning(
            "content:encoded without a description before it",
            _PROFILE,
            line=line,
            mend="write a description, and the content behind it",
        )
    _check_guid(item.first("guid"), line, report)
    addresses([*item.all("link"), *item.all("comments")], report)
    for name in ("enclosure", MEDIA, "source"):
        addresses(item.all(name), report, "url")
    for enclosure in item.all("enclosure"):
        _check_enclosure(enclosure, report)
    _check_contacts(item.all("author"), report)
    for creator in item.all(_CREATOR):
        named(creator, report)
    moments(item, ("pubDate",), is_rfc822, report)
    moments(item, (f"{ATOM}updated",), is_rfc3339, report)
    title = item.first("title")
    if found := _TAG.search(text_of(title)):
        report.warning(
            f"a title has {found[0][:40]!r} in it, which some readers show and others run",
            "RSS profile, title",
            line=title.sourceline,
            mend="write titles as plain text, < as &#x3C;",
        )
    for name in ("description", _CONTENT):
        for element in item.all(name)[:1]:
            check_html(element.text or "", line, report)


def _check_contacts(elements: list[Any], report: Report) -> None:
    for element in elements:
        text = text_of(element)
        if text and not is_mail(text):
            report.error(
                f"{element.tag} {text!r} is no mail address",
                _RULE,
                line=element.sourceline,
                mend="write ana@paper.example (Ana Reis), or the name alone in dc:creator",
            )
        named(element, report)


def _check_guid(guid: Any, line: int | None, report: Report) -> None:
    if guid is None or not text_of(guid):
        report.warning(
            "an item has no guid, so an edit shows it again",
            _PROFILE,
            line=line,
            mend="give it an id that never changes",
        )
    elif guid.get("isPermaLink") in _PERMALINK and not is_web(text_of(guid)):
        report.error(
            f"guid {text_of(guid)!r} is no web address",
            _RULE,
            line=guid.sourceline,
            mend='write isPermaLink="false"',
        )
    elif guid.get("isPermaLink") not in ("true", "false", None):
        report.error(
            f"isPermaLink {guid.get('isPermaLink')!r} is neither true nor false",
            _RULE,
            line=guid.sourceline,
            mend='write isPermaLink="false"',
        )


def _check_enclosure(enclosure: Any, report: Report) -> None:
    if not (enclosure.get("length") or "").isdigit():
        report.error(
            "an enclosure has no length in bytes",
            _RULE,
            line=enclosure.sourceline,
            mend="write 0 for an unknown length",
        )
    if not is_media_type(enclosure.get("type") or ""):
        report.error(
            "an enclosure has no media type",
            _RULE,
            line=enclosure.sourceline,
            mend="write it as audio/mpeg",
        )
