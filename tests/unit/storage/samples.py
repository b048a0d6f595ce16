"""Readers who owe their existence to a test, and an edition that is owed to them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from publisher.model import Choice, Outcome, Receipt, Rendered, Result, Segment
from tests.unit.feeds.samples import entry

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
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


def open_edition(store, people, identifier="daily-1", slot=NOW):
    return store.editions.open(
        identifier,
        newsletter="daily",
        title="News",
        slot=slot,
        last_sequence=1,
        segments=[
            (Segment(number=0, entries=(entry(),), recipients=()), WORDS),
            (Segment(number=1, entries=(entry(),), recipients=people), WORDS),
        ],
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
