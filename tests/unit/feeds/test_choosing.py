from datetime import timedelta

from publisher.feeds import choose_feeds
from publisher.model import Author, Section, Tag
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
