from datetime import UTC, datetime

from sqlalchemy import update

from publisher.audience import parse_topics
from publisher.model import Choice, Consent, Frequency
from publisher.storage import Wish
from publisher.storage.schema import subscription
from tests.at_once import at_once

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def add(store, address="ana@reader.example", topics=(), **options):
    return store.subscribers.add(
        address,
        name=options.pop("name", "Ana"),
        subscriptions={"daily": Choice(topics=parse_topics(topics))},
        source="test",
        now=NOW,
        **options,
    )


def test_an_address_is_one_subscriber_however_it_is_spelt(store):
    first = add(store)
    again = add(store, "Ana@Reader.example", ["tag:skerry"], name="")
    assert first.id == again.id
    assert again.name == "Ana"
    (one,) = store.subscribers.subscriptions("daily")
    assert one.choice.topics == parse_topics(["tag:skerry"])
    assert store.subscribers.count() == 1


def test_a_change_of_one_subscription_leaves_the_others(store):
    add(store)
    store.subscribers.add(
        "ana@reader.example",
        name="",
        subscriptions={"weekly": Choice()},
        source="test",
        now=NOW,
    )
    assert len(store.subscribers.subscriptions("daily")) == 1
    assert len(store.subscribers.subscriptions("weekly")) == 1


def test_who_left_comes_back_only_if_asked_for(store):
    add(store)
    assert store.subscribers.remove("ANA@reader.example", now=NOW, reason="asked")
    assert store.subscribers.subscriptions("daily") == []
    assert add(store) is None
    assert store.subscribers.count() == 0
    assert add(store, again=True) is not None
    assert add(store) is not None


def test_a_stranger_can_not_be_removed(store):
    assert not store.subscribers.remove("nobody@reader.example", now=NOW, reason="x")


def test_the_number_of_one_who_left_is_never_given_to_another(store):
    gone = add(store)
    store.subscribers.remove("ana@reader.example", now=NOW, reason="asked")
    assert add(store, "bea@reader.example").id > gone.id


def test_a_subscriber_is_found_however_the_address_is_spelt(store):
    ana = add(store)
    bea = add(store, "bea@reader.example", name="Bea")
    assert store.subscribers.find("ANA@reader.example") == ana
    assert store.subscribers.find("nobody@reader.example") is None
    assert store.subscribers.all() == [ana, bea]


def test_one_address_added_by_many_at_once_is_one_subscriber(store):
    found = at_once(lambda _who: add(store), range(4))
    assert len({one.id for one in found}) == store.subscribers.count() == 1


def test_a_change_of_choice_keeps_how_far_the_reader_has_come(store):
    add(store)
    with store.database.write() as connection:
        connection.execute(update(subscription).values(watermark=7))
    hourly = Choice(frequency=Frequency.EACH, timezone="Asia/Tokyo")
    store.subscribers.add(
        "ana@reader.example", name="", subscriptions={"daily": hourly}, source="test", now=NOW
    )
    (one,) = store.subscribers.subscriptions("daily")
    assert one.choice == hourly
    assert one.watermark == 7


def test_two_rows_of_one_person_are_one_subscriber_with_what_both_say(store):
    def wish(address, newsletter, **more):
        agreed = Consent(newsletter=newsletter, what="subscribed", source="form", at=NOW)
        choices = {newsletter: Choice()}
        return Wish(address=address, subscriptions=choices, consents=(agreed,), **more)

    one, same = store.subscribers.add_all(
        [
            wish("ana@reader.example", "daily", name="", language="pt"),
            wish("Ana@reader.example", "weekly", name="Ana"),
        ],
        source="import",
        now=NOW,
    )
    assert one.id == same.id
    assert (one.name, one.language) == ("Ana", "pt")
    assert [len(store.subscribers.subscriptions(name)) for name in ("daily", "weekly")] == [1, 1]
