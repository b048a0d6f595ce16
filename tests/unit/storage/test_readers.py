"""One reader: choosing, leaving, coming back."""

from datetime import timedelta

import pytest

from publisher.model import Choice, Frequency, Selection
from publisher.storage import Store
from tests.unit.storage.samples import NOW

CHINA = Choice(
    topics=Selection(tags=frozenset({"china"})),
    frequency=Frequency.WEEKLY,
    timezone="Asia/Tokyo",
)
LATER = NOW + timedelta(days=30)


@pytest.fixture
def store(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path, secret=lambda: b"k" * 32) as opened:
        yield opened


@pytest.fixture
def ana(store):
    return store.subscribers.add(
        "ana@reader.example",
        name="Ana",
        subscriptions={"daily": CHINA, "weekly": Choice()},
        source="test",
        now=NOW,
    ).id


def leave(store, who, *names, at=NOW):
    return store.readers.leave(who, names, source="link", network="192.0.2.1", now=at)


def choices(store, who):
    return {one.newsletter: one.choice for one in store.readers.get(who).subscriptions}


def test_leaving_one_keeps_the_other(store, ana):
    assert leave(store, ana, "daily") == ["daily"]
    assert choices(store, ana) == {"weekly": Choice()}
    assert store.readers.get(ana).former == ("daily",)
    assert store.suppressions.find("ana@reader.example") is None
    assert [one["what"] for one in store.subscribers.held(ana)["consent"]][-1] == "left"


@pytest.mark.threat(22)
def test_leaving_twice_changes_nothing_more(store, ana):
    leave(store, ana, "daily")
    before = store.subscribers.held(ana)
    assert leave(store, ana, "daily", at=LATER) == []
    assert store.subscribers.held(ana) == before
    assert leave(store, 999, "daily") == []


def test_who_left_the_last_is_kept_off_and_no_list_brings_them_back(store, ana):
    leave(store, ana, "daily", "weekly")
    assert store.suppressions.find("ana@reader.example").reason == "left"
    again = store.subscribers.add(
        "ana@reader.example", name="", subscriptions={"daily": Choice()}, source="list", now=NOW
    )
    assert again is None
    assert store.subscribers.count() == 0


def test_who_comes_back_finds_their_choices(store, ana):
    leave(store, ana, "daily")
    leave(store, ana, "weekly", at=NOW + timedelta(minutes=1))
    back = store.readers.come_back(ana, "daily", network="", now=NOW)
    assert back == ["daily"]
    assert choices(store, ana) == {"daily": CHINA}
    assert store.suppressions.find("ana@reader.example") is None
    assert store.readers.come_back(ana, "daily", network="", now=NOW) == []


def test_what_was_left_together_comes_back_together(store, ana):
    leave(store, ana, "daily", "weekly")
    assert store.readers.come_back(ana, "weekly", network="", now=LATER) == ["daily", "weekly"]
    assert choices(store, ana) == {"daily": CHINA, "weekly": Choice()}


def test_whoever_complained_does_not_come_back_by_an_old_link(store, ana):
    leave(store, ana, "daily", "weekly")
    store.requests.ask("confirm", "ana@reader.example", now=NOW)
    with store.database.write() as connection:
        from publisher.storage.suppressions import suppress

        suppress(connection, {"ana@reader.example": "complaint"}, NOW)
    assert store.readers.come_back(ana, "daily", network="", now=NOW) == []
    assert store.readers.choose(ana, {"daily": CHINA}, language="", paused={}, network="", now=NOW)
    assert choices(store, ana) == {}


def test_choices_replace_all_that_was_chosen(store, ana):
    done = store.readers.choose(
        ana,
        {"daily": Choice(), "events": CHINA},
        language="de",
        paused={"daily": LATER, "events": LATER},
        network="192.0.2.1",
        now=NOW,
    )
    assert done
    reader = store.readers.get(ana)
    assert choices(store, ana) == {"daily": Choice(), "events": CHINA}
    assert {one.paused_until for one in reader.subscriptions} == {LATER}
    assert (reader.subscriber.language, reader.former) == ("de", ("weekly",))
    consent = [(one["newsletter"], one["what"]) for one in store.subscribers.held(ana)["consent"]]
    assert consent[-2:] == [("events", "subscribed"), ("weekly", "left")]


def test_choosing_again_keeps_how_far_a_reader_got(store, ana):
    from sqlalchemy import update

    from publisher.storage.schema import subscription

    with store.database.write() as connection:
        connection.execute(update(subscription).values(watermark=41))
    store.readers.choose(ana, {"daily": Choice()}, language="", paused={}, network="", now=NOW)
    assert store.readers.get(ana).subscription("daily").watermark == 41
    leave(store, ana, "daily")
    store.readers.come_back(ana, "daily", network="", now=NOW + timedelta(hours=1))
    assert store.readers.get(ana).subscription("daily").watermark == 41
    leave(store, ana, "daily")
    store.readers.come_back(ana, "daily", network="", now=LATER)
    assert store.readers.get(ana).subscription("daily").watermark is None


def test_nobody_is_nobody(store):
    assert store.readers.get(7) is None
    assert store.readers.find("nobody@reader.example") is None
    assert not store.readers.choose(
        7, {"daily": CHINA}, language="", paused={}, network="", now=NOW
    )
