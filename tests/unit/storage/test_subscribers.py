from datetime import UTC, datetime

from publisher.audience import parse_topics

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def add(store, address="ana@reader.example", topics=(), **options):
    return store.subscribers.add(
        address,
        name=options.pop("name", "Ana"),
        subscriptions={"daily": parse_topics(topics)},
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
    assert one.topics == parse_topics(["tag:skerry"])
    assert store.subscribers.count() == 1


def test_a_change_of_one_subscription_leaves_the_others(store):
    add(store)
    store.subscribers.add(
        "ana@reader.example",
        name="",
        subscriptions={"weekly": parse_topics([])},
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
