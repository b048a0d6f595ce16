"""Where feeds alone are made, an article's words are read when a feed first carries it."""

import pytest

from publisher.storage import Store
from tests.system.building import FEEDS_ALONE, settle, story, written


@pytest.fixture
def alone(site):
    site.config(FEEDS_ALONE, add=False)
    for day in range(10, 16):
        site.article(f"{day}.md", story(f"Story {day}", date=f"2026-11-{day}", tags=f"T{day % 2}"))
    settle(site)
    return site


def read(site):
    with Store.open("sqlite:///publisher.db", site=site.folder) as store:
        return {entry.slug for entry in store.catalogue.entries()}


def test_words_that_no_feed_carries_are_not_read(alone):
    alone.build()
    # The newest three stand in the feed of everything, and three in that of each tag.
    assert read(alone) == {"10", "11", "12", "13", "14", "15"}
    alone.config(FEEDS_ALONE.replace("limit = 3", "limit = 1"), add=False)
    (alone.folder / "publisher.db").unlink()
    alone.build()
    assert read(alone) == {"14", "15"}


def test_they_are_read_when_the_one_above_goes(alone):
    alone.config(FEEDS_ALONE.replace("limit = 3", "limit = 1"), add=False)
    alone.build()
    (alone.folder / "articles" / "15.md").unlink()
    alone.build()
    assert read(alone) == {"13", "14"}
    assert b"Story 13" in written(alone)["tags/t1/rss.xml"]


def test_one_whose_words_can_not_be_read_after_all_is_named_and_the_rest_goes_on(
    alone, monkeypatch
):
    from publisher.content.forms import apart
    from publisher.content.markup.sanitise import UnsafeMarkupError

    render = apart.render_markdown

    def refuse(body):
        if "Broken" in body:
            raise UnsafeMarkupError("it is nested too deeply")
        return render(body)

    monkeypatch.setattr(apart, "render_markdown", refuse)
    alone.article("16.md", story("Story 16", date="2026-11-16", text="Broken."))
    for _ in range(2):
        report = alone.build()
        (finding,) = report.findings
        assert finding.path == "articles/16.md"
        assert "nested too deeply" in finding.what
        assert b"Story 16" not in written(alone)["rss.xml"]
        assert b"Story 15" in written(alone)["rss.xml"]
    alone.article("16.md", story("Story 16", date="2026-11-16", text="Mended."))
    assert alone.build().findings == []
    assert b"Mended." in written(alone)["rss.xml"]


def test_one_that_is_edited_while_it_waits_is_what_it_is_by_then(alone, monkeypatch):
    from publisher.publish import plan

    read_waiting = plan.read_waiting

    def edit(*words):
        monkeypatch.setattr(plan, "read_waiting", read_waiting)
        alone.article("15.md", story("Another title", date="2026-11-15", tags="Lamp"))
        return read_waiting(*words)

    monkeypatch.setattr(plan, "read_waiting", edit)
    alone.build()
    there = written(alone)
    assert b"Another title" in there["tags/lamp/rss.xml"]
    alone.build(full=True)
    assert written(alone) == there


def test_a_new_kind_of_output_reads_what_still_waits(alone):
    alone.config(FEEDS_ALONE.replace("limit = 3", "limit = 1"), add=False)
    alone.build()
    alone.config(FEEDS_ALONE.replace("enabled = false", "enabled = true"), add=False)
    alone.build()
    assert read(alone) == {"10", "11", "12", "13", "14", "15"}
    assert "entries/10.html" in written(alone)
