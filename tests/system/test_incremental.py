"""A rebuild costs what changed, and gives what a full one gives."""

import gzip
import json
import struct
from contextlib import contextmanager
from datetime import timedelta

import pytest

from publisher.feeds import Frame
from tests.system.building import (
    EVERYTHING,
    formats,
    settle,
    story,
    times,
    written,
)
from tests.system.conftest import NOW


def no_rendering(monkeypatch):
    def refuse(*words, **more):
        raise AssertionError("nothing is to be rendered")

    monkeypatch.setattr("publisher.feeds.render_frame", refuse)
    monkeypatch.setattr("publisher.feeds.render_opml", refuse)
    for page in ("index", "feed", "entry"):
        monkeypatch.setattr(f"publisher.pages.Pages.{page}", refuse)


def test_with_nothing_new_nothing_is_opened_loaded_or_rendered(site, monkeypatch):
    site.article("ferry.md", story())
    settle(site)
    site.build()
    no_rendering(monkeypatch)
    monkeypatch.setattr("publisher.sources.files.Shelf.read", None)
    monkeypatch.setattr("publisher.storage.catalogue.Catalogue.load", None)
    assert site.build().written == 0


def test_an_edit_looks_at_no_other_article_in_the_store(site, monkeypatch):
    for number in range(3):
        site.article(f"{number}.md", story(f"Story {number}"))
    settle(site)
    site.build()
    monkeypatch.setattr("publisher.storage.catalogue.Catalogue.looks", None)
    site.article("1.md", story("Story 1", text="Changed."))
    assert site.build().changed == 1
    assert site.build(NOW + timedelta(minutes=1)).changed == 0


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


def words(site):
    return {
        path: gzip.decompress(data) if path.endswith(".gz") else data
        for path, data in written(site).items()
    }


def differing(before, after):
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


@pytest.mark.parametrize("name", ["0", "3", "6"])
def test_with_everything_switched_on_an_edit_rewrites_what_carries_it_and_no_more(site, name):
    """Its old words stand in just the files that are written again: feeds in three formats, closed
    archive documents, podcasts, pages, and the compressed twin of each.
    """
    more = {"section": "Town", "episode": "{audio: 'https://courier.example/a.mp3', length: 7}"}
    for number in range(7):
        date, tags = f"2026-11-1{number} 08:00", "Pier" if number % 3 == 0 else "Lamp"
        about = story(f"Story {number}", date, tags, text=f"Words of {number}.", **more)
        site.article(f"{number}.md", about)
    site.article("gone.md", story("Gone", withdrawn="2026-11-21", tags="Pier"))
    site.config(EVERYTHING)
    site.build()
    assert {"archive/2/rss.xml", "feeds/town/archive/6/atom.xml.gz"} <= written(site).keys()
    before, stood = times(site), words(site)
    site.article(
        f"{name}.md",
        story(f"Story {name}", f"2026-11-1{name} 08:00", "Pier", text="New words.", **more),
    )
    report = site.build()
    changed = differing(before, times(site))
    assert changed == {path for path, data in stood.items() if f"Words of {name}.".encode() in data}
    assert report.written == len(changed) >= 20
    assert site.build(full=True).written == 0


def test_a_withdrawal_rewrites_what_carried_it_and_what_names_it(site):
    site.config(
        EVERYTHING.replace("limit = 2", "limit = 9").replace('"all", "tags", "town"', '"tags"')
    )
    for number in range(3):
        site.article(
            f"{number}.md", story(f"Story {number}", tags=f"T{number}", text=f"Words of {number}.")
        )
    site.article("1.md", story("Story 1", tags="T1, T2", text="Words of 1."))
    site.build()
    before, stood = times(site), words(site)
    site.article(
        "1.md", story("Story 1", tags="T1, T2", text="Words of 1.", withdrawn="2026-11-21")
    )
    site.build()
    carried = {path for path, data in stood.items() if b"Words of 1." in data}
    # Its own tag's feed goes with its last entry, and the lists of feeds and pages say so.
    lists = {"feeds.opml", "sitemap.xml"} | {f"{name}.gz" for name in ("feeds.opml", "sitemap.xml")}
    assert differing(before, times(site)) - carried <= lists
    assert not any(path.startswith("tags/t1/") for path in written(site))
    assert all(b"Words of 1." not in data for data in words(site).values())
    named = {path for path, data in words(site).items() if b"deleted-entry" in data}
    assert {path for path in carried if "atom.xml" in path and "t1/" not in path} == named
    assert site.build(full=True).written == 0


def test_only_what_carries_it_is_rendered(site, monkeypatch):
    import publisher.feeds

    for number in range(5):
        site.article(f"{number}.md", story(f"Story {number}", tags=f"T{number}"))
    site.build()
    site.article("3.md", story("Story 3", tags="T3", text="Changed."))
    rendered = []
    render = publisher.feeds.render_frame

    def watch(feed, *words):
        rendered.append(feed.folder)
        return render(feed, *words)

    monkeypatch.setattr("publisher.feeds.render_frame", watch)
    site.build()
    assert set(rendered) == {"", "tags/t3/", "sections/harbour/", "authors/ana-reis/"}


@pytest.fixture
def items(monkeypatch):
    """The titles of what is rendered as an item of a feed, with its format."""
    import publisher.feeds

    rendered = []
    render = publisher.feeds.render_items

    def watch(items, form, **more):
        rendered.extend((item.title, form) for item in items)
        return render(items, form, **more)

    monkeypatch.setattr("publisher.feeds.render_items", watch)
    return rendered


