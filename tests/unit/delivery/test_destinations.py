"""Domains that are left alone, or written to slowly; on both databases."""

from datetime import timedelta

import pytest

from publisher.delivery import Destinations
from publisher.delivery.destinations import rest
from publisher.delivery.pacing import Meter, Pace, is_of_mailbox, is_too_much
from publisher.model import Outcome, Peer, Receipt
from tests.unit.storage.samples import NOW

ACCEPTED = Receipt(outcome=Outcome.ACCEPTED, reply="250 ok")
DOMAIN = "slow.example"


def later(reply="450 4.7.1 not now", **more):
    return Receipt(outcome=Outcome.LATER, reply=reply, **more)


class Sender:
    """A sender's knowledge, with a clock that is turned by hand."""

    def __init__(self, store):
        self.now, self.seconds = NOW, 0.0
        self.knows = Destinations(
            store.peers,
            lambda: self.now,
            timer=lambda: self.seconds,
            chance=lambda _low, _high: 1.0,
        )

    def wait(self, seconds):
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)

    def send(self, receipt=ACCEPTED, domain=DOMAIN):
        """Whether a message went, and was answered so."""
        self.knows.look()
        if self.knows.hold(domain):
            return False
        self.knows.hear(domain, receipt)
        return True


@pytest.fixture
def sender(store):
    return Sender(store)


def test_a_domain_that_answers_4xx_is_left_alone_and_others_go_on(sender):
    assert sender.send(later())
    hold = sender.knows.hold(DOMAIN)
    assert hold.until == NOW + timedelta(minutes=1)
    assert hold.why == f"not tried: {DOMAIN} is left alone after it said: 450 4.7.1 not now"
    assert sender.send(domain="other.example")


def test_each_time_for_twice_as_long_until_it_takes_one(sender, store):
    for minutes in (1, 2, 4):
        assert sender.send(later())
        sender.wait(60 * minutes - 1)
        assert not sender.send()
        sender.wait(1)
    assert sender.send(ACCEPTED)
    assert sender.send(ACCEPTED)
    assert store.peers.troubled() == []


def test_after_its_rest_one_message_tries_before_all_others(sender):
    sender.send(later())
    sender.wait(60)
    assert sender.knows.hold(DOMAIN) is None
    assert sender.knows.hold(DOMAIN).soon
    sender.knows.back(DOMAIN)  # it has not left after all
    assert sender.knows.hold(DOMAIN) is None


def test_the_rest_outlives_the_process_and_other_senders_know_of_it(sender, store):
    other = Sender(store)
    assert other.send(domain="any.example")
    sender.send(later())
    assert not Sender(store).send()
    other.wait(3)
    assert not other.send()


def test_answers_to_what_was_on_its_way_already_do_not_count_again(sender, store):
    sender.send(later())
    sender.knows.hear(DOMAIN, later())
    assert store.peers.troubled()[0].failures == 1


@pytest.mark.parametrize(
    "receipt",
    [
        later("452 4.2.2 mailbox full"),
        later("450 4.1.2 no such host, perhaps"),
        later("421 4.3.2 closing", general=True),
        Receipt(outcome=Outcome.IN_DOUBT, reply="the server hung up", general=True),
        Receipt(outcome=Outcome.REFUSED, reply="550 5.1.1 nobody"),
    ],
)
def test_what_is_of_one_mailbox_or_of_the_relay_is_no_fault_of_the_domain(sender, receipt):
    sender.send(receipt)
    assert sender.send()


def test_a_domain_that_says_too_much_gets_half_and_more_again_as_it_takes_it(sender, store):
    for _ in range(200):
        sender.send(domain=DOMAIN)
        sender.wait(0.05)
    sender.send(later("451 4.7.28 unusual rate of mail"))
    (peer,) = store.peers.troubled()
    assert peer.rate == pytest.approx(10, abs=1)
    sender.wait(60)
    gone = 0
    for _ in range(100):
        gone += sender.send()
        sender.wait(0.05)
    assert 45 <= gone <= 65  # five seconds, at ten a second and a little more
    sender.knows.tell()
    (again,) = store.peers.troubled()
    assert peer.rate < again.rate < peer.rate + 2


def test_who_waits_for_a_slow_domain_is_told_when_to_come_again(sender, store):
    store.peers.save([Peer(kind="domain", name=DOMAIN, rate=2.0)], NOW)
    sender.knows.look()
    holds = [sender.knows.hold(DOMAIN) for _ in range(10)]
    assert holds[0] is None
    assert holds[1] is None
    assert [round((one.until - NOW).total_seconds(), 1) for one in holds[-3:]] == [3.0, 3.5, 4.0]
    assert all(one.soon for one in holds[2:])


def test_the_rate_is_kept_and_shared(sender, store):
    for _ in range(3):
        sender.send(later("450 4.7.0 too many messages"))
        sender.wait(300)
        sender.send()
    sender.knows.tell()
    (peer,) = store.peers.troubled()
    assert peer.rate is not None
    other = Sender(store)
    assert [other.send() for _ in range(3)].count(True) < 3


def test_a_rest_doubles_from_a_minute_to_four_hours_with_a_quarter_left_to_chance():
    assert [rest(n, lambda _a, _b: 1.0) for n in (0, 1, 2, 3, 20)] == [
        timedelta(minutes=1),
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=4),
        timedelta(hours=4),
    ]
    assert timedelta(seconds=45) <= rest(1) <= timedelta(seconds=75)


@pytest.mark.parametrize(
    ("reply", "too_much", "of_mailbox"),
    [
        ("421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred", True, False),
        ("450 4.7.1 Too many messages, slow down", True, False),
        ("451 4.7.28 Our system has detected an unusual rate of mail", True, False),
        ("452 4.2.2 The mailbox is over its limit", True, True),
        ("451 4.3.0 Temporary failure", False, False),
        ("450 4.2.0 Greylisted", False, True),
        ("550 5.7.1 too many complaints", False, False),
    ],
)
def test_what_an_answer_is_about(reply, too_much, of_mailbox):
    assert (is_too_much(reply), is_of_mailbox(reply)) == (too_much, of_mailbox)


def test_many_refusals_at_once_halve_once():
    pace = Pace()
    assert [pace.halve(100 + n / 10, 80.0) for n in range(5)] == [True] + [False] * 4
    assert pace.rate == 40
    assert pace.halve(106, 5.0)
    assert pace.rate == 10


def test_a_pace_rises_until_it_is_no_limit_any_more():
    pace = Pace()
    pace.halve(0, 1200.0)
    for second in range(1, 60):
        pace.rise(second)
    assert pace.rate is None
    assert all(pace.take(60) for _ in range(10_000))


def test_a_meter_knows_of_the_last_ten_seconds():
    meter = Meter()
    for n in range(300):
        meter.count("a", n / 10)
    assert meter.rate("a", 30) == pytest.approx(10, abs=1)
    assert meter.rate("b", 30) == 0
    assert meter.rate("a", 60) == 0
