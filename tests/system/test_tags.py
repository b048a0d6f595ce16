"""The publication's own vocabulary, from the archive to tags.toml and back into the feeds."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.system.conftest import NOW

FERRY = "---\ntags: [{0}]\n---\n# {1}\n\nThe boat left on time.\n"


def names(site):
    feed = json.loads((site.feeds / "feed.json").read_text(encoding="utf-8"))
    return {item["title"]: item.get("tags", []) for item in feed["items"]}


def everything(site):
    return {
        path.relative_to(site.feeds): path.read_bytes()
        for path in site.feeds.rglob("*")
        if path.is_file()
    }


def test_a_tag_has_one_spelling_and_a_full_run_changes_no_byte(site):
    site.article("one.md", FERRY.format("NATO", "One"))
    site.build()
    site.article("two.md", FERRY.format("Nato", "Two"))
    site.article("a-third.md", FERRY.format("nato", "Three"))
    site.build(NOW + timedelta(minutes=5))
    assert names(site) == {"One": ["NATO"], "Two": ["NATO"], "Three": ["NATO"]}
    before = everything(site)
    site.build(NOW + timedelta(minutes=5), full=True)
    assert everything(site) == before


def test_the_vocabulary_wins_and_a_change_of_it_reads_what_it_touches(site):
    site.article("one.md", FERRY.format("ferry", "One"))
    site.build()
    (site.folder / "tags.toml").write_text('[tags.Ferries]\nsynonyms = ["ferry"]\n', "utf-8")
    site.build()
    assert names(site) == {"One": ["Ferries"]}
    assert (site.feeds / "tags/ferries/feed.json").is_file()
    assert not (site.feeds / "tags/ferry").exists()
    (site.folder / "tags.toml").write_text('[always]\nWorld = ["x"]\n', "utf-8")
    site.build()
    assert names(site) == {"One": ["ferry"]}


def test_tags_are_listed_and_reviewed(site):
    for number in (1, 2):
        site.article(f"{number}.md", FERRY.format("ferry, tea", f"Number {number}"))
    site.article("3.md", FERRY.format("ferries", "Number 3"))
    site.build()
    (site.folder / "tags.toml").write_text('# Ours.\nblocked = ["tea"]\n', "utf-8")
    (first, *_) = site.json("tags")
    assert (first["name"], first["entries"], first["in_vocabulary"]) == ("ferry", 2, False)
    assert "ferries" in site.command("tags").stdout

    dry = site.command("tags", "review", "--dry-run")
    assert '[tags."ferry"]\nkind = "topic"\n' in dry.stdout
    assert (site.folder / "tags.toml").read_text("utf-8") == '# Ours.\nblocked = ["tea"]\n'
    assert [one["name"] for one in site.json("tags", "review")["tags"]] == ["ferry"]
    text = (site.folder / "tags.toml").read_text("utf-8")
    assert text.startswith('# Ours.\nblocked = ["tea"]\n')
    more = site.command("tags", "review", "--least", "1")
    assert "1 tag written" in more.stderr
    assert "Perhaps a synonym of ferry?" in (site.folder / "tags.toml").read_text("utf-8")
    assert site.json("tags", "review", "--least", "1")["tags"] == []


def test_mistakes_in_it_are_named_all_at_once_with_their_lines(site):
    (site.folder / "tags.toml").write_text('blockd = ["A"]\n[tags.B]\nkind = "ship"\n', "utf-8")
    said = site.command("build", code=2).stderr
    assert "tags.toml:1: blockd is no key that we know; did you mean blocked?" in said
    assert "tags.toml:3: tags.B.kind" in said


def test_what_the_archive_says_all_the_time_is_no_topic_once_it_was_counted(site):
    for number in range(60):
        text = f"The harbour is full on day {number}. The harbour, the harbour, was quiet."
        site.article(f"{number}.md", f"---\ndate: 2026-11-01\n---\n# Harbour {number}\n\n{text}\n")
    site.build()
    assert all("harbour" in tags for tags in names(site).values())
    assert (
        "words of 60 entries would be written" in site.command("tags", "review", "--dry-run").stderr
    )
    assert not (site.folder / "words.tsv").exists()
    assert site.json("tags", "review", "--least", "99")["articles_counted"] == 60
    site.build()
    assert not any("harbour" in tags for tags in names(site).values())
    before = everything(site)
    site.build(full=True)
    assert everything(site) == before
    (site.folder / "words.tsv").write_text("harbour\n")
    said = site.command("build", code=2).stderr
    assert "words.tsv:1: has a line that is not a count" in said
