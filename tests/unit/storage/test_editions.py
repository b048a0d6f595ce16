import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from publisher.model import Subscriber
from publisher.storage import Store
from tests.unit.storage.samples import NOW, open_edition, readers, states


def test_of_many_that_open_one_slot_at_once_one_wins(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path) as store:
        people = readers(store, 20)
        for number in range(5):
            wins = race(store_url, tmp_path, people, f"daily-{number}", NOW + timedelta(number))
            assert sorted(wins) == [False, False, False, True]
            assert states(store, f"daily-{number}") == {"pending": 20}


def race(url, site, people, identifier, slot):
    together = threading.Barrier(4)
    wins = []

    def enter():
        with Store.open(url, site=site) as store:
            together.wait()
            wins.append(open_edition(store, people, identifier, slot))

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wins


def test_a_snapshot_of_many_is_whole(store):
    people = tuple(Subscriber(id=n, address=f"r{n}@reader.example") for n in range(1, 12_001))
    assert open_edition(store, people)
    assert states(store) == {"pending": 12_000}


def test_a_snapshot_that_fails_leaves_nothing(store):
    twice = (Subscriber(id=1, address="ana@reader.example"),) * 2
    with pytest.raises(IntegrityError):
        open_edition(store, twice)
    assert store.editions.all() == []
    assert store.editions.last_slot("daily") is None
    assert open_edition(store, twice[:1])


def test_slots_are_on_record_by_newsletter(store):
    assert store.editions.record_slot("daily", NOW, "empty", NOW)
    assert store.editions.record_slot("weekly", NOW - timedelta(days=1), "missed", NOW)
    assert store.editions.last_slot("daily") == NOW
    assert store.editions.last_slot("weekly") == NOW - timedelta(days=1)
    assert store.editions.last_slot("monthly") is None
    assert store.editions.watermark("daily") is None
