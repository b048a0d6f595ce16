"""The first article this program was asked to publish: a plain wire story."""

import email
import email.policy
import json
import subprocess
import sys

import feedparser

from tests.system.conftest import ROOT, SiteFolder


def command(*words):
    done = subprocess.run(
        [sys.executable, "-m", "publisher", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_the_seed_story_is_entered_as_an_editor_would(tmp_path, seed_story):
    folder = tmp_path / "paper"
    command("init", str(folder))
    (folder / "articles/seed-wire-story.txt").write_text(seed_story, encoding="utf-8")
    command(
        "subscribers", "add", "ana@reader.example", "--newsletter", "daily", "--site", str(folder)
    )
    command("run", "--site", str(folder))

    paragraphs = [one for one in seed_story.split("\n\n") if one.strip()]
    title, first = paragraphs[0], paragraphs[1]
    item = next(
        one
        for one in json.loads((folder / "feeds/feed.json").read_text())["items"]
        if one["title"] == title
    )
    assert item["content_html"].count("<p>") == len(paragraphs) - 1 == 11
    assert len(item["summary"]) <= 280
    assert item["summary"] in first.replace("\n", " ")
    assert not item["summary"].startswith("BEIJING")
    tags = set(item["tags"])
    assert {"China", "Russia", "Taiwan", "Ukraine"} <= tags
    assert {
        "Wei Fenghe",
        "Sergei Shoigu",
        "Xi Jinping",
        "Vladimir Putin",
        "Tan Kefei",
        "Joseph Wu",
        "Kira Rudik",
    } <= tags
    assert not tags & {
        "AP",
        "Thursday",
        "Sunday",
        "Wednesday",
        "Chinese",
        "Putin",
        "NATO of",
        "U.S",
        "Dirty",
    }

    for name in ("rss.xml", "atom.xml"):
        feed = feedparser.parse((folder / "feeds" / name).read_bytes())
        assert not feed.bozo
        entry = next(one for one in feed.entries if one.title == title)
        assert entry.summary == item["summary"]
        assert "Taiwan's Central News Agency" in entry.content[0].value.replace("’", "'")
        assert {tag.label or tag.term for tag in entry.tags} == tags
    page = (folder / "feeds/entries/seed-wire-story.html").read_text()
    assert "BEIJING" in page
    assert "AP" in page

    (mail,) = (folder / "outbox").glob("*.eml")
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    text = " ".join(message.get_body(("plain",)).get_content().split())
    assert title in text
    assert item["summary"] in text


def test_its_dateline_is_read(tmp_path, seed_story):
    from publisher.config import load_site
    from publisher.storage import Store

    site = SiteFolder(tmp_path / "site")
    site.article("seed.txt", seed_story)
    site.run()
    place = load_site(site.folder, {})
    with Store.open(place.settings.storage.url, site=site.folder) as store:
        (entry,) = store.catalogue.entries()
    assert entry.dateline is not None
    assert (entry.dateline.place, entry.dateline.agency) == ("BEIJING", "AP")
    assert entry.published_from == "first seen"
    kinds = {tag.name: tag.kind.value for tag in entry.tags}
    assert kinds["China"] == kinds["Taiwan"] == "place"
    assert kinds["Xi Jinping"] == kinds["Joseph Wu"] == "person"
    assert kinds["NATO"] == "organisation"
