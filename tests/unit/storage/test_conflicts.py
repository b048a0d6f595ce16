"""Who writes about the same people at the same moment waits, or begins again."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from publisher.errors import StoreError
from publisher.model import Choice
from publisher.storage import Store, Wish
from publisher.storage.conflicts import again_on_conflict
from tests.at_once import at_once
from tests.unit.storage.samples import NOW, crowd, open_edition, until_somebody_waits

ADDRESSES = [f"r{number}@reader.example" for number in range(4)]


@pytest.fixture
def store(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path, secret=lambda: b"k" * 32) as opened:
        yield opened


def import_again(store):
    wishes = [Wish(address=one, name="Ana", subscriptions={}) for one in ADDRESSES]
    return store.subscribers.add_all(wishes, source="import", now=NOW)


@pytest.mark.slow
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("act", [import_again, lambda store: open_edition(store, people=True)])
def test_of_two_that_wait_for_each_other_both_come_through(store, act):
    crowd(store, len(ADDRESSES))
    lock = text(
        "SELECT 1 FROM subscriber JOIN subscription ON subscriber = subscriber.id"
        " WHERE address = :address FOR UPDATE"
    )
    with ThreadPoolExecutor() as threads, store.database.write() as connection:
        connection.execute(lock, {"address": ADDRESSES[-1]})
        other = threads.submit(act, store)
        until_somebody_waits(store)
        for address in ADDRESSES[:-1]:  # which the other holds: it is the first to notice
            connection.execute(lock, {"address": address})
    assert other.result()


def test_people_may_be_written_about_by_many_at_once(store):
    crowd(store, len(ADDRESSES))
    daily = {"daily": Choice()}

    def stir(number):
        for turn in range(6):
            who = ADDRESSES[(number + turn) % len(ADDRESSES)]
            store.suppressions.add(who, reason="asked", now=NOW)
            store.suppressions.remove(who)
            store.subscribers.add(who, name="", subscriptions=daily, source="form", now=NOW)
            import_again(store)
            store.subscribers.remove(who, now=NOW, reason="asked")
        return number

    assert at_once(stir, range(6)) == [*range(6)]


def test_what_is_no_conflict_is_tried_once(store):
    tried = []

    @again_on_conflict
    def fail(error):
        tried.append(error)
        raise error

    with pytest.raises(StoreError, match="full"):
        fail(StoreError("the disk is full"))
    assert len(tried) == 1


def test_a_constraint_that_is_always_broken_is_a_bug_in_the_end(store, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    tried = []

    @again_on_conflict
    def fail():
        tried.append(1)
        with store.database.write() as connection:
            connection.execute(text("INSERT INTO instance VALUES (NULL, 1)"))

    with pytest.raises(IntegrityError):
        fail()
    assert len(tried) > 1
