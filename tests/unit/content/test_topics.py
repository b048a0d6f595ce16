from __future__ import annotations

import pytest

from publisher.content.naming.background import Background, is_common, share_of
from publisher.content.naming.topics import count_words, find_topics
from publisher.model import NOT_COUNTED, WordCounts


def names(title, *paragraphs, counts=NOT_COUNTED):
    return [word for word, _ in find_topics(title, list(paragraphs), Background(counts))]


def test_a_word_and_its_plural_are_one():
    assert names("A walrus", "Two walruss met a walrus.", "A walrus slept.") == ["walrus"]


def test_two_words_that_stand_together_say_more_than_one():
    found = names("Tide gauge", "The tide gauge failed. A tide gauge is old.", "The tide gauge!")
    assert found == ["tide gauge"]


def test_a_topic_is_in_the_opening():
    assert names("Else", "Nothing.", "Nothing.", "Walrus walrus walrus walrus.") == []


def test_words_of_every_story_are_no_topics():
    assert names("People said", "people said people said people said the people said") == []


def test_the_background_knows_common_words():
    assert is_common("the")
    assert not is_common("walrus")
    assert share_of("the") == 1000
    assert Background().rarity("the") == 0
    assert Background().rarity("walrus") > 5


STORY = (
    "Harbour",
    "The harbour is full. A harbour with a walrus.",
    "A walrus, a walrus, a harbour!",
)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (NOT_COUNTED, ["harbour", "walrus"]),
        (WordCounts(10, (("harbour", 10),)), ["harbour", "walrus"]),  # too young to say much
        (WordCounts(300, (("harbour", 100),)), ["walrus"]),
        (WordCounts(5000, (("walrus", 800),)), ["harbour"]),
    ],
)
def test_what_the_archive_says_all_the_time_is_no_topic(counts, expected):
    assert names(*STORY, counts=counts) == expected


def test_what_an_old_archive_seldom_says_is_rare_there():
    assert Background(WordCounts(5000)).rarity("government") > Background().rarity("government")
    assert Background(WordCounts(10**6)).rarity("the") == Background().rarity("walrus")


def test_words_are_counted_once_an_article_and_rare_ones_not_at_all():
    texts = ["Ferry: a ferry, the Skerry ferry.", "No ferry.", "The ferry left.", "A pier."]
    counts = count_words(texts)
    assert (counts.articles, counts.words) == (4, (("ferry", 3),))
