from __future__ import annotations

from publisher.content.naming.background import is_common, rarity, share_of
from publisher.content.naming.topics import find_topics


def names(title, *paragraphs):
    return [word for word, _ in find_topics(title, list(paragraphs))]


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
    assert rarity("the") == 0
    assert rarity("walrus") > 5
