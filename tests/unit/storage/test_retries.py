"""What failed is sent again when the operator says so, and nothing else; on both databases."""

from datetime import timedelta

import pytest

from publisher.errors import UsageError
from publisher.model import Choice, DeliveryState
from publisher.storage import Wish
from tests.unit.storage.samples import (
    ACCEPTED,
    IN_DOUBT,
    LATER,
    NOW,
    REFUSED,
    SOON,
    finish,
    open_edition,
    states,
)

FAILED = {DeliveryState.FAILED}
ADDRESSES = [
    "sent@post.example",
    "later@post.example",
    "held@post.example",
    "refused@post.example",
    "Refused@Other.example",
    "left@post.example",
    "off@post.example",
]


@pytest.fixture
def done(store):
    """An edition in which each has met another fate."""
    wishes = [Wish(address=a, name="", subscriptions={"daily": Choice()}) for a in ADDRESSES]
    store.subscribers.add_all(wishes, source="test", now=NOW)
    open_edition(store, True)
    with store.ledger.owner(NOW) as owner:
        claims = store.ledger.claim("daily-1", owner, 100, NOW)
        by_name = {claim.subscriber.address: claim for claim in claims}
        store.ledger.mark(claims, (), NOW)
        for address, claim in by_name.items():
            receipt = {"sent": ACCEPTED, "held": IN_DOUBT}.get(address.split("@")[0], REFUSED)
            if address != ADDRESSES[1]:
                finish(store, (claim, receipt))
        finish(store, (by_name[ADDRESSES[1]], LATER), retry_at=SOON)
    store.readers.leave(
        by_name[ADDRESSES[5]].subscriber.id, ["daily"], source="test", network="", now=NOW
    )
    store.suppressions.add(ADDRESSES[6], reason="bounced", now=NOW)
    return store


def retry(store, states=FAILED, now=NOW, **options):
    found = store.retries.retry("daily-1", now, states=states, **options)
    return found.queued, found.suppressed, found.left


def test_what_failed_is_queued_again_but_not_for_who_has_left_or_is_kept_off(done):
    queued, suppressed, left = retry(done)
    assert queued == 2
    assert suppressed + left == 2
    assert states(done) == {"pending": 2, "sent": 1, "deferred": 1, "held": 1, "failed": 2}
    (row,) = [row for row in done.ledger.who("daily-1") if row.address == "refused@post.example"]
    assert (row.state.value, row.attempts) == ("pending", 0)


def test_a_dry_run_says_the_same_and_changes_nothing(done):
    before = states(done)
    assert retry(done, dry_run=True)[0] == 2
    assert states(done) == before
    assert done.editions.get("daily-1").retried is None


@pytest.mark.parametrize(
    ("options", "queued"),
    [
        ({"domain": "post.example"}, 1),
        ({"domain": "other.example"}, 1),
        ({"domain": "example"}, 0),
        ({"domain": "%.example"}, 0),
        ({"address": "refused@other.example"}, 1),
        ({"address": "sent@post.example"}, 0),
        ({"states": FAILED | {DeliveryState.HELD}}, 3),
        ({"states": FAILED | {DeliveryState.DEFERRED}, "domain": "post.example"}, 2),
    ],
)
def test_a_choice_can_be_made(done, options, queued):
    assert retry(done, **options)[0] == queued


def test_an_edition_that_is_done_is_opened_again_and_can_be_sent_and_closed(done):
    retry(done, FAILED | {DeliveryState.DEFERRED}, domain="post.example")
    with done.ledger.owner(NOW) as owner:
        claims = done.ledger.claim("daily-1", owner, 100, NOW)
        done.ledger.mark(claims, (), NOW)
        finish(done, *[(claim, REFUSED) for claim in claims])
    done.ledger.settle("daily-1")
    assert done.editions.get("daily-1").state == "done"
    later = NOW + timedelta(days=3)
    assert retry(done, now=later)[0] == 3
    edition = done.editions.get("daily-1")
    assert (edition.state, edition.retried) == ("open", later)
    assert states(done)["pending"] == 3


def test_what_was_cancelled_or_never_was_is_refused(done):
    done.editions.steer("daily-1", "cancelled", of={"open"})
    with pytest.raises(UsageError, match="was cancelled"):
        retry(done)
    with pytest.raises(UsageError, match="there is no edition"):
        done.retries.retry("daily-9", NOW, states=FAILED)
