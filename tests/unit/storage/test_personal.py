"""What is held about a person, and that nothing of it outlives being forgotten."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from publisher.model import Consent
from publisher.storage import Store
from publisher.storage.personal import PERSONAL
from publisher.storage.schema import metadata
from tests.unit.storage.samples import ACCEPTED, NOW, finish, open_edition, readers, start, states


@pytest.fixture
def store(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path, secret=lambda: b"k" * 32) as opened:
        yield opened


def test_every_table_that_names_people_is_shown_and_erased():
    """Whoever adds a table with people in it also says how they are forgotten (personal.py)."""
    names = {"subscriber", "address", "key", "network", "recipient", "email"}
    there = {
        table.name
        for table in metadata.sorted_tables
        if table.name == "subscriber" or names.intersection(table.c.keys())
    }
    assert there == set(PERSONAL)


def sent(store):
    """Three readers, of whom the first was sent something."""
    people = readers(store, 3)
    open_edition(store, people)
    with store.ledger.owner(NOW) as owner:
        claims = store.ledger.claim("daily-1", owner, 1, NOW)
        start(store, claims)
        finish(store, (claims[0], ACCEPTED))
    return people


def test_all_that_is_held_is_shown(store):
    people = sent(store)
    store.subscribers.record_consent(
        people[0].id, "daily", "confirmed", "form", "192.0.2.1", NOW + timedelta(hours=1)
    )
    held = store.subscribers.held(people[0].id)
    assert held == store.subscribers.held_at("R0@reader.example")
    assert [one["address"] for one in held["subscriber"]] == ["r0@reader.example"]
    assert [(one["newsletter"], one["topics"]) for one in held["subscriptions"]] == [("daily", {})]
    assert [(one["what"], one["network"]) for one in held["consent"]] == [
        ("subscribed", ""),
        ("confirmed", "192.0.2.1"),
    ]
    assert [(one["edition"], one["state"]) for one in held["deliveries"]] == [("daily-1", "sent")]
    assert "r1@" not in json.dumps(held, default=str)


def test_who_is_forgotten_stands_nowhere_and_the_counts_stay_true(store):
    sent(store)
    before = states(store)
    assert store.subscribers.forget("R0@reader.example", now=NOW)
    assert states(store) == before
    with store.database.read() as connection:
        words = "".join(
            str(list(connection.execute(select(table)))) for table in metadata.sorted_tables
        )
    assert "r0@" not in words
    assert "r1@" in words
    held = store.subscribers.held_at("r0@reader.example")
    assert not any(held.values())


def test_who_left_before_is_forgotten_too(store):
    sent(store)
    store.subscribers.remove("r0@reader.example", now=NOW, reason="asked")
    held = store.subscribers.held_at("r0@reader.example")
    assert len(held["deliveries"]) == len(held["suppressions"]) == 1
    assert store.subscribers.forget("r0@reader.example", now=NOW)
    assert not any(store.subscribers.held_at("r0@reader.example").values())


def test_a_consent_is_written_once_however_often_it_comes(store):
    (one,) = readers(store, 1)
    for _ in range(2):
        store.subscribers.record_consent(one.id, "daily", "left", "one-click", "", NOW)
    (portrait,) = store.subscribers.export()
    assert portrait.consents[1:] == (
        Consent(newsletter="daily", what="left", source="one-click", at=NOW),
    )
