"""The whole history of a feed stays reachable, in documents that stay as they are."""

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from publisher.feeds import choose_feeds, close_archives, render_feed, split_archives
from tests.unit.feeds.samples import FERRY, HARBOUR, NOON, PUBLICATION, entry

A = "{http://www.w3.org/2005/Atom}"
FH = "{http://purl.org/syndication/history/1.0}"
LIMIT = 3


def stories(count):
    return [entry(f"e{n:03}", published=NOON + timedelta(hours=n)) for n in range(count)]


def whole(entries, archived="all"):
    feeds = choose_feeds(entries, PUBLICATION, LIMIT, archived=frozenset({archived}))
    return next(feed for feed in feeds if feed.keeps_all)


def filed(entries, closed=()):
    feed = whole(entries)
    closed = [*closed, *close_archives(feed, closed)]
    return *split_archives(feed, closed), closed


def slugs(feed):
    return [one.slug for one in feed.entries]


def test_a_feed_that_carries_everything_has_no_archive():
    current, documents, closed = filed(stories(LIMIT))
    assert (len(current.entries), documents, closed) == (LIMIT, (), [])
    assert current.previous == 0


def test_what_a_feed_can_not_carry_stands_in_documents_the_oldest_first():
    current, documents, _ = filed(stories(8))
    assert slugs(current) == ["e007", "e006", "e005"]
    assert [slugs(one) for one in documents] == [["e002", "e001", "e000"], ["e005", "e004", "e003"]]
    assert [(one.archive, one.previous) for one in documents] == [(1, 0), (2, 1)]
    assert current.previous == 2


def test_only_feeds_that_are_asked_for_keep_all():
    entries = [replace(one, tags=(FERRY,), section=HARBOUR) for one in stories(9)]
    feeds = choose_feeds(entries, PUBLICATION, LIMIT, archived=frozenset({"tags", "sections/x"}))
    kept = {feed.label: len(feed.entries) for feed in feeds if feed.keeps_all}
    assert kept == {"tags/ferry": 9}


def test_an_edit_stays_where_the_entry_is_and_a_loss_leaves_a_gap():
    entries = stories(8)
    *_, closed = filed(entries)
    entries[1] = replace(entries[1], title="Corrected")
    del entries[4]
    _, documents, again = filed(entries, closed)
    assert again == closed
    assert [slugs(one) for one in documents] == [["e002", "e001", "e000"], ["e005", "e003"]]
    assert documents[0].entries[1].title == "Corrected"


def test_an_entry_of_an_old_date_that_comes_late_is_in_the_feed_until_its_document_is_closed():
    *_, closed = filed(stories(8))
    late = entry("late", published=NOON - timedelta(days=99))
    current, documents, again = filed([*stories(8), late], closed)
    assert slugs(current) == ["e007", "e006", "e005", "late"]
    assert again == closed
    assert all("late" not in slugs(one) for one in documents)


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=40))
def test_every_entry_can_be_reached_and_closed_documents_never_change(steps):
    there, closed = {}, []
    for number, there_or_gone in steps:
        if there_or_gone:
            there[number] = entry(f"e{number:03}", published=NOON + timedelta(hours=number))
        else:
            there.pop(number, None)
        current, documents, after = filed(list(there.values()), closed)
        assert after[: len(closed)] == closed
        closed = after
        reached = {one.slug for feed in (current, *documents) for one in feed.entries}
        assert reached == {one.slug for one in there.values()}
        assert all(len(ids) == LIMIT for ids in closed)


def test_documents_link_back_and_to_the_feed_that_they_belong_to():
    current, documents, _ = filed(stories(8))
    base = PUBLICATION.url

    def links(feed, form):
        root = etree.fromstring(render_feed(feed, PUBLICATION, form))
        top = root if form == "atom" else root.find("channel")
        found = {link.get("rel"): link.get("href") for link in top.findall(f"{A}link")}
        return found, top.find(f"{FH}archive") is not None, top.findtext(f"{A}id")

    for form, name in (("rss", "rss.xml"), ("atom", "atom.xml")):
        now, marked, id_ = links(current, form)
        assert (now["prev-archive"], now["self"]) == (f"{base}archive/2/{name}", base + name)
        assert not marked
        second, marked, of_archive = links(documents[1], form)
        assert marked
        assert of_archive == id_
        assert second["current"] == base + name
        assert second["prev-archive"] == f"{base}archive/1/{name}"
        assert second["self"] == f"{base}archive/2/{name}"
        assert "prev-archive" not in links(documents[0], form)[0]
    pages = [json.loads(render_feed(one, PUBLICATION, "json")) for one in (current, *documents)]
    assert pages[0]["next_url"] == f"{base}archive/2/feed.json"
    assert pages[2]["next_url"] == f"{base}archive/1/feed.json"
    assert "next_url" not in pages[1]


def test_a_closed_document_has_the_same_bytes_when_the_next_one_is_closed():
    *_, closed = filed(stories(8))
    first = [render_feed(one, PUBLICATION, "atom") for one in filed(stories(8))[1]]
    later = [render_feed(one, PUBLICATION, "atom") for one in filed(stories(30), closed)[1]]
    assert later[: len(first)] == first
