"""Counts over time, on each engine."""

from datetime import date, timedelta

from publisher.publish.weeks import read_weeks
from tests.unit.storage.samples import NOW, readers

DAY = timedelta(days=1)


def test_who_came_and_went_is_counted_by_day(store):
    ana, ben, eva = readers(store, 3)
    store.readers.leave(ana.id, ["daily"], source="link", network="", now=NOW + DAY)
    store.subscribers.remove(ben.address, now=NOW + 2 * DAY, reason="removed by the operator")
    since = NOW - 30 * DAY
    assert store.figures.came(since) == {NOW.date(): 2}  # who was removed is known no more
    assert store.figures.left(since) == {(NOW + DAY).date(): 1}
    assert store.figures.removed(since) == {(NOW + 2 * DAY).date(): 1}
    assert store.figures.bounced_off(since) == {}
    assert store.figures.left(NOW + 2 * DAY) == {}
    assert eva.address


def test_weeks_begin_on_mondays_and_end_with_this_one(store):
    readers(store, 2)
    weeks = read_weeks(store, [], NOW)
    assert len(weeks) == 26
    assert {week.begins.weekday() for week in weeks} == {0}
    assert weeks[-1].begins <= NOW.date() < weeks[-1].begins + timedelta(days=7)
    assert [week.came for week in weeks] == [0] * 25 + [2]
    assert weeks[0].begins > date(2026, 1, 1)
    store.figures.check()
