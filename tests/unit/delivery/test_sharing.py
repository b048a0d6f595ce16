"""Several senders and one relay that takes so many messages a second and no more."""

import random
from contextlib import ExitStack
from datetime import timedelta

import pytest

from publisher.delivery import Regulator
from publisher.model import Limits, Outcome, Receipt, RelayPace
from publisher.storage import Store
from tests.unit.storage.samples import NOW

ACCEPTED = Receipt(outcome=Outcome.ACCEPTED, reply="250 ok")
TOO_MUCH = Receipt(outcome=Outcome.LATER, reply="451 4.7.0 too many messages", general=True)
TAKES = 40  # messages in any second
STEP = 0.02  # seconds


class Slow:
    """The relay, and the time that it goes by."""

    def __init__(self):
        self.now = 0.0
        self.taken = []
        self.refused = []

    def offer(self):
        self.taken = [at for at in self.taken if at > self.now - 1]
        if len(self.taken) >= TAKES:
            self.refused.append(self.now)
            return TOO_MUCH
        self.taken.append(self.now)
        return ACCEPTED


def sender(relay, store):
    return Regulator(
        "relay.example:25",
        Limits(),
        book=store.peers,
        handed=store.handed,
        clock=lambda: NOW + timedelta(seconds=relay.now),
        timer=lambda: relay.now,
        chance=lambda _low, _high: 1.0,
    )


def send(relay, senders, seconds):
    """Each gives it what it may, two at a step at the most; how much the relay took."""
    chance = random.Random(7)
    taken = 0
    while seconds > 0:
        for one in chance.sample(senders, len(senders)):
            for _ in range(2):
                if one.wait() == 0:
                    one.spend()
                    receipt = relay.offer()
                    taken += receipt is ACCEPTED
                    one.hear(receipt)
        relay.now += STEP
        seconds -= STEP
    return taken


def learned(store, relay, rate):
    """As after a minute of trying."""
    at = NOW.timestamp() + relay.now
    known = RelayPace(rate=rate, step=rate / 60, halved=at - 60, risen=at, counted=at)
    store.handed.pace("relay.example:25", lambda _pace: (known, None))


@pytest.fixture
def relay():
    return Slow()


def test_what_one_finds_out_is_on_record(store, relay):
    one, other = (sender(relay, store) for _ in range(2))
    send(relay, [one], 3)
    assert relay.refused
    (known,) = store.peers.troubled()
    assert (known.reply, known.failures) == (TOO_MUCH.reply, 0)
    relay.refused.clear()
    assert 0 < send(relay, [other], 3) < 3 * TAKES
    assert not relay.refused


def test_two_that_share_it_are_together_no_faster_than_one(store, relay):
    learned(store, relay, 0.8 * TAKES)
    senders = [sender(relay, store) for _ in range(2)]
    each = [send(relay, senders, 2.5) for _ in range(4)]
    assert 0.5 * TAKES <= sum(each) / 10 <= TAKES
    assert len(relay.refused) <= 0.02 * sum(each)


def test_without_it_two_are_too_much(relay, tmp_path):
    """The control: the same two, each with a store of its own."""
    with ExitStack() as stack:
        senders = []
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
            store = Store.open("sqlite:///publisher.db", site=tmp_path / name)
            senders.append(sender(relay, stack.enter_context(store)))
            learned(store, relay, 0.8 * TAKES)
        taken = send(relay, senders, 1)
        assert len(relay.refused) > 0.1 * taken


def test_a_pace_that_nobody_needs_any_more_is_none(store, relay):
    one = sender(relay, store)
    one.hear(TOO_MUCH)
    assert one.wait() > 0
    relay.now += timedelta(days=8).total_seconds()
    send(relay, [one], 0.1)
    assert one.wait() == 0
