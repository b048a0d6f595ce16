from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from publisher.model import Choice, Cohort, Frequency, Selection
from publisher.storage import Audience, Slot, Store, Wording
from tests.at_once import at_once_in_stores
from tests.unit.storage.samples import (
    DAILY,
    NOW,
    WORDS,
    choose,
    crowd,
    open_edition,
    readers,
    states,
)


def test_of_many_that_open_one_slot_at_once_one_wins(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path) as store:
        people = readers(store, 20)
        for number in range(5):
            wins = race(store_url, tmp_path, people, f"daily-{number}", NOW + timedelta(number))
            assert sorted(wins) == [False, False, False, True]
            assert states(store, f"daily-{number}") == {"pending": 20}


def race(url, site, people, identifier, slot):
    def enter(store):
        return open_edition(store, people, identifier, slot)

    return at_once_in_stores(enter, 4, url, site)


def test_a_snapshot_of_many_is_whole(store):
    crowd(store, 12_000)
    assert open_edition(store, True)
    assert states(store) == {"pending": 12_000}
    assert [part.recipients for part in store.editions.outline("daily-1")] == [12_000]


def test_a_snapshot_that_fails_leaves_nothing(store):
    readers(store, 1)
    twice = Wording()
    for _ in range(2):
        twice.add(0, [], WORDS)
    with pytest.raises(IntegrityError):
        open_with(store, twice, {("{}", None, ""): 0})
    assert store.editions.all() == []
    assert store.slots.latest("daily") == {}
    assert open_edition(store, True)


def open_with(store, wording, segments, **changes):
    values = {
        "cohort": DAILY,
        "slot": Slot(NOW),
        "last_sequence": 1,
        "to_nobody": False,
        "now": NOW,
    }
    audience = Audience(newsletter="daily", clocks=[("", "")], segments=segments)
    return store.editions.open("daily-1", wording, audience, **(values | changes))


def test_an_edition_for_nobody_any_more_is_not_opened(store):
    wording = Wording()
    wording.add(0, [], WORDS)
    assert not open_with(store, wording, {("{}", 7, ""): 1})
    assert store.editions.all() == []
    assert store.slots.latest("daily") == {}


def test_who_chose_anew_since_the_plan_was_made_is_left_to_the_next_slot(store):
    ana, ben, eva = readers(store, 3)
    opera = Choice(topics=Selection(tags=frozenset({"opera"})))
    choose(store, ben.id, opera)
    wording = Wording()
    for number in (0, 1):
        wording.add(number, [], WORDS)
    assert open_with(store, wording, {("{}", None, ""): 1})
    marks = {one.subscriber.id: one.watermark for one in store.subscribers.subscriptions("daily")}
    assert marks == {ana.id: 1, ben.id: None, eva.id: 1}
    assert states(store) == {"pending": 2}


@pytest.mark.parametrize("drop", [True, False])
def test_who_pauses_gets_nothing_and_is_met_only_where_that_is_the_policy(store, drop):
    ana, ben = readers(store, 2)
    choose(store, ben.id, Choice(), until=NOW + timedelta(days=3))
    assert store.readership.present("daily", NOW)[0].active == 1
    audience = Audience(
        newsletter="daily", clocks=[("", "")], segments={("{}", None, ""): 0}, drop_paused=drop
    )
    store.editions.pass_over(audience, cohort=DAILY, slot=Slot(NOW), last_sequence=4, now=NOW)
    marks = {one.subscriber.id: one.watermark for one in store.subscribers.subscriptions("daily")}
    assert marks == {ana.id: 4, ben.id: 4 if drop else None}
    assert store.slots.latest("daily") == {DAILY: Slot(NOW)}
    # Nobody is passed over twice at one slot.
    store.editions.pass_over(audience, cohort=DAILY, slot=Slot(NOW), last_sequence=9, now=NOW)
    assert store.readership.present("daily", NOW)[0].lowest == 4


def test_slots_are_on_record_by_cohort(store):
    weekly = Cohort(newsletter="daily", frequency=Frequency.WEEKLY, timezone="Asia/Tokyo")
    other = Cohort(newsletter="other")
    yesterday, local = NOW - timedelta(days=1), datetime(2026, 11, 23, 7)
    slots = {Slot(yesterday): "missed", Slot(NOW, local): "empty"}
    assert store.slots.record(slots, weekly, NOW)
    assert not store.slots.record(slots, weekly, NOW)
    assert store.slots.record({Slot(yesterday): "start"}, DAILY, NOW)
    assert store.slots.record({Slot(NOW): "start"}, other, NOW)
    assert store.slots.latest("daily") == {weekly: Slot(NOW, local), DAILY: Slot(yesterday)}
    assert store.editions.watermark(weekly) is None
