"""What the templates of the preview are given: plain values, made of previews. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from datetime import datetime
from email import message_from_bytes
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup

from publisher.audience import Topic, write_topics
from publisher.content import RemoteFeed
from publisher.model import Feed, FeedFormat, Finding, Newsletter, Publication, Severity
from publisher.pages.language import direction
from publisher.publish.preview import (
    ArticleLine,
    ArticlePreview,
    EditionPreview,
    FeedPreview,
    Wanted,
)
from publisher.valueclass import valueclass

_SHOWN = 400  # articles or feeds in a list
_TOPICS = 60  # of a kind
_CLIPPED = 102_400  # bytes: where Gmail cuts a message
_FORMATS: dict[FeedFormat, str] = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
_KINDS = {"all": "", "query": "Feeds of your own", "section": "Sections", "tag": "Tags",
          "author": "Authors"}  # fmt: skip
_STATES = {
    "public": "Public",
    "draft": "Draft",
    "waiting": "Not yet",
    "over": "Over",
    "withdrawn": "Withdrawn",
    "unreadable": "Can't be read",
}
_NEWS = {"new": "New", "changed": "Changed", "": ""}
_NOTHING = {
    "nobody": "No reader of this newsletter has that address.",
    "pausing": "This reader pauses, and gets nothing until then.",
    "nothing new": "The next edition has nothing new to say: no mail is sent.",
    "broken": "The edition can't be made.",
}


@valueclass
class Link:
    """Something in the list on the left."""

    id: str
    href: str
    name: str
    current: bool
    language: str = ""
    notes: tuple[tuple[str, str], ...] = ()  # class and words
    count: int | None = None
    below: str = ""


def article_links(lines: Sequence[ArticleLine], chosen: str, find: str) -> list[Link]:
    """The articles whose title or path has these words, with the chosen one marked."""
    words = find.casefold().split()
    found = [
        line
        for line in lines
        if all(word in f"{line.title} {line.path}".casefold() for word in words)
    ]
    return [
        Link(
            id=f"article-{line.path}",
            href=_address("/articles/", line.path, find=find),
            name=line.title,
            current=line.path == chosen,
            notes=tuple(_article_notes(line)),
            below=line.path,
        )
        for line in found[:_SHOWN]
    ]


def article_view(preview: ArticlePreview, frame: str, publication: Publication) -> dict[str, Any]:
    """One article: what was made of it, and why."""
    entry, reasons = preview.entry, preview.reasons
    tags = [one for one in reasons if one.what == "tag"]
    summary = next((one for one in reasons if one.what == "summary"), None)
    return {
        "title": entry.title if entry else preview.line.title,
        "path": preview.line.shown,
        "language": entry.language if entry else "",
        "direction": direction(entry.language) if entry else "ltr",
        "notes": _article_notes(preview.line),
        "when": _when(entry.published, publication.timezone) if entry else "",
        "summary": summary.value if summary else entry.summary if entry else "",
        "why": summary.source if summary else "",
        "tags": [
            {"name": name, "kind": kind.rstrip(")"), "why": one.source}
            for one in tags
            for name, _, kind in [one.value.rpartition(" (")]
        ],
        "reasons": [one for one in reasons if one.what not in ("tag", "summary")],
        "findings": [finding_view(one) for one in preview.findings],
        "frame": frame,
    }


def feed_groups(feeds: Sequence[Feed], chosen: str, find: str) -> list[tuple[str, list[Link]]]:
    """Feeds by kind, each with the number of its entries."""
    groups: dict[str, list[Link]] = {}
    words = find.casefold().split()
    found = [
        feed
        for feed in feeds
        if all(word in f"{feed.name} {feed.label}".casefold() for word in words)
    ]
    for feed in found[:_SHOWN]:
        groups.setdefault(_KINDS[feed.kind], []).append(
            Link(
                id=f"feed-{feed.label}",
                href=_address("/feeds/", feed.label, find=find),
                name="Everything" if feed.kind == "all" else feed.name,
                current=feed.label == chosen,
                count=len(feed.entries),
            )
        )
    return list(groups.items())


def feed_view(
    preview: FeedPreview, frame: str, forms: Iterable[FeedFormat], publication: Publication
) -> dict[str, Any]:
    """One feed: how a reader shows it, and its file."""
    feed = preview.feed
    return {
        "title": feed.title,
        "description": feed.description,
        "address": publication.address(feed.path(preview.form)),
        "format": _FORMATS[preview.form],
        "formats": [
            {
                "name": _FORMATS[form],
                "href": _address("/feeds/", feed.label, form=form),
                "current": form == preview.form,
            }
            for form in forms
        ],
        "size": _size(len(preview.data)),
        "source": preview.data.decode("utf-8", "replace"),
        "frame": frame,
        "findings": [finding_view(one) for one in preview.findings],
    }


def reader_view(feed: RemoteFeed, timezone: str) -> dict[str, Any]:
    """A feed as a program that follows it lists its entries."""
    return {
        "title": _plain(feed.title),
        "language": feed.language or "en",
        "direction": direction(feed.language or "en"),
        "entries": [
            {
                "title": _plain(one.title),
                "link": one.link,
                "language": one.language or feed.language or "en",
                "direction": direction(one.language or feed.language or "en"),
                "when": _when(one.published, timezone) if one.published else "",
                "authors": ", ".join(name for name, _ in one.authors),
                "tags": ", ".join(one.tags),
                "image": one.image if one.image and one.image not in one.html else "",
                "body": Markup(one.html or one.summary),  # noqa: S704 - shown where nothing runs
                "files": [
                    {"name": posixpath.basename(file.url), "type": file.type,
                     "size": _size(file.length)}
                    for file in one.files
                ],
            }
            for one in feed.entries
        ],
    }  # fmt: skip


def newsletter_links(newsletters: Iterable[Newsletter], chosen: str) -> list[Link]:
    """The newsletters, each with its schedule."""
    return [
        Link(
            id=f"newsletter-{one.name}",
            href=_address("/newsletters/", one.name),
            name=one.title,
            current=one.name == chosen,
            language=one.language,
            below=one.schedule,
        )
        for one in newsletters
    ]


def choice_view(
    newsletter: Newsletter,
    topics: Sequence[Topic],
    preview: EditionPreview,
    wanted: Wanted,
    *,
    languages: Iterable[str],
    frequencies: Iterable[str],
    zones: Iterable[str],
) -> dict[str, Any]:
    """The form that asks for whom an edition is looked at, filled in."""
    chosen = write_topics(preview.choice.topics)
    kinds: dict[str, list[dict[str, Any]]] = {"section": [], "tag": [], "author": []}
    known = {one.word: one for one in topics}
    there = [*topics, *(Topic(word=w, name=w.partition(":")[2], count=0)
                        for w in chosen if w not in known)]  # fmt: skip
    for one in there:
        kind = kinds[one.word.partition(":")[0]]
        if len(kind) < _TOPICS or one.word in chosen:
            kind.append(
                {"word": one.word, "name": one.name, "count": one.count,
                 "checked": one.word in chosen}
            )  # fmt: skip
    return {
        "action": _address("/newsletters/", newsletter.name),
        "address": wanted.address,
        "kinds": [(f"{kind.capitalize()}s", some) for kind, some in kinds.items() if some],
        "chosen": len(chosen),
        "afresh": wanted.afresh,
        "language": wanted.language
        or (preview.reader.subscriber.language if preview.reader else ""),
        "languages": list(languages),
        "frequency": preview.choice.frequency.value,
        "frequencies": list(frequencies),
        "timezone": preview.choice.timezone,
        "own_zone": newsletter.timezone,
        "zones": list(zones),
    }


def edition_view(newsletter: Newsletter, preview: EditionPreview, frames: dict[str, str],
                 zone: str) -> dict[str, Any]:  # fmt: skip
    """The next edition: its line in an inbox, and its panes."""
    view: dict[str, Any] = {
        "title": newsletter.title,
        "language": newsletter.language,
        "nothing": _NOTHING.get(preview.nothing, preview.nothing),
        "kind": preview.nothing,
        "findings": [finding_view(one) for one in preview.findings],
    }
    if preview.rendered is None:
        return view
    head = message_from_bytes(preview.data)
    html = len(preview.html.encode())
    source = preview.data.decode("utf-8", "replace").replace("\r\n", "\n")
    fields, _, body = source.partition("\n\n")
    return view | {
        "slot": _when(preview.slot, zone) if preview.slot else "",
        "sender": newsletter.sender_name,
        "address": newsletter.sender,
        "to": str(head["To"] or ""),
        "subject": preview.rendered.subject,
        "preheader": preview.rendered.preheader,
        "html_size": _size(html),
        "left": _size(_CLIPPED - html) if html < _CLIPPED else "",
        "size": _size(len(preview.data)),
        "text": preview.text,
        "fields": [_field(line) for line in fields.split("\n")],
        "body": body,
        "frames": frames,
    }


def finding_view(finding: Finding, articles: str = "") -> dict[str, Any]:
    """A finding; `articles` is the folder whose files have a page here."""
    path = finding.path
    inside = bool(articles) and path.startswith(f"{articles}/")
    return {
        "severity": finding.severity.value,
        "what": finding.what,
        "place": f"{path}:{finding.line}" if finding.line else path,
        "href": _address("/articles/", path.removeprefix(f"{articles}/")) if inside else "",
        "mend": finding.mend,
        "rule": finding.rule,
    }


def findings_view(findings: Iterable[Finding], articles: str, *, reviewed: bool) -> dict[str, Any]:
    """Everything that somebody should mend, errors first."""
    each = list(dict.fromkeys(findings))
    each.sort(key=lambda one: one.severity is not Severity.ERROR)
    return {
        "all": [finding_view(one, articles) for one in each],
        "errors": sum(one.severity is Severity.ERROR for one in each),
        "reviewed": reviewed,
    }


def _article_notes(line: ArticleLine) -> list[tuple[str, str]]:
    notes: list[tuple[str, str]] = []
    if line.state != "public":
        notes.append((line.state, _STATES[line.state]))
    if line.news:
        notes.append((line.news, _NEWS[line.news]))
    if line.findings and line.state != "unreadable":
        notes.append(("mend", f"{line.findings} to mend"))
    return notes


def _field(line: str) -> tuple[str, str]:
    """Name and rest of a header's line; a folded one has no name."""
    name, colon, rest = line.partition(":")
    return ("", line) if line[:1] in (" ", "\t") or not colon else (name + colon, rest)


def _plain(html: str) -> str:
    return Markup(html).striptags()  # noqa: S704 - which takes every tag out


def _when(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M %Z}"


def _size(length: int) -> str:
    return f"{length / 1000:.1f} kB" if length >= 1000 else f"{length} bytes"


def _address(base: str, name: str, **query: str) -> str:
    asked = urlencode({key: value for key, value in query.items() if value})
    return base + quote(name) + (f"?{asked}" if asked else "")
