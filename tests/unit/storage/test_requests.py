"""What people ask for on the web: one mail a day, confirmed once, forgotten in days."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from publisher.model import Choice, Selection
from publisher.storage import Ration, Store
from tests.unit.storage.samples import NOW

DAY = timedelta(days=1)


@pytest.fixture
def store(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path, secret=lambda: b"k" * 32) as opened:
        yield opened


def ask(store, address="ana@reader.example", now=NOW, newsletters=("daily",)):
    return store.requests.ask(
        "confirm",
        address,
        newsletters=newsletters,
        language="de",
        network="192.0.2.1",
        now=now,
    )


@pytest.mark.threat(19)
def test_an_address_is_answered_once_a_day(store):
    assert ask(store)
    assert not ask(store)
    assert not ask(store, "ANA@reader.example", NOW + timedelta(hours=23))
    [first] = store.requests.claim(NOW)
    store.requests.settle(first, "mailed")
    assert not ask(store, now=NOW + timedelta(hours=23))
    assert store.requests.claim(NOW + timedelta(hours=23)) == []
    assert ask(store, now=NOW + DAY)
    [second] = store.requests.claim(NOW + DAY)
    assert (second.asked, second.state) == (NOW + DAY, "waiting")


@pytest.mark.slow
@pytest.mark.threat(19)
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_who_asks_at_the_same_moment_elsewhere_gets_one_mail_and_spends_one_ration(
    store, store_url, tmp_path
):
    """Two services before one database: the other is quicker between our look and our word."""
    ration = [Ration(name="all", most=2)]

    def meanwhile(act):
        done = []

        def before(_connection, _cursor, statement, *_rest):
            if statement.startswith("INSERT") and not done:
                done.append(statement)
                with Store.open(store_url, site=tmp_path, secret=lambda: b"k" * 32) as other:
                    act(other)

        event.listen(store.database.engine, "before_cursor_execute", before)
        got = act(store)
        event.remove(store.database.engine, "before_cursor_execute", before)
        assert done
        return got

    assert meanwhile(ask) is False
    assert len(store.requests.claim(NOW)) == 1
    now_ms = int(NOW.timestamp() * 1000)
    assert meanwhile(lambda one: one.rations.take(ration, now_ms=now_ms)) == 0
    assert store.rations.take(ration, now_ms=now_ms) > 0


def test_a_claim_is_nobody_elses_until_its_holder_counts_as_dead(store):
    ask(store)
    [one] = store.requests.claim(NOW)
    assert store.requests.claim(NOW + timedelta(minutes=14)) == []
    assert not store.requests.waits(NOW)
    assert [again.id for again in store.requests.claim(NOW + timedelta(minutes=15))] == [one.id]


def test_what_could_not_be_sent_is_tried_again_later(store):
    ask(store)
    [one] = store.requests.claim(NOW)
    store.requests.settle(one, "waiting", retry_at=NOW + timedelta(minutes=5), attempts=1)
    assert store.requests.claim(NOW) == []
    [again] = store.requests.claim(NOW + timedelta(minutes=5))
    assert again.attempts == 1


def test_confirming_subscribes_and_writes_down_who_agreed_to_what(store):
    ask(store)
    [one] = store.requests.claim(NOW)
    known = store.requests.confirm(one, ["daily"], network="192.0.2.9", now=NOW + DAY)
    assert (known.address, known.language) == ("ana@reader.example", "de")
    held = store.subscribers.held(known.id)
    assert [(row["what"], row["source"], row["network"], row["at"]) for row in held["consent"]] == [
        ("subscribed", "form", "192.0.2.1", NOW),
        ("confirmed", "form", "192.0.2.9", NOW + DAY),
    ]
    assert held["requests"][0]["state"] == "used"


@pytest.mark.threat(21)
def test_a_confirmation_counts_once_even_if_they_left_meanwhile(store):
    ask(store)
    [one] = store.requests.claim(NOW)
    known = store.requests.confirm(one, ["daily"], network="", now=NOW)
    store.readers.leave(known.id, ["daily"], source="link", network="", now=NOW)
    assert store.requests.confirm(one, ["daily"], network="", now=NOW) is None
    assert store.readers.get(known.id).subscriptions == ()


def test_a_confirmation_brings_back_who_left_and_leaves_choices_as_they_are(store):
    china = Choice(topics=Selection(tags=frozenset({"china"})))
    store.subscribers.add(
        "ana@reader.example", name="Ana", subscriptions={"daily": china}, source="t", now=NOW
    )
    ask(store, newsletters=("daily", "weekly"))
    [one] = store.requests.claim(NOW)
    known = store.requests.confirm(one, ["daily", "weekly"], network="", now=NOW)
    chosen = {row.newsletter: row.choice for row in store.readers.get(known.id).subscriptions}
    assert chosen == {"daily": china, "weekly": Choice()}
    store.subscribers.remove("ana@reader.example", now=NOW, reason="gone")
    ask(store, now=NOW + DAY)
    [two] = store.requests.claim(NOW + DAY)
    assert store.requests.confirm(two, ["daily"], network="", now=NOW) is not None
    assert store.suppressions.find("ana@reader.example") is None


def test_a_suppressed_domain_is_not_confirmed(store):
    ask(store)
    store.suppressions.add("@reader.example", reason="operator", now=NOW)
    [one] = store.requests.claim(NOW)
    assert store.requests.confirm(one, ["daily"], network="", now=NOW) is None
    assert store.subscribers.count() == 0


def test_requests_are_forgotten_after_eight_days(store):
    ask(store)
    assert store.requests.prune(NOW + 8 * DAY) == 0
    assert store.requests.prune(NOW + 8 * DAY + timedelta(seconds=1)) == 1
    assert store.requests.claim(NOW + 9 * DAY) == []


@pytest.mark.threat(19)
def test_a_ration_runs_out_and_comes_back(store):
    small, large = Ration(name="network", most=3), Ration(name="all", most=100)
    hour = 3_600_000

    def take(at):
        return store.rations.take([small, large], now_ms=at)

    assert [take(hour) for _ in range(4)] == [0, 0, 0, 1200]
    assert take(hour + 1_199_000) == 1
    assert take(hour + 1_200_000) == 0
    assert take(hour + 1_200_000) > 0
    # What was refused has cost the other ration nothing.
    assert store.rations.take([Ration(name="all", most=100)], now_ms=hour + 1_200_000) == 0
    store.rations.prune(now_ms=9 * hour)
    assert [take(9 * hour) for _ in range(4)].count(0) == 3
