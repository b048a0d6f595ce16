from datetime import UTC, datetime, timedelta

import pytest

from publisher.errors import StoreError
from publisher.model import Choice
from publisher.storage import Loss, Store
from tests.unit.storage.samples import NOW

KEY = b"a key that nobody else has, really"


@pytest.fixture
def store(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path, secret=lambda: KEY) as opened:
        yield opened


def add(store, address="ana@reader.example", newsletters=("daily",), **options):
    return store.subscribers.add(
        address,
        name="",
        subscriptions=dict.fromkeys(newsletters, Choice()),
        source="test",
        now=NOW,
        **options,
    )


def test_who_is_kept_off_is_taken_off_and_can_not_be_added(store):
    add(store)
    assert store.suppressions.add("Ana@Reader.example", reason="asked", now=NOW) == 1
    assert store.subscribers.count() == 0
    assert add(store) is None
    assert store.suppressions.find("ANA@reader.example").reason == "asked"
    assert store.suppressions.remove("ana@reader.example")
    assert not store.suppressions.remove("ana@reader.example")
    assert add(store)


def test_a_whole_domain_is_kept_off_and_its_neighbours_are_not(store):
    add(store)
    add(store, "ben@notreader.example")
    add(store, "eva@reader.example")
    assert store.suppressions.add("@reader.example", reason="rivals", now=NOW) == 2
    assert add(store, again=True) is None, "a domain is lifted by name alone"
    assert store.suppressions.find("new@reader.example").key == "@reader.example"
    assert store.suppressions.find("ben@notreader.example") is None
    assert [one.key for one in store.suppressions.all()] == ["@reader.example"]


def test_who_left_may_be_asked_again_and_who_is_kept_off_for_worse_may_not(store):
    reasons = {"left": "unsubscribed", "hurt": "complaint", "gone": "bounce"}
    for who, reason in reasons.items():
        store.suppressions.add(f"{who}@reader.example", reason=reason, now=NOW)
    store.suppressions.add("@off.example", reason="by hand", now=NOW)
    may = ("left@reader.example", "new@reader.example", "hurt@reader.example", "a@off.example")
    assert [store.suppressions.may_ask(who) for who in may] == [True, True, False, False]


def test_a_wildcard_in_a_domain_means_itself(store):
    add(store, "ana@a_b.example")
    add(store, "ana@acb.example")
    assert store.suppressions.add("@a_b.example", reason="x", now=NOW) == 1


def test_losses_elsewhere_keep_people_off_here(store):
    add(store, "ana@reader.example", ["daily", "weekly"])
    add(store, "ben@reader.example", ["daily"])
    add(store, "eva@reader.example", ["daily", "weekly"])
    then = NOW - timedelta(days=9)
    new = store.subscribers.keep_off(
        [
            Loss(address="ana@reader.example", reason="left", newsletters=("daily",)),
            Loss(address="ben@reader.example", reason="left", newsletters=("daily",), since=then),
            Loss(address="eva@reader.example", reason="bounced"),
            Loss(address="leo@reader.example", reason="left", newsletters=("daily",)),
        ],
        now=NOW,
    )
    assert new == 3
    kept = {one.key: (one.reason, one.since) for one in store.suppressions.all()}
    assert kept == {
        "ben@reader.example": ("left", then),
        "eva@reader.example": ("bounced", NOW),
        "leo@reader.example": ("left", NOW),
    }
    assert store.subscribers.subscriptions("daily") == []
    assert len(store.subscribers.subscriptions("weekly")) == 1, "ana left the daily alone"


def test_what_is_known_of_an_older_loss_stays(store):
    store.suppressions.add("ana@reader.example", reason="asked us", now=NOW)
    later = datetime(2027, 1, 1, tzinfo=UTC)
    loss = Loss(address="Ana@reader.example", reason="left elsewhere")
    assert store.subscribers.keep_off([loss], now=later) == 0
    assert store.suppressions.find("ana@reader.example").reason == "asked us"


def test_who_was_forgotten_is_known_again_and_named_nowhere(store):
    add(store)
    assert store.subscribers.forget("ana@reader.example", now=NOW)
    (one,) = store.suppressions.all()
    assert one.key.startswith("#")
    assert "ana" not in one.key
    assert add(store, "Ana@reader.example") is None
    assert store.suppressions.find("ana@reader.example").reason == "forgotten"
    assert add(store, again=True), "the person may come back"
    assert list(store.suppressions.all()) == []


def test_without_the_key_nobody_is_added_once_somebody_was_forgotten(store, store_url, tmp_path):
    add(store)
    store.subscribers.forget("ana@reader.example", now=NOW)
    with Store.open(store_url, site=tmp_path) as blind:
        with pytest.raises(StoreError, match="forgotten"):
            add(blind)
        with pytest.raises(StoreError, match="key"):
            blind.subscribers.forget("ana@reader.example", now=NOW)


def test_forgetting_without_a_trace_leaves_none(store):
    add(store)
    assert store.subscribers.forget("ana@reader.example", now=NOW, trace=False)
    assert list(store.suppressions.all()) == []
    assert not store.subscribers.forget("ana@reader.example", now=NOW)
    assert list(store.suppressions.all()) == [], "a stranger leaves no trace either"
