"""What is wrong with an Atom feed (RFC 4287)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from publisher.checks.feeds.common import (
    ATOM,
    MEDIA,
    SCHEME,
    Family,
    Report,
    addresses,
    at_most_one,
    check_order,
    is_mail,
    is_media_type,
    is_rfc3339,
    moments,
    named,
    one,
    only_known,
    parsed,
    text_of,
    unique,
)
from publisher.checks.feeds.content import check_html

_NAMESPACE = ATOM.strip("{}")
_XHTML = "{http://www.w3.org/1999/xhtml}div"
_FEED_RULE = "RFC 4287 section 4.1.1"
_ENTRY_RULE = "RFC 4287 section 4.1.2"


def _tags(*names: str) -> frozenset[str]:
    return frozenset(f"{ATOM}{name}" for name in names)


_FEED = _tags(
    "author",
    "category",
    "contributor",
    "generator",
    "icon",
    "id",
    "link",
    "logo",
    "rights",
    "subtitle",
    "title",
    "updated",
    "entry",
)
_ENTRY = _tags(
    "author",
    "category",
    "content",
    "contributor",
    "id",
    "link",
    "published",
    "rights",
    "source",
    "summary",
    "title",
    "updated",
)
_TEXTS = ("title", "subtitle", "summary", "rights")
_ONCE = _tags("generator", "icon", "logo", "rights", "subtitle")
_ONCE_AN_ENTRY = _tags("published", "rights", "source", "summary")


def check_atom(data: bytes, report: Report) -> None:
    root = parsed(data, f"{ATOM}feed", report)
    if root is None:
        return
    feed = Family(root)
    only_known(feed, _FEED, _NAMESPACE, _FEED_RULE, report)
    for name in ("id", "title", "updated"):
        one(feed, f"{ATOM}{name}", _FEED_RULE, report)
    _check_id(feed, report)
    at_most_one(feed, _ONCE, _FEED_RULE, report)
    moments(feed, (f"{ATOM}updated",), is_rfc3339, report)
    addresses([*feed.all(f"{ATOM}icon"), *feed.all(f"{ATOM}logo")], report)
    _check_links(feed, report)
    _check_texts(feed, report)
    if not any(link.get("rel") == "self" for link in feed.all(f"{ATOM}link")):
        report.warning(
            "the feed does not say its own address",
            _FEED_RULE,
            line=feed.line,
            mend='add <link rel="self" href="..."/>',
        )
    signed = _check_people(feed, report)
    entries = [Family(entry) for entry in feed.all(f"{ATOM}entry")]
    unique(entries, f"{ATOM}id", report)
    check_order(
        text_of(feed.first(f"{ATOM}updated")),
        "updated",
        [text_of(entry.first(f"{ATOM}updated")) for entry in entries],
        datetime.fromisoformat,
        report,
    )
    for entry in entries:
        _check_entry(entry, signed, report)


def _check_entry(entry: Family, signed: bool, report: Report) -> None:
    line = entry.line
    only_known(entry, _ENTRY, _NAMESPACE, _ENTRY_RULE, report)
    for name in ("id", "title", "updated"):
        one(entry, f"{ATOM}{name}", _ENTRY_RULE, report)
    at_most_one(entry, _ONCE_AN_ENTRY, _ENTRY_RULE, report)
    _check_id(entry, report)
    if not _check_people(entry, report) and not signed:
        report.error(
            "neither entry nor feed has an author",
            _ENTRY_RULE,
            line=line,
            mend="give the feed an author: [publication] author",
        )
    moments(entry, (f"{ATOM}updated", f"{ATOM}published"), is_rfc3339, report)
    firsts = [entry.first(f"{ATOM}{name}") for name in ("published", "updated")]
    said = ["" if one is None else one.text or "" for one in firsts]
    if all(map(is_rfc3339, said)):
        published, updated = map(datetime.fromisoformat, said)
        if updated < published:
            report.warning(
                "an entry was updated before it was published",
                _ENTRY_RULE,
                line=line,
                mend="set updated to published, or to a later moment",
            )
    alternate = _check_links(entry, report)
    content = entry.all(f"{ATOM}content")
    if len(content) > 1 or (not content and not alternate):
        report.error(
            "an entry needs one content or an alternate link",
            _ENTRY_RULE,
            line=line,
            mend='write one <content>, or <link href="..."/>',
        )
    addresses(entry.all(MEDIA), report, "url")
    _check_texts(entry, report)
    for element in content:
        _check_content(element, report)


def _check_id(parent: Family, report: Report) -> None:
    id_ = text_of(parent.first(f"{ATOM}id"))
    if id_ and not SCHEME.match(id_):
        report.error(
            f"id {id_!r} is no IRI",
            "RFC 4287 section 4.2.6",
            line=parent.line,
            mend="begin it with a scheme: tag:paper.example,2026:ferry",
        )


def _check_texts(parent: Family, report: Report) -> None:
    """Titles and the like: of a type that the format has, and with it as it asks."""
    for name in _TEXTS:
        for element in parent.all(f"{ATOM}{name}"):
            type_ = element.get("type", "text")
            if type_ not in ("text", "html", "xhtml"):
                report.error(
                    f"{name} has the type {type_!r}, not text, html or xhtml",
                    "RFC 4287 section 3.1.1",
                    line=element.sourceline,
                    mend="leave the type out for plain text",
                )
            elif type_ == "xhtml":
                _check_xhtml(element, report)
            elif len(element):
                report.error(
                    f"{name} has elements in it and is not of the type xhtml",
                    "RFC 4287 section 3.1.1",
                    line=element.sourceline,
                    mend='escape the markup, and write type="html"',
                )
    for category in parent.all(f"{ATOM}category"):
        if not category.get("term"):
            report.error(
                "a category has no term",
                "RFC 4287 section 4.2.2",
                line=category.sourceline,
                mend='write <category term="..."/>',
            )


def _check_content(element: Any, report: Report) -> None:
    type_ = element.get("type", "text")
    if type_ == "xhtml":
        _check_xhtml(element, report)
    elif type_ not in ("text", "html") and not is_media_type(type_):
        report.error(
            f"content has the type {type_!r}, which is none",
            "RFC 4287 section 4.1.3.1",
            line=element.sourceline,
            mend="write html, xhtml, text or a media type",
        )
    elif type_ in ("text", "html") and len(element):
        report.error(
            "content has elements in it and is not of the type xhtml",
            "RFC 4287 section 4.1.3.3",
            line=element.sourceline,
            mend="escape the markup",
        )
    if type_ == "html":
        check_html(element.text or "", element.sourceline, report)


def _check_xhtml(element: Any, report: Report) -> None:
    if [child.tag for child in element] != [_XHTML]:
        report.error(
            "what is of the type xhtml is not one XHTML <div>",
            "RFC 4287 section 3.1.1.3",
            line=element.sourceline,
            mend='write <div xmlns="http://www.w3.org/1999/xhtml">...</div>',
        )


def _check_links(parent: Family, report: Report) -> bool:
    """Check a feed's or entry's links; whether one is an alternate."""
    links = parent.all(f"{ATOM}link")
    addresses(links, report, "href")
    for link in links:
        if link.get("type") is not None and not is_media_type(link.get("type")):
            report.error(
                f"a link has the type {link.get('type')!r}, which is no media type",
                "RFC 4287 section 4.2.7.3",
                line=link.sourceline,
                mend="write it as text/html",
            )
    alternates = [
        (link.get("type"), link.get("hreflang"))
        for link in links
        if link.get("rel", "alternate") == "alternate"
    ]
    if len(set(alternates)) < len(alternates):
        report.error(
            "two alternate links have the same type and language",
            _FEED_RULE,
            line=parent.line,
            mend='leave one, or give the other rel="related"',
        )
    return bool(alternates)


def _check_people(parent: Family, report: Report) -> bool:
    """Check a feed's or entry's people; whether there is an author."""
    authors = parent.all(f"{ATOM}author")
    for person in (*authors, *parent.all(f"{ATOM}contributor")):
        name = person.find(f"{ATOM}name")
        if name is None:
            report.error(
                "an author has no name",
                "RFC 4287 section 3.2",
                line=person.sourceline,
                mend="write <name>",
            )
        else:
            named(name, report)
        addresses(person.findall(f"{ATOM}uri"), report)
        for email in person.findall(f"{ATOM}email"):
            if not is_mail(text_of(email)):
                report.error(
                    f"email {text_of(email)!r} is no mail address",
                    "RFC 4287 section 3.2.3",
                    line=email.sourceline,
                    mend="write the address alone, or leave it out",
                )
    return bool(authors)
