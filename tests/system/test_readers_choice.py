"""Readers choose how often and by which clock; the operator sees who is due when."""

import email
import email.policy
from datetime import UTC, datetime, timedelta

import pytest

from tests.system.conftest import NOW
from tests.system.test_run import story

OFFERS = 'frequencies = ["each", "weekly"]\n'
MONDAY = datetime(2026, 11, 29, 22, 10, tzinfo=UTC)  # ten past seven on Monday in Tokyo


def mails(site):
    found = {}
    for path in site.outbox():
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        found.setdefault(message["To"], []).append(message)
    return found


def add(site, who, *words, code=0):
    address = f"{who}@reader.example"
    return site.command("subscribers", "add", address, "--newsletter", "daily", *words, code=code)


@pytest.fixture
def paper(site):
    site.config(OFFERS)
    site.article("ferry.md", story())
    add(site, "ana")
    add(site, "aiko", "--frequency", "weekly", "--timezone", "Asia/Tokyo")
    add(site, "each", "--frequency", "each", "--topic", "tag:skerry")
    return site


def test_each_reader_gets_it_at_their_own_slot(paper):
    first = paper.run()
    assert first.opened == ["daily-2026-11-23-0700", "daily--each-2026-11-23-120000"]
    assert set(mails(paper)) == {"ana@reader.example", "each@reader.example"}
    paper.article("opera.md", story("Opera opens", "2026-11-23 13:00", "Opera"))
    assert paper.run(NOW + timedelta(hours=2)).opened == []  # nobody asked for it at once
    paper.article("tide.md", story("Tide table out", "2026-11-23 14:00"))
    assert paper.run(NOW + timedelta(hours=3)).opened == ["daily--each-2026-11-23-150000"]
    weekly = paper.run(MONDAY)
    assert weekly.opened[-1:] == ["daily--weekly-asia-tokyo-2026-11-30-0700"]
    (got,) = mails(paper)["aiko@reader.example"]
    text = got.get_body(("plain",)).get_content()
    for title in ("Ferry returns", "Opera opens", "Tide table out", "New this week"):
        assert title in text
    assert "30 November 2026" in text
    assert got["List-Id"].endswith("<daily.courier.example>")
    page = paper.feeds / "editions" / f"{weekly.opened[-1]}.html"
    assert page.is_file()
    assert page.name not in (paper.feeds / "editions/index.html").read_text()
    assert paper.run(MONDAY + timedelta(minutes=10)).sent == 0


def test_the_operator_sees_who_is_due_when(paper):
    paper.run()
    status = paper.json("status")
    assert [(one["frequency"], one["timezone"], one["readers"]) for one in status["cohorts"]] == [
        ("each", "", 1),
        ("weekly", "Asia/Tokyo", 1),
    ]
    assert [one["title"] for one in status["editions"]][-1] == "Courier daily: Ferry returns"
    assert {title for title, _ in status["newest"]} == {"Ferry returns"}
    assert sum(week["came"] for week in status["weeks"]) == 3
    assert max(week["begins"] for week in status["weeks"])[:2] == "20"
    shown = paper.command("status").stdout
    assert "Asia/Tokyo" in shown
    assert "next run" in shown
    (each, _) = paper.json("editions", "list")
    assert (each["frequency"], each["timezone"]) == ("each", "")
    assert "each" in paper.command("editions", "list").stdout
    assert "each, " in paper.command("editions", "show", each["edition"]).stdout
    assert "weekly" in paper.command("subscribers", "show", "aiko@reader.example").stdout


def test_a_preview_is_of_what_such_a_reader_would_get(paper):
    paper.run()
    paper.article("tide.md", story("Tide table out", "2026-11-23 14:00"))
    paper.run(NOW + timedelta(hours=3))
    words = ("editions", "preview", "daily", "--frequency", "weekly", "--timezone", "Asia/Tokyo")
    shown = paper.command(*words).stdout
    assert "Tide table out" in shown
    assert "New this week" in shown


