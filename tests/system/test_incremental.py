"""A rebuild costs what changed, and gives what a full one gives."""

import json
import os
import shutil
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.system.conftest import NOW, SiteFolder

STORY = """---
title: {title}
date: {date}
tags: [{tags}]
section: {section}
authors: [{author}]
{more}---

{text}
"""


def story(title="Ferry returns", date="2026-11-20 08:00", tags="Skerry", **more):
    text = more.pop("text", "The ferry is back.")
    section, author = more.pop("section", "Harbour"), more.pop("author", "Ana Reis")
    lines = "".join(f"{key}: {value}\n" for key, value in more.items())
    return STORY.format(
        title=title, date=date, tags=tags, section=section, author=author, more=lines, text=text
    )


def settle(site):
    """As if a minute had gone by since the last edit: stat alone may tell now."""
    for path in (site.folder / "articles").rglob("*"):
        then = path.stat().st_mtime - 60
        os.utime(path, (then, then))


def written(site):
    return {
        path.relative_to(site.feeds).as_posix(): path.read_bytes()
        for path in site.feeds.rglob("*")
        if path.is_file()
    }


def times(site):
    return {
        path.relative_to(site.feeds).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in site.feeds.rglob("*")
        if path.is_file()
    }


def formats(folder):
    return {folder + name for name in ("rss.xml", "atom.xml", "feed.json", "index.html")}


def no_rendering(monkeypatch):
    def refuse(*words, **more):
        raise AssertionError("nothing is to be rendered")

    monkeypatch.setattr("publisher.feeds.render_feed", refuse)
    monkeypatch.setattr("publisher.feeds.render_opml", refuse)
    for page in ("index", "feed", "entry"):
        monkeypatch.setattr(f"publisher.pages.Pages.{page}", refuse)


def test_with_nothing_new_nothing_is_opened_loaded_or_rendered(site, monkeypatch):
    site.article("ferry.md", story())
    settle(site)
    site.build()
    no_rendering(monkeypatch)
    monkeypatch.setattr("publisher.sources.articles.read_regular", None)
    monkeypatch.setattr("publisher.storage.catalogue.Catalogue.load", None)
    assert site.build().written == 0


def test_an_edit_rewrites_exactly_the_files_that_carry_it(site):
    site.article("ferry.md", story())
    site.article("pier.md", story("Pier closed", tags="Pier", section="Town", author="Bo Lund"))
    site.article("lamp.md", story("Lamp lit", tags="Skerry, Lamp", section="Town"))
    site.build()
    before = times(site)
    site.article(
        "pier.md",
        story("Pier closed", tags="Pier", section="Town", author="Bo Lund", text="Until May."),
    )
    report = site.build()
    after = times(site)
    changed = {path for path in after if after[path] != before.get(path)}
    feeds = set().union(*map(formats, ("", "tags/pier/", "sections/town/", "authors/bo-lund/")))
    # Lists show title and summary: the summary of a short story is its text.
    assert changed == feeds | {"entries/pier.html"}
    assert report.written == len(changed)
    assert before.keys() == after.keys()


def test_only_what_carries_it_is_rendered(site, monkeypatch):
    import publisher.feeds

    for number in range(5):
        site.article(f"{number}.md", story(f"Story {number}", tags=f"T{number}"))
    site.build()
    site.article("3.md", story("Story 3", tags="T3", text="Changed."))
    rendered = []
    render = publisher.feeds.render_feed

    def watch(feed, *words):
        rendered.append(feed.folder)
        return render(feed, *words)

    monkeypatch.setattr("publisher.feeds.render_feed", watch)
    site.build()
    assert set(rendered) == {"", "tags/t3/", "sections/harbour/", "authors/ana-reis/"}


@pytest.mark.parametrize(
    "path", ["rss.xml", "entries/ferry.html", "tags/skerry/feed.json", "feeds.opml"]
)
@pytest.mark.parametrize("how", ["deleted", "overwritten"])
def test_a_file_that_somebody_was_at_is_written_again(site, path, how):
    site.article("ferry.md", story())
    site.build()
    before = written(site)
    (site.feeds / path).unlink()
    if how == "overwritten":
        (site.feeds / path).write_text("mine")
    assert site.build().written == 1
    assert written(site) == before


def test_a_change_of_template_makes_its_pages_again_and_no_feed(site, monkeypatch):
    site.article("ferry.md", story())
    site.build()
    template = site.folder / "templates" / "pages" / "entry.html"
    template.parent.mkdir(parents=True)
    template.write_text("{{ entry.title }}!", encoding="utf-8")
    monkeypatch.setattr("publisher.feeds.render_feed", None)
    assert site.build().written == 1
    assert written(site)["entries/ferry.html"] == b"Ferry returns!"


