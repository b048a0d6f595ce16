from datetime import UTC, datetime, timedelta

import pytest

from publisher.audience import (
    offer_topics,
    parse_frequency,
    parse_pause,
    parse_topics,
    write_topics,
)
from publisher.errors import UsageError
from publisher.model import Frequency, Selection
from tests.unit.audience.test_planning import ENTRIES, newsletter

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_newsletter_offers_what_its_entries_are_about_the_commonest_first():
    words = [(one.word, one.name, one.count) for one in offer_topics(newsletter(), ENTRIES)]
    assert words[0] == ("tag:skerry", "Skerry", 2)
    assert ("author:ilse", "Ilse", 1) in words
    assert ("section:town", "Town", 1) in words
    only = newsletter(selection=Selection(sections=frozenset({"town"})))
    assert {one.word for one in offer_topics(only, ENTRIES)} == {"author:ilse", "section:town"}


def test_topics_are_written_as_they_are_read():
    words = ("tag:skerry", "section:town", "author:ilse")
    assert write_topics(parse_topics(words)) == words
    assert not parse_topics(())


@pytest.mark.parametrize("word", ["skerry", "tag:", "colour:blue", ":"])
def test_an_unknown_kind_of_topic_is_refused(word):
    with pytest.raises(UsageError):
        parse_topics([word])


def test_a_topic_that_nothing_is_about_is_refused_with_a_near_one():
    known = ["tag:skerry", "section:town"]
    assert parse_topics(["tag:Skerry"], known) == Selection(tags=frozenset({"skerry"}))
    with pytest.raises(UsageError) as caught:
        parse_topics(["tag:skery"], known)
    assert "tag:skerry" in caught.value.mend
    with pytest.raises(UsageError):
        parse_topics(["author:nobody"], known)


def test_a_frequency_is_one_that_the_newsletter_offers():
    offers = newsletter(frequencies=(Frequency.WEEKLY,))
    assert parse_frequency(" Weekly ", offers) is Frequency.WEEKLY
    assert parse_frequency("", offers) is Frequency.AS_SCHEDULED
    assert parse_frequency("each") is Frequency.EACH
    for word, where in (("hourly", None), ("daily", offers), ("daily", newsletter())):
        with pytest.raises(UsageError) as caught:
            parse_frequency(word, where)
        assert caught.value.mend


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2 weeks", NOON + timedelta(days=14)),
        ("1 day", NOON + timedelta(days=1)),
        ("3 months", NOON + timedelta(days=90)),
        ("2026-12-24", datetime(2026, 12, 23, 15, tzinfo=UTC)),  # midnight in Tokyo
    ],
)
def test_a_pause_is_a_length_of_time_or_a_day(text, until):
    assert parse_pause(text, timezone="Asia/Tokyo", now=NOON) == until


@pytest.mark.parametrize(
    "text", ["", "soon", "0 days", "2026-11-20", "2036-01-01", "999 months", "2026-02-30"]
)
def test_a_pause_that_is_none_is_refused(text):
    with pytest.raises(UsageError):
        parse_pause(text, timezone="Asia/Tokyo", now=NOON)
