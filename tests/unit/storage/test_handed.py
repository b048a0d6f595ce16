"""A relay never gets more than it may, in no hour and no second; on both databases."""

import pytest

from publisher.model import Limits

MINUTE, HOUR = 60_000, 3_600_000
START = 1_780_000_000_000


def take(store, limits, wanted, at):
    return store.handed.take("relay.example:25", limits, wanted, now_ms=START + at)


def test_an_hour_has_no_more_than_its_limit_wherever_it_begins(store):
    limits = Limits(per_hour=100)
    assert take(store, limits, 70, 0) == (70, 0.0)
    assert take(store, limits, 70, 30 * MINUTE) == (30, 0.0)
    granted, wait = take(store, limits, 1, 59 * MINUTE)
    assert granted == 0
    assert 60 <= wait <= 121
    assert take(store, limits, 100, 62 * MINUTE) == (70, 0.0)
    assert take(store, limits, 100, 80 * MINUTE)[0] == 0


def test_the_days_limit_stands_beside_the_hours(store):
    limits = Limits(per_hour=60, per_day=100)
    assert take(store, limits, 100, 0)[0] == 60
    assert take(store, limits, 100, 2 * HOUR)[0] == 40
    granted, wait = take(store, limits, 100, 4 * HOUR)
    assert granted == 0
    assert wait > 19 * HOUR / 1000
    assert take(store, limits, 100, 24 * HOUR + 2 * MINUTE)[0] == 60


@pytest.mark.parametrize("most", [1, 7, 100])
def test_no_second_has_more_than_its_limit_and_nearly_all_of_it_is_used(store, most):
    limits = Limits(per_second=most)
    gone = []
    for at in range(0, 3000, 20):
        granted, wait = take(store, limits, 1000, at)
        gone += [at] * granted
        assert (granted > 0) == (wait == 0.0)
    fullest = max(sum(begin <= at < begin + 1000 for at in gone) for begin in gone)
    assert fullest <= most
    assert len(gone) >= 0.8 * 3 * most


def test_what_was_not_made_use_of_is_given_back(store):
    limits = Limits(per_hour=10)
    take(store, limits, 10, 0)
    store.handed.give_back("relay.example:25", 4, now_ms=START)
    assert take(store, limits, 10, 1000) == (4, 0.0)


def test_each_relay_has_its_own_count(store):
    limits = Limits(per_hour=10, per_second=100)
    take(store, limits, 10, 0)
    assert store.handed.take("other.example:25", limits, 10, now_ms=START)[0] == 10