def test_a_change_of_configuration_or_program_makes_what_it_touches_again(site, monkeypatch):
    site.article("ferry.md", story())
    site.build()
    toml = site.folder / "publisher.toml"
    toml.write_text(toml.read_text().replace('"The Courier"', '"The Messenger"', 1))
    site.build()
    assert all(b"The Courier" not in data for data in written(site).values())
    monkeypatch.setattr("publisher.publish.writing.program_stamp", lambda: "another")
    monkeypatch.setattr("publisher.feeds.render_feed", lambda *_: b"another")
    monkeypatch.setattr("publisher.checks.feeds.check_feed", lambda *_: [])
    site.build()
    assert written(site)["rss.xml"] == b"another"


def test_a_picture_beside_an_article_is_followed(site):
    site.article("ferry.md", story(text="![The pier](pier.png)"))
    picture = site.article("pier.png", b"\x89PNG one")
    settle(site)
    site.build()
    (path,) = (path for path in written(site) if path.startswith("media/"))
    assert site.build().written == 0
    picture.write_bytes(b"\x89PNG two")
    assert site.build().written == 1
    assert written(site)[path] == b"\x89PNG two"


def test_what_a_check_has_to_say_is_said_each_time(site, monkeypatch):
    from publisher.model import Finding, Severity

    finding = Finding(severity=Severity.WARNING, what="odd")
    monkeypatch.setattr("publisher.checks.feeds.check_feed", lambda *_: [finding])
    site.article("ferry.md", story())
    first = site.build().findings
    assert first
    assert site.build().findings == first


def test_full_reads_and_writes_everything_again_and_changes_no_byte(site):
    site.article("ferry.md", story())
    settle(site)
    site.build()
    before = times(site)
    (site.feeds / "rss.xml").unlink()
    done = site.json("build", "--full")
    assert (done["changed"], done["written"]) == (1, 1)
    del before["rss.xml"]
    assert before.items() <= times(site).items()


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
TAGS = st.lists(st.sampled_from(["Skerry", "skerry", "Pier", "Lamp"]), max_size=3).map(", ".join)
DATES = st.integers(1, 24).map(lambda day: f"2026-11-{day:02} 08:00")
FIELDS = st.fixed_dictionaries(
    {
        "tags": TAGS,
        "date": DATES,
        "section": st.sampled_from(["Harbour", "harbour", "Town"]),
        "author": st.sampled_from(["Ana Reis", "Bo Lund"]),
        "text": st.sampled_from(["One.", "Two."]),
    },
    optional={
        "embargo": st.sampled_from(["2026-11-23 14:00", "2026-11-23 18:00"]),
        "expires": st.sampled_from(["2026-11-23 16:00", "2026-11-24 12:00"]),
        "draft": st.just("true"),
    },
)
STEPS = st.one_of(
    st.tuples(st.just("write"), NAMES, FIELDS),
    st.tuples(st.just("delete"), NAMES, st.none()),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("wait"), st.just(""), st.integers(1, 12)),
    st.tuples(st.just("limit"), st.just(""), st.integers(1, 4)),
)


def carry_out(site, step, moment):
    what, name, value = step
    path = site.folder / "articles" / f"{name}.md"
    if what == "write":
        site.article(path.name, story(f"Story {name}", **value))
    elif what == "delete":
        path.unlink(missing_ok=True)
    elif what == "rename" and path.exists():
        path.replace(path.with_stem(value))
    elif what == "limit":
        text = (site.folder / "publisher.toml").read_text().partition("[feeds]")[0]
        site.config(f"{text}[feeds]\nlimit = {value}\n", add=False)
    return moment + timedelta(hours=value) if what == "wait" else moment


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.lists(STEPS, min_size=1, max_size=4), min_size=2, max_size=5))
def test_any_sequence_of_changes_gives_what_a_full_build_gives(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("sequence")
    site, moment = SiteFolder(folder / "site"), NOW
    site.article("z.md", story("Story z"))
    for some in steps:
        for step in some:
            moment = carry_out(site, step, moment)
        settle(site)
        site.build(moment)
    fresh = folder / "fresh"
    shutil.copytree(site.folder, fresh, ignore=shutil.ignore_patterns("feeds"))
    other = SiteFolder.__new__(SiteFolder)
    other.folder = fresh
    other.build(moment, full=True)
    assert written(other) == written(site)
    shutil.rmtree(folder)


def test_the_size_of_what_a_feed_encloses_is_that_of_the_file(site):
    sound = site.article("tides.mp3", b"ID3" + bytes(97))
    site.article("tides.md", story(episode="{audio: tides.mp3, length: 7}"))
    site.article("map.md", story("A map", enclosure="map.pdf"))
    site.article("map.pdf", b"%PDF" + bytes(6))
    settle(site)
    site.build()

    def sizes():
        items = json.loads((site.feeds / "feed.json").read_text())["items"]
        return {one["attachments"][0]["size_in_bytes"] for one in items}

    assert sizes() == {100, 10}
    before = written(site)
    assert site.build().written == 0
    sound.write_bytes(b"ID3" + bytes(197))
    settle(site)
    report = site.build()
    assert report.changed == 1
    assert sizes() == {200, 10}
    sound.write_bytes(b"ID3" + bytes(97))
    site.build()
    assert written(site) == before
