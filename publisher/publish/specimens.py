"""Invented values for every template: each with all that a page may have, and with the least.

A fault in a template shows where it is filled in and not before, and perhaps only on the page of
an article with a picture, or of a reader who pauses. So there is a specimen for every branch of
the templates that are shipped; a test holds them to it, and to what the web service really gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from publisher.model import (
    Author,
    Dateline,
    Enclosure,
    Entry,
    Feed,
    Form,
    Frequency,
    Image,
    Newsletter,
    Peer,
    Publication,
    Reference,
    Section,
    Source,
    Tag,
)
from publisher.pages import EditionLink
from publisher.publish.overview import (
    CohortState,
    EditionState,
    NewsletterState,
    Overview,
    SourceState,
)
from publisher.publish.showing import show_overview
from publisher.publish.weeks import Week

WHEN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
_LATER = WHEN + timedelta(hours=3)
_ADDRESS = "https://paper.example/"

BARE = Entry(
    id="tag:paper.example,2026-11-20:least",
    slug="least",
    path="least.txt",
    form=Form.WIRE,
    title="The least that an article is",
    published=WHEN,
    published_from="first seen",
    language="en",
    html="Text.",
    summary="",
)
FULL = Entry(
    id="tag:paper.example,2026-11-20:most",
    slug="most",
    path="most.md",
    form=Form.MARKDOWN,
    title="An article with all that there is",
    published=WHEN,
    published_from="front matter",
    language="ar",
    html="<p>Text.</p>",
    summary="What it says.",
    updated=_LATER,
    correction="It was the other ferry.",
    dateline=Dateline(place="SKERRY", agency="LB", printed="SKERRY, Nov. 20 (LB) --"),
    authors=(Author(name="Ana Reis", slug="ana-reis"), Author(name="Uwe Brandt", slug="uwe")),
    credit="With reports from the harbour.",
    section=Section(name="Harbour", slug="harbour"),
    tags=(Tag(name="Skerry", slug="skerry"), Tag(name="Ferries", slug="ferries")),
    images=(
        Image(url=_ADDRESS + "ferry.jpg", alt="A ferry", caption="Back.", width=1200, height=800),
    ),
    enclosures=(
        Enclosure(url=_ADDRESS + "tides.mp3", type="audio/mpeg", length=12_000_000, title="Tides"),
        Enclosure(url=_ADDRESS + "tides.pdf", type="application/pdf"),
    ),
    rights="By the Skerry Courier.",
    canonical="https://courier.example/ferry",
    source=Source(title="The Skerry Courier", feed="https://courier.example/feed.xml"),
    related=(Reference(url=_ADDRESS + "tides", title="The tides"),),
    withdrawn=_LATER,
    withdrawal="It was not so.",
)
ENTRIES = (FULL, BARE)
EDITIONS = (
    EditionLink(title="An edition", path="editions/one.html", slot=WHEN, newsletter="The daily"),
)
LINK = _ADDRESS + "newsletter/preferences/nobody"


# A feed of each kind; one of them is empty.
FEEDS = (
    Feed(kind="all", name="The Paper", title="The Paper", folder="", entries=ENTRIES),
    Feed(kind="query", name="Asia", title="Asia", folder="feeds/asia/", entries=()),
    Feed(kind="section", name="Harbour", title="A", folder="sections/harbour/", entries=ENTRIES),
    Feed(kind="tag", name="Skerry", title="A", folder="tags/skerry/", entries=ENTRIES),
    Feed(kind="author", name="Ana Reis", title="A", folder="authors/ana-reis/", entries=ENTRIES),
)


def newsletters(publication: Publication) -> tuple[Newsletter, ...]:
    """Two newsletters: the first is told about, the second is not."""
    common: dict[str, Any] = {
        "timezone": "Asia/Tokyo",
        "sender_name": publication.title,
        "sender": "news@paper.example",
    }
    return (
        Newsletter(
            name="daily",
            title="The daily",
            schedule="daily at 07:00",
            description="Each morning.",
            language=publication.language,
            frequencies=tuple(Frequency)[1:],
            **common,
        ),
        Newsletter(name="weekly", title="The weekly", schedule="0 7 * * 1-5", **common),
    )


def service_pages(publication: Publication) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """What each page of the web service is filled in with, by the name of its template."""
    form = {"action": "/newsletter/subscribe", "stamp": "s", "address": "ana@reader.example"}
    asked = [
        {**form, "problem": problem, "again": again}
        for problem, again in (("", False), ("address", True), ("none", False))
    ]
    titles = [one.title for one in newsletters(publication)]
    editions = publication.address("editions/index.html")
    return {
        "web/subscribe.html": [
            {**one, "editions": editions, "newsletters": list(shown)}
            for one in asked
            for shown in (_OFFERED, _OFFERED[:1], _OFFERED[1:])
        ],
        "web/link.html": asked,
        "web/sent.html": [{}],
        "web/embed.html": [
            {"action": form["action"], "newsletters": newsletters(publication)[:count]}
            for count in (1, 2)
        ],
        "web/confirm.html": [{"newsletters": titles[:count]} for count in (1, 2)],
        "web/preferences.html": [_choices(note) for note in ("", "saved", "welcome")],
        "web/leave.html": [
            {
                "action": "/newsletter/leave/nobody",
                "newsletter": titles[0],
                "subscribed": subscribed,
                "may_return": may_return,
                "others": others,
                "preferences": LINK,
            }
            for subscribed, may_return in ((True, False), (False, True), (False, False))
            for others in ([], titles[1:])
        ],
        "web/left.html": [{}],
        "web/login.html": [
            {"action": "/newsletter/status", "stamp": "s", "wrong": wrong}
            for wrong in (False, True)
        ],
        "web/status.html": [
            {
                "action": "/newsletter/status",
                "proof": "p",
                **show_overview(
                    one,
                    zone=publication.timezone,
                    language=publication.language,
                    now=WHEN,
                ),
            }
            for one in (_BUSY, _QUIET)
        ],
        "web/problem.html": [
            {"problem": problem, "has_newsletters": has}
            for problem in PROBLEMS
            for has in (True, False)
        ],
    }


PROBLEMS = (
    "page", "method", "token", "expired", "used", "gone", "newsletter", "choice", "pause",
    "nothing", "no-form", "large", "slow", "elsewhere", "enough", "trouble",
)  # fmt: skip
_OFFERED: tuple[dict[str, Any], ...] = (
    {
        "name": "daily",
        "title": "The daily",
        "description": "Each morning.",
        "language": "en",
        "schedule": "every day at 07:00",
        "timezone": "Asia/Tokyo",
        "checked": True,
    },
    {
        "name": "weekly",
        "title": "The weekly",
        "description": "",
        "language": "de",
        "schedule": "on Mondays at 08:00",
        "timezone": "UTC",
        "checked": False,
    },
)


def _choices(note: str) -> dict[str, Any]:
    topics = {
        kind: [
            {"word": f"{kind}:a", "name": "A", "checked": True},
            {"word": f"{kind}:b", "name": "B", "checked": False},
        ]
        for kind in ("section", "tag", "author")
    }
    chosen = {
        "earliest": "2026-11-21",
        "latest": "2027-11-20",
        "paused_until": "2026-12-01",
        "frequency": "weekly",
        "frequencies": ["each", "daily", "weekly", "monthly"],
        "chosen": 3,
        "topics": topics,
    }
    least = {
        **chosen,
        "paused_until": "",
        "frequency": "",
        "frequencies": [],
        "chosen": 0,
        "topics": {kind: [] for kind in topics},
    }
    return {
        "action": "/newsletter/preferences/nobody",
        "note": note,
        "address": "a…@reader.example",
        "newsletters": [
            {**_OFFERED[0], **chosen},
            {**_OFFERED[0], **least, "name": "noon"},
            {**_OFFERED[1], **least},
        ],
        "timezone": "Asia/Tokyo",
        "zones": (("Asia", ("Asia/Tokyo", "Asia/Seoul")), ("Europe", ("Europe/Oslo",))),
        "language_chosen": "de",
        "languages": ["en", "de", "fr"],
        "leave": "/newsletter/leave/nobody",
    }


def _week(begins: date, number: int) -> Week:
    return Week(
        begins=begins,
        came=number,
        left=number,
        bounced=number,
        removed=number,
        sent=number,
        failed=number,
        hard=number,
        soft=number,
        complaints=number,
    )


_QUIET = Overview(
    public=0,
    newest=(),
    drafts=0,
    waiting=0,
    subscribers=0,
    subscriptions=(),
    deliveries=(),
    in_doubt=0,
    broken=(),
    newsletters=(
        NewsletterState(name="daily", schedule="daily at 07:00", next_slot=WHEN, last_edition=""),
    ),
    cohorts=(),
    editions=(),
    returned=(),
    weeks=(_week(date(2026, 11, 16), 0),),
    sources=(),
    peers=(),
)
_STATES = ("pending", "claimed", "started", "deferred", "sent", "failed", "held")
_BUSY = Overview(
    public=3,
    newest=(("The ferry is back", WHEN),),
    drafts=1,
    waiting=1,
    subscribers=2,
    subscriptions=(("daily", 2),),
    deliveries=tuple((state, 1) for state in _STATES),
    in_doubt=1,
    broken=("daily-2026-11-20-0700: 2 were owed, 1 is on record",),
    newsletters=_QUIET.newsletters,
    cohorts=tuple(
        CohortState(
            newsletter="daily",
            frequency=one.value,
            timezone="Asia/Tokyo",
            readers=number + 1,
            pausing=number,
            next_slot=WHEN if number else None,
            last_edition="",
        )
        # More than a person reads: the page says how many it leaves out.
        for number, one in enumerate(tuple(Frequency) * 8)
    ),
    editions=tuple(
        EditionState(
            id="daily-2026-11-20-0700",
            title="The daily: the ferry is back",
            label="",
            slot=WHEN,
            state=state,
            deliveries=tuple((one, 1) for one in _STATES),
            in_doubt=0,
        )
        for state in ("open", "done", "paused", "cancelled", "held")
    ),
    returned=tuple(
        (kind, 1) for kind in ("hard", "soft", "complaint", "policy", "notice", "unknown")
    ),
    weeks=(_week(date(2026, 11, 9), 0), _week(date(2026, 11, 16), 2)),
    sources=tuple(
        SourceState(
            name="blog",
            url="https://blog.example/feed.xml",
            entries=2,
            fetched=fetched,
            failing_since=failing_since,
            next_try=failing_since,
            gone=gone,
        )
        for fetched, failing_since, gone in (
            (None, None, False),
            (WHEN, None, False),
            (WHEN, WHEN, False),
            (WHEN, WHEN, True),
        )
    ),
    peers=(
        Peer(kind="domain", name="post.example", failures=2, failing_since=WHEN, next_try=_LATER),
        Peer(kind="domain", name="mail.example", failures=1, failing_since=WHEN),
        Peer(kind="relay", name="relay.example", rate=14.0),
    ),
)
