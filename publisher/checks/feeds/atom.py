"""What is wrong with an Atom feed (RFC 4287)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from publisher.checks.feeds.common import (
    ATOM,
    MEDIA,
    SCHEME,
    Report,
    addresses,
    is_rfc3339,
    moments,
    named,
    one,
    parsed,
    text_of,
    unique,
)
from publisher.checks.feeds.content import check_html


def check_atom(data: bytes, report: Report) -> None:
    root = parsed(data, f"{ATOM}feed", report)
    if root is None:
        return
    for name in ("id", "title", "updated"):
        one(root, f"{ATOM}{name}", "RFC 4287 section 4.1.1", report)
    moments(root, (f"{ATOM}updated",), is_rfc3339, report)
    _check_links(root, report)
    if not any(link.get("rel") == "self" for link in root.findall(f"{ATOM}link")):
        report.warning("the feed does not say its own address", "RFC 4287 section 4.1.1")
    signed = _check_people(root, report)
    entries = root.findall(f"{ATOM}entry")
    unique((entry.findtext(f"{ATOM}id") for entry in entries), "id", report)
    for entry in entries:
        _check_entry(entry, signed, report)


def _check_entry(entry: Any, signed: bool, report: Report) -> None:
    line = entry.sourceline
    rule = "RFC 4287 section 4.1.2"
    for name in ("id", "title", "updated"):
        one(entry, f"{ATOM}{name}", rule, report)
    id_ = text_of(entry.find(f"{ATOM}id"))
    if id_ and not SCHEME.match(id_):
        report.error(f"id {id_!r} is no IRI", "RFC 4287 section 4.2.6", line=line)
    if not _check_people(entry, report) and not signed:
        report.error("neither entry nor feed has an author", rule, line=line)
    moments(entry, (f"{ATOM}updated", f"{ATOM}published"), is_rfc3339, report)
    said = [entry.findtext(f"{ATOM}{name}") or "" for name in ("published", "updated")]
    if all(map(is_rfc3339, said)):
        published, updated = map(datetime.fromisoformat, said)
        if updated < published:
            report.warning("an entry was updated before it was published", rule, line=line)
    content = entry.findall(f"{ATOM}content")
    alternate = _check_links(entry, report)
    if len(content) > 1 or (not content and not alternate):
        report.error("an entry needs one content or an alternate link", rule, line=line)
    for category in entry.findall(f"{ATOM}category"):
        if not category.get("term"):
            report.error("a category has no term", "RFC 4287 section 4.2.2", line=line)
    addresses(entry.findall(MEDIA), report, "url")
    for element in content:
        if element.get("type") == "html":
            check_html(element.text or "", line, report)


def _check_links(parent: Any, report: Report) -> bool:
    """Check a feed's or entry's links; whether one is an alternate."""
    links = parent.findall(f"{ATOM}link")
    addresses(links, report, "href")
    alternates = [
        (link.get("type"), link.get("hreflang"))
        for link in links
        if link.get("rel", "alternate") == "alternate"
    ]
    if len(set(alternates)) < len(alternates):
        report.error(
            "two alternate links have the same type and language",
            "RFC 4287 section 4.1.1",
            line=parent.sourceline,
        )
    return bool(alternates)


def _check_people(parent: Any, report: Report) -> bool:
    """Check a feed's or entry's authors; whether there is one."""
    people = parent.findall(f"{ATOM}author")
    for person in people:
        name = person.find(f"{ATOM}name")
        if name is None:
            report.error("an author has no name", "RFC 4287 section 3.2", line=person.sourceline)
        else:
            named(name, report)
    return bool(people)
