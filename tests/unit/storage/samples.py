"""Readers who owe their existence to a test, and an edition that is owed to them."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from publisher.model import Choice, Cohort, Outcome, Receipt, Rendered, Result
from publisher.storage import Audience, Slot, Wish, Wording
from tests.unit.feeds.samples import entry

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
AS_SCHEDULED = ("", "")
DAILY = Cohort(newsletter="daily")
WORDS = Rendered(subject="News", preheader="p", html="<p>News</p>", text="News")
ACCEPTED = Receipt(outcome=Outcome.ACCEPTED, reply="250 ok")
LATER = Receipt(outcome=Outcome.LATER, reply="451 later")
REFUSED = Receipt(outcome=Outcome.REFUSED, reply="550 no")
IN_DOUBT = Receipt(outcome=Outcome.IN_DOUBT)


def readers(store, count):
    for number in range(count):
        store.subscribers.add(
            f"r{number}@reader.example",
            name="",
            subscriptions={"daily": Choice()},
            source="test",
            now=NOW,
        )
    return tuple(one.subscriber for one in store.subscribers.subscriptions("daily"))


def crowd(store, count):
    """As many readers, added quickly."""
    wishes = [
        Wish(address=f"r{n}@reader.example", name="", subscriptions={"daily": Choice()})
        for n in range(count)
    ]
    for start in range(0, count, 1000):
        store.subscribers.add_all(wishes[start : start + 1000], source="test", now=NOW)


def choose(store, person, choice, newsletter="daily", *, until=None, language="", now=NOW):
    """What a reader chooses on their page."""
    assert store.readers.choose(
        person,
        {newsletter: choice},
        language=language,
        paused={newsletter: until} if until else {},
        network="",
        now=now,
    )


def open_edition(store, people, identifier="daily-1", slot=NOW):
    """An edition for all who want the newsletter as it is; `people` are they, or nobody."""
    wording = Wording()
    wording.add(0, [entry().id], WORDS)
    if people:
        wording.add(1, [entry().id], WORDS)
    groups = store.readership.groups("daily", [AS_SCHEDULED], NOW)
    return store.editions.open(
        identifier,
        wording,
        Audience(
            newsletter="daily",
            clocks=[AS_SCHEDULED],
            segments={one.id: int(bool(people)) for one in groups},
        ),
        cohort=DAILY,
        slot=Slot(slot),
        last_sequence=1,
        to_nobody=True,
        now=NOW,
    )


SOON = NOW + timedelta(minutes=5)


def start(store, claims):
    store.ledger.mark(claims, (), NOW)


def finish(store, *pairs, now=NOW, retry_at=None):
    """Record pairs of claim and receipt."""
    store.ledger.mark((), [Result(*pair, retry_at) for pair in pairs], now)


def states(store, identifier="daily-1"):
    return {state.value: n for state, n in store.ledger.check(identifier).states.items()}


def elapse(store, minutes):
    """So much time goes by on the server, for owners on another host."""
    with store.database.write() as connection:
        connection.execute(
            text("UPDATE owner SET host = 'elsewhere.example', lease_until = lease_until - :gone"),
            {"gone": 60 * minutes},
        )


def until_somebody_waits(store):
    """Until a transaction waits for one that is open, of this database."""
    if store.database.is_sqlite:  # whose second writer can't even begin
        time.sleep(0.1)
        return
    query = text(
        "SELECT 1 FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(1000):
        with store.database.read() as connection:
            if connection.execute(query).first():
                return
        time.sleep(0.01)
    pytest.fail("nobody waited")


def upgrade_to(connection, revision):
    """Bring an empty database as far as an older publisher would."""
    from alembic import command
    from alembic.config import Config

    import publisher.storage

    config = Config()
    scripts = Path(publisher.storage.__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
