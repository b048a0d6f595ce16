from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.feeds import Chooser, choose_feeds
from publisher.model import Author, Episode, Podcast, Query, Section, Selection, Tag
from tests.unit.feeds.samples import FERRY, HARBOUR, MAYOR, NOON, ODO, PUBLICATION, TESSALY, entry


def chosen(entries, limit=20):
    return choose_feeds(entries, PUBLICATION, limit)


def by_folder(entries, limit=20):
    return {feed.folder: feed for feed in chosen(entries, limit)}


def ids(feed):
    return [each.slug for each in feed.entries]


def test_the_feed_of_everything_is_there_without_entries():
    (feed,) = chosen([])
    assert (feed.kind, feed.folder, feed.entries) == ("all", "", ())
    assert feed.title == feed.name == "The Quillmouth Lantern"


def test_everything_comes_first_then_sections_tags_and_authors_each_sorted():
    one = entry("a", section=HARBOUR, tags=(MAYOR, FERRY), authors=(TESSALY, ODO))
    two = entry("b", section=Section(name="Arts", slug="arts"))
    assert [feed.folder for feed in chosen([one, two])] == [
        "",
        "sections/arts/",
        "sections/harbour/",
        "tags/ferry/",
        "tags/ines-pell/",
        "authors/odo-marsh/",
        "authors/tessaly-brook/",
    ]


def test_the_newest_come_first_and_by_id_at_the_same_moment():
    entries = [
        entry("b"),
        entry("old", published=NOON - timedelta(days=1)),
        entry("a"),
        entry("new", published=NOON + timedelta(days=1)),
    ]
    assert ids(chosen(entries)[0]) == ["new", "a", "b", "old"]
    assert chosen(entries) == chosen(reversed(entries))


def test_each_feed_is_cut_to_the_limit_on_its_own():
    entries = [
        entry(f"e{n}", published=NOON - timedelta(hours=n), tags=(FERRY,) if n > 5 else ())
        for n in range(10)
    ]
    feeds = by_folder(entries, limit=3)
    assert ids(feeds[""]) == ["e0", "e1", "e2"]
    assert ids(feeds["tags/ferry/"]) == ["e6", "e7", "e8"]


def test_spellings_of_one_slug_share_a_feed_under_the_most_frequent():
    spellings = ["AI", "Ai", "Ai", "ai"]
    entries = [
        entry(f"e{n}", tags=(Tag(name=name, slug="ai"),)) for n, name in enumerate(spellings)
    ]
    feed = by_folder(entries)["tags/ai/"]
    assert (feed.name, feed.title) == ("Ai", "Ai – The Quillmouth Lantern")
    assert len(feed.entries) == 4


def test_of_two_spellings_as_frequent_the_one_that_sorts_first_is_taken():
    entries = [entry(n, tags=(Tag(name=n, slug="ai"),)) for n in ("ai", "AI")]
    assert by_folder(entries)["tags/ai/"].name == "AI"
    assert by_folder(entries[::-1])["tags/ai/"].name == "AI"


def test_an_entry_with_two_spellings_of_a_tag_stands_once():
    tags = (Tag(name="AI", slug="ai"), Tag(name="ai", slug="ai"))
    assert len(by_folder([entry(tags=tags)])["tags/ai/"].entries) == 1


def test_an_id_given_twice_stands_once():
    assert len(chosen([entry(), entry()])[0].entries) == 1


def test_blank_names_and_slugs_have_no_feed():
    odd = entry(
        tags=(Tag(name="", slug="x"), Tag(name="Y", slug="")),
        authors=(Author(name=" \x07", slug="z"),),
    )
    assert len(chosen([odd])) == 1


def test_names_are_on_one_line_and_without_control_characters():
    feeds = by_folder([entry(tags=(Tag(name="Fer\x07ry\n pier", slug="ferry"),))])
    assert feeds["tags/ferry/"].name == "Ferry pier"


def asia(**fields):
    return Query(
        name="asia", title="Asia", selection=Selection(tags=frozenset({"ferry"})), **fields
    )


def test_a_query_is_a_feed_of_what_matches_it():
    entries = [entry("a", tags=(FERRY,)), entry("b", tags=(MAYOR,)), entry("c", tags=(FERRY,))]
    feeds = choose_feeds(entries, PUBLICATION, 20, queries=[asia(limit=1)])
    feed = feeds[1]
    assert (feed.kind, feed.folder, feed.label) == ("query", "feeds/asia/", "asia")
    assert feed.title == "Asia – The Quillmouth Lantern"
    assert ids(feed) == ["a"]


def test_a_query_without_an_entry_is_there():
    (_, feed) = choose_feeds([], PUBLICATION, 20, queries=[asia()])
    assert feed.entries == ()


def test_a_podcast_carries_episodes_alone():
    entries = [entry("a", tags=(FERRY,)), entry("b", tags=(FERRY,), episode=Episode())]
    podcast = Podcast(categories=(("News",),), image="https://x.example/i.png")
    feed = choose_feeds(entries, PUBLICATION, 20, queries=[asia(podcast=podcast)])[1]
    assert ids(feed) == ["b"]
    assert feed.title == "Asia"


@pytest.mark.parametrize(
    ("left_out_of", "carried"),
    [
        ((), ["all", "asia", "sections/harbour", "tags/ferry"]),
        (("all",), ["asia", "sections/harbour", "tags/ferry"]),
        (("asia", "tags/ferry"), ["all", "sections/harbour"]),
        (("tags", "sections"), ["all", "asia"]),
        (("*",), []),
        (("ferry",), ["all", "asia", "sections/harbour", "tags/ferry"]),
    ],
)
def test_an_entry_is_left_out_of_the_feeds_that_its_editor_names(left_out_of, carried):
    one = entry("a", tags=(FERRY,), section=HARBOUR, left_out_of=left_out_of)
    feeds = choose_feeds([one], PUBLICATION, 20, queries=[asia()])
    assert [feed.label for feed in feeds if feed.entries] == carried


def test_a_feed_names_what_it_carried_before_it_was_taken_back():
    gone = entry("gone", tags=(FERRY, MAYOR), withdrawn=NOON)
    feeds = choose_feeds([entry("a", tags=(FERRY,))], PUBLICATION, 20, withdrawn=[gone])
    named = {feed.label: [one.slug for one in feed.withdrawn] for feed in feeds}
    assert named == {"all": ["gone"], "tags/ferry": ["gone"]}


@given(
    st.lists(
        st.lists(st.sampled_from("abcAB"), max_size=3, unique_by=str.lower), min_size=1, max_size=12
    ),
    st.integers(1, 3),
)
def test_an_entry_that_passes_leaves_what_taking_it_would(filed, limit):
    entries = [
        entry(f"e{at}", tags=tuple(Tag(name=name, slug=name.lower()) for name in names))
        for at, names in enumerate(filed)
    ]
    taking, passing = Chooser(PUBLICATION, limit), Chooser(PUBLICATION, limit)
    for one in entries:
        taking.take(one)
        if not passing.passes([("tag", tag.name, tag.slug) for tag in one.tags]):
            passing.take(one)
    assert passing.feeds() == taking.feeds()


def test_where_every_feed_is_full_an_entry_passes():
    chooser = Chooser(PUBLICATION, 1)
    chooser.take(entry("a", tags=(FERRY,)))
    assert chooser.passes([("tag", FERRY.name, FERRY.slug)])
    assert not chooser.passes([("tag", MAYOR.name, MAYOR.slug)])