@pytest.mark.parametrize(
    ("policy", "later"),
    [("catch up", {"Opera opens", "Tide table out"}), ("drop", {"Tide table out"})],
)
def test_what_came_out_in_a_pause_comes_once_after_it_or_never(site, policy, later):
    site.config(f'after_pause = "{policy}"\n')
    site.article("ferry.md", story())
    add(site, "ana")
    site.run()
    today = datetime.now(UTC).replace(hour=12, minute=0)
    until = f"{today + timedelta(days=40):%Y-%m-%d}"
    said = site.command("subscribers", "pause", "ana@reader.example", "--until", until).stderr
    assert f"daily: nothing for ana@reader.example before {until} 00:00" in said
    assert "paused until" in site.command("subscribers", "show", "ana@reader.example").stdout
    site.article("opera.md", story("Opera opens", f"{today - timedelta(hours=1):%Y-%m-%d %H:%M}"))
    assert site.run(today + timedelta(days=2)).sent == 0
    site.command("subscribers", "resume", "ana@reader.example", "--newsletter", "daily")
    site.article("tide.md", story("Tide table out", f"{today + timedelta(days=2):%Y-%m-%d %H:%M}"))
    assert site.run(today + timedelta(days=3)).sent == 1
    (_, last) = mails(site)["ana@reader.example"]
    titles = {one for one in ("Ferry returns", "Opera opens", "Tide table out") if one in str(last)}
    assert titles == later
    again = site.command("subscribers", "resume", "ana@reader.example").stderr
    assert "had paused nothing" in again


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("ana@reader.example", "--until", "soon"), "is no length of a pause", 2),
        (("ana@reader.example", "--newsletter", "weekly"), "there is no newsletter", 2),
        (("nobody@reader.example",), "gets nothing here", 1),
    ],
)
def test_a_pause_that_can_not_be_is_said(site, words, said, code):
    add(site, "ana")
    assert said in site.command("subscribers", "pause", *words, code=code).stderr


def body(message, kind):
    return message.get_body((kind,)).get_content()


def test_each_reader_is_written_to_in_their_own_language(site):
    site.article("ferry.md", story())
    for who, language in (("ana", ""), ("uwe", "de-AT"), ("lea", "de"), ("luc", "fr")):
        add(site, who, *(["--language", language] if language else []))
    (edition,) = site.run().opened
    segments = site.json("editions", "show", edition)["segments"]
    assert [(one["language"], one["readers"]) for one in segments] == [("", 2), ("de", 2)]
    assert segments[0]["entries"] == segments[1]["entries"]
    found = {who.partition("@")[0]: message for who, (message,) in mails(site).items()}
    for who, language, word in (
        ("ana", "en", "Unsubscribe"),
        ("uwe", "de", "Abbestellen"),
        ("lea", "de", "Abbestellen"),
        ("luc", "en", "Unsubscribe"),
    ):
        message = found[who]
        assert message["Content-Language"] == language
        assert f'<html lang="{language}" dir="ltr"' in body(message, "html")
        assert word in body(message, "html")
        assert word in body(message, "plain")
        assert "Ferry returns" in body(message, "html")
    assert "Montag, 23. November 2026" in body(found["uwe"], "plain")
    assert '<html lang="en"' in (site.feeds / "editions" / f"{edition}.html").read_text()


def test_each_reader_gets_the_articles_and_the_words_that_they_chose(site):
    """Whichever choice is the commonest, and whichever comes first in the database."""
    choices = {
        "ana": ("tag:opera", ""),
        "ben": ("tag:skerry", "de"),
        "eva": ("tag:skerry", "de"),
        "ida": ("tag:skerry", ""),
        "leo": ("tag:tides", "de"),
        "uwe": ("tag:tides", ""),
        "zoe": ("tag:tides", ""),
        "max": ("tag:tides", ""),
    }
    titles = {"tag:opera": "Opera opens", "tag:skerry": "Ferry returns", "tag:tides": "Tide table"}
    for topic, title in titles.items():
        site.article(f"{topic[4:]}.md", story(title, tags=topic[4:].title()))
    for who, (topic, language) in choices.items():
        add(site, who, "--topic", topic, *(["--language", language] if language else []))
    assert site.run().sent == len(choices)
    got = {who.partition("@")[0]: body(one, "plain") for who, (one,) in mails(site).items()}
    for who, (topic, language) in choices.items():
        assert {title for title in titles.values() if title in got[who]} == {titles[topic]}, who
        assert ("Abbestellen" in got[who]) == (language == "de"), who


def test_a_preview_speaks_a_language(site):
    site.article("ferry.md", story())
    site.build()
    shown = site.command("editions", "preview", "daily", "--language", "de").stdout
    assert "Abbestellen" in shown
    assert "is no language" in add(site, "ben", "--language", "?", code=2).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--frequency", "monthly"), "it can be had as each, weekly"),
        (("--frequency", "hourly"), "is no frequency"),
        (("--timezone", "Asia/Tokio"), "Asia/Tokyo"),
    ],
)
def test_what_can_not_be_had_is_said(paper, words, said):
    assert said in add(paper, "ben", *words, code=2).stderr
