"""Lists of subscribers, in and out, as an operator moves house."""

import csv
import json

import pytest

WEEKLY = """
[newsletters.weekly]
title = "Courier weekly"
schedule = "weekly on monday at 08:00"
"""

OURS = (
    '"address","name","language","newsletter","topics","frequency","timezone","paused_until",'
    '"added","source","consent"\n'
    '"\'=cmd@reader.example","\'+1 Ana; =SUM(A1)","pt","daily","tag:skerry","weekly",'
    '"Asia/Tokyo","2026-12-24T00:00:00Z","2026-01-02T03:04:05Z","form",'
    '"[{""newsletter"":""weekly"",""what"":""left"",""source"":""one-click"",""network"":"""",'
    '""at"":""2026-03-02T03:04:05Z""},{""newsletter"":""daily"",""what"":""confirmed"",'
    '""source"":""form"",""network"":""2001:db8::1"",""at"":""2026-01-02T03:04:05Z""}]"\n'
    '"ben@reader.example","Bén ""B"" Adeyemi","","","","","","","2026-01-02T03:04:05Z",'
    '"\'\'=odd",""\n'
    '"eva@reader.example","","","daily","","","","","2026-01-02T03:04:05Z","test",""\n'
    '"eva@reader.example","","","weekly","section:town author:ana-reis","each","","",'
    '"2026-01-02T03:04:05Z","test",""\n'
)


@pytest.fixture
def paper(site):
    site.config(WEEKLY)
    return site


def put(site, text, name="readers.csv"):
    path = site.folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def exported(site, *words):
    path = site.folder / "out.csv"
    site.command("subscribers", "export", "-o", str(path), *words)
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text(encoding="utf-8")


def test_what_is_exported_comes_back_the_same(paper):
    paper.command("subscribers", "import", put(paper, OURS))
    assert exported(paper) == OURS
    paper.command("subscribers", "import", put(paper, OURS))
    assert exported(paper) == OURS, "twice is once"
    assert paper.command("subscribers", "export").stdout == OURS
    assert not [one for one in paper.folder.iterdir() if one.name.startswith(".out.csv")]


def test_an_export_of_one_newsletter_has_nothing_of_others(paper):
    paper.command("subscribers", "import", put(paper, OURS))
    rows = list(csv.DictReader(exported(paper, "--newsletter", "weekly").splitlines()))
    assert [(one["address"], one["newsletter"]) for one in rows] == [
        ("eva@reader.example", "weekly")
    ]
    paper.command("subscribers", "export", "--newsletter", "hourly", code=2)


def test_an_export_that_can_not_be_written_says_so(paper):
    done = paper.command("subscribers", "export", "-o", str(paper.folder / "no/out.csv"), code=75)
    assert "can't be written" in done.stderr


GHOST = (
    "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,"
    "deleted_at,labels,tiers\n"
    'm1,ana@reader.example,Ana,,true,false,,2024-02-01T12:30:00.000Z,,"Skerry,vip",\n'
    "m2,ben@reader.example,Ben,,false,false,,2024-02-01T12:30:00.000Z,,,\n"
    "m3,nobody,,,true,false,,2024-02-01T12:30:00.000Z,,,\n"
)


def test_a_list_from_elsewhere_brings_consent_and_who_left(paper):
    done = paper.command(
        "subscribers", "import", put(paper, GHOST), "--newsletter", "daily", code=1
    )
    assert "1 imported" in done.stderr
    assert "1 kept off from now on" in done.stderr
    assert "readers.csv:4: " in done.stderr
    shown = json.loads(paper.command("subscribers", "show", "ana@reader.example", "--json").stdout)
    assert shown["state"] == "subscribed"
    (consent,) = shown["consent"]
    assert (consent["source"], consent["at"]) == (
        "Ghost, imported from readers.csv",
        "2024-02-01T12:30:00+00:00",
    )
    assert shown["subscriptions"][0]["topics"] == {}, "a label is no topic unless asked for"
    kept = paper.json("suppressions", "list")
    assert [(one["who"], one["reason"]) for one in kept] == [
        ("ben@reader.example", "left in Ghost")
    ]
    paper.command("subscribers", "add", "ben@reader.example", "--newsletter", "daily", code=1)


def test_a_list_from_elsewhere_leaves_what_readers_chose_here(paper):
    paper.command(
        *("subscribers", "add", "ana@reader.example", "--newsletter", "daily"),
        *("--topic", "tag:harbour"),
    )
    paper.command("subscribers", "import", put(paper, GHOST), "--newsletter", "daily", code=1)
    (one,) = paper.json("subscribers", "list")
    assert one["newsletters"]["daily"]["topics"] == ["tag:harbour"]


def test_who_left_elsewhere_can_be_passed_over(paper):
    done = paper.command(
        *("subscribers", "import", put(paper, GHOST), "--newsletter", "daily"),
        *("--drop-suppressions", "--dry-run"),
        code=1,
    )
    assert "1 would be imported" in done.stderr
    assert "1 passed over" in done.stderr
    assert paper.json("suppressions", "list") == paper.json("subscribers", "list") == []


def test_tags_become_topics_where_articles_have_them(paper):
    paper.article("a.md", "---\ntags: [Skerry]\n---\n# Ferry returns\n\nIt is back.\n")
    paper.build()
    paper.command(
        *("subscribers", "import", put(paper, GHOST), "--newsletter", "daily"),
        "--topics-from-tags",
        code=1,
    )
    (one,) = paper.json("subscribers", "list")
    assert one["newsletters"]["daily"]["topics"] == ["tag:skerry"]


def test_somebody_is_shown_given_everything_and_forgotten(paper):
    paper.command("subscribers", "import", put(paper, OURS))
    shown = paper.command("subscribers", "show", "Eva@reader.example").stdout
    assert "gets daily" in shown
    held = json.loads(paper.command("subscribers", "held", "eva@reader.example").stdout)
    assert len(held["subscriptions"]) == 2
    paper.command("subscribers", "forget", "eva@reader.example")
    assert "kept off" in paper.command("subscribers", "show", "eva@reader.example").stdout
    for command in ("held", "forget"):
        paper.command("subscribers", command, "eva@reader.example", code=1)
    done = paper.command("subscribers", "import", put(paper, OURS))
    assert "kept out" in done.stderr
    assert "eva@" not in exported(paper)
    for file in paper.folder.glob("publisher.db*"):
        assert b"eva@" not in file.read_bytes()


def test_a_domain_is_kept_off_by_name(paper):
    paper.command("suppressions", "add", "@Reader.Example", "--reason", "rivals")
    done = paper.command("subscribers", "import", put(paper, OURS))
    assert "0 imported" in done.stderr
    assert "rivals" in paper.command("suppressions", "list").stdout
    paper.command("suppressions", "remove", "@reader.example")
    paper.command("suppressions", "remove", "@reader.example", code=1)
    paper.command("suppressions", "add", "nobody", code=2)
    assert "4 imported" in paper.command("subscribers", "import", put(paper, OURS)).stderr