def test_the_items_of_other_entries_are_kept(site, items):
    for number in range(5):
        site.article(f"{number}.md", story(f"Story {number}", f"2026-11-1{number} 08:00"))
    site.build()
    assert len(items) == 15
    for number, text in ((3, "Changed."), (0, "Changed as well.")):
        items.clear()
        site.article(
            f"{number}.md", story(f"Story {number}", f"2026-11-1{number} 08:00", text=text)
        )
        site.build()
        assert items == [(f"Story {number}", form) for form in ("rss", "atom", "json")]
    items.clear()
    site.article("5.md", story("Story 5", "2026-11-15 08:00"))
    (site.folder / "articles" / "1.md").unlink()
    site.build()
    assert {title for title, _ in items} == {"Story 5"}
    before = times(site)
    assert site.build(full=True).written == 0
    assert times(site) == before


@pytest.mark.parametrize("how", ["overwritten", "publication"])
def test_no_item_is_kept_that_somebody_was_at_or_that_is_made_by_other_rules(site, items, how):
    for number in range(3):
        site.article(f"{number}.md", story(f"Story {number}", f"2026-11-1{number} 08:00"))
    site.build()
    for path in site.feeds.rglob("*"):
        if how == "overwritten" and path.name in ("rss.xml", "atom.xml", "feed.json"):
            path.write_bytes(path.read_bytes().replace(b"Story 1", b"Story X"))
    if how == "publication":
        toml = (site.folder / "publisher.toml").read_text()
        site.config(toml.replace("https://courier.example/", "https://other.example/"), add=False)
    items.clear()
    site.article("2.md", story("Story 2", "2026-11-12 08:00", text="Changed."))
    site.build()
    assert len(items) == 9
    assert all(b"Story X" not in data for data in written(site).values())


@pytest.mark.parametrize(
    "path",
    ["rss.xml", "entries/ferry.html", "tags/skerry/feed.json", "feeds.opml", "publisher.css"],
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
    monkeypatch.setattr("publisher.feeds.render_frame", None)
    assert site.build().written == 1
    assert written(site)["entries/ferry.html"] == b"Ferry returns!"


def test_a_change_of_style_makes_the_style_and_all_pages_again(site):
    site.article("ferry.md", story())
    site.build()
    before = written(site)
    style = site.folder / "templates" / "pages" / "style.css"
    style.parent.mkdir(parents=True)
    style.write_text("body { color: teal }", encoding="utf-8")
    site.build()
    after = written(site)
    assert after["publisher.css"] == b"body { color: teal }"
    assert {path for path in after if after[path] != before[path]} == {
        "publisher.css",
        *(path for path in after if path.endswith(".html")),
    }
    site.config("\n[pages]\nenabled = false\n")
    site.build()
    assert "publisher.css" not in written(site)


def test_a_change_of_configuration_or_program_makes_what_it_touches_again(site, monkeypatch):
    site.article("ferry.md", story())
    site.build()
    toml = site.folder / "publisher.toml"
    toml.write_text(toml.read_text().replace('"The Courier"', '"The Messenger"', 1))
    site.build()
    assert all(b"The Courier" not in data for data in written(site).values())
    monkeypatch.setattr("publisher.publish.writing.program_stamp", lambda: "another")
    monkeypatch.setattr("publisher.feeds.render_frame", lambda *_: Frame(b"an", b"other"))
    monkeypatch.setattr("publisher.feeds.render_items", lambda some, *_, **__: [b""] * len(some))
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


def test_a_picture_tells_feeds_how_large_it_is(site):
    def png(width):
        return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, 480)

    picture = site.article("pier.png", png(640))
    site.article("pier.md", story(text="![The pier](pier.png)"))
    site.article("shown.md", story("B", text='<img src="pier.png" alt="It" width="99" height="9">'))
    settle(site)
    site.build()
    rss = (site.feeds / "rss.xml").read_text()
    assert 'type="image/png" width="640" height="480"' in rss
    assert 'type="image/png" width="99" height="9"' in rss
    assert site.build().written == 0
    picture.write_bytes(png(1024) + b"more")
    settle(site)
    site.build()
    assert 'width="1024"' in (site.feeds / "rss.xml").read_text()


def test_long_work_tells_how_far_it_has_come(site):
    shown = {}

    @contextmanager
    def progress(what, total=None):
        shown[what] = total, []
        yield shown[what][1].append

    for number in range(3):
        site.article(f"{number}.md", story(f"Story {number}", tags=f"T{number}"))
    settle(site)
    site.config("\n[feeds]\ngzip = true\n")
    for count in (3, 0):  # also where nothing is new each file is looked at
        shown.clear()
        site.build(progress=progress)
        assert shown.pop("Reading articles", (0, [])) == (count, [count] if count else [])
        made = {what: (total, sum(done)) for what, (total, done) in shown.items()}
        # Six feeds: of everything, a section, an author and three tags.
        assert made.pop("Making the list of feeds") == (1, 1)
        assert made == {
            "Making the style": (1, 1),
            "Making pages": (9, 9),
            "Making archives": (0, 0),
            "Making feeds": (19, 19),  # and the sitemap
            "Compressing": (30, 30),
        }
