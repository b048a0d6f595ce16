"""Several relays: where one fails the next takes over, and nobody is written to twice."""

import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest

from publisher.delivery import Failover, MessageTemplate, Regulator, Smtp, deliver
from publisher.errors import LimitError, TransportError
from publisher.model import Limits
from tests.unit.delivery.relay import DROP, GOOD, Relay, Slow, free_port
from tests.unit.storage.samples import NOW, open_edition, readers, states

SENDER = "bounces@courier.example"
PEOPLE = 12
OFFER = b"250-relay.example\r\n250-PIPELINING\r\n250-AUTH PLAIN\r\n250-{}\r\n250 8BITMIME\r\n"


class Clock:
    """Runs on by itself, and can be put forward."""

    def __init__(self):
        self.ahead = timedelta()
        self._began = time.monotonic()

    def __call__(self):
        return NOW + timedelta(seconds=time.monotonic() - self._began) + self.ahead


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def relays():
    """Makes relays that answer as they are told, and closes them."""
    made = []

    def make(**answers):
        made.append(Relay(**answers))
        return made[-1]

    yield make
    for relay in made:
        relay.close()


@pytest.fixture
def send(store, clock, make_message, make_recipient):
    readers(store, PEOPLE)
    open_edition(store, True)

    def smtp(port, limits, options):
        return Smtp(
            **(
                {
                    "host": "127.0.0.1",
                    "port": port,
                    "security": "none",
                    "helo": "here",
                    "connections": 2,
                    "valve": Regulator(
                        f"127.0.0.1:{port}",
                        limits,
                        book=store.peers,
                        handed=store.handed,
                        clock=clock,
                        chance=lambda _low, _high: 1.0,
                    ),
                }
                | options
            )
        )

    def send(*ports, limits=None, **options):
        chosen = limits or [Limits()] * len(ports)
        transport = Failover(
            [smtp(port, limit, options) for port, limit in zip(ports, chosen, strict=True)], clock
        )
        with store.ledger.owner(NOW) as owner, transport:
            return deliver(
                "daily-1",
                ledger=store.ledger,
                transport=transport,
                owner=owner,
                templates={1: MessageTemplate(make_message())},
                recipient_for=lambda claim: make_recipient(
                    claim.subscriber.id, address=claim.subscriber.address
                ),
                sender_for=lambda _: SENDER,
                clock=clock,
                stop=lambda: False,
            )

    return send


def arrived(*relays):
    """How often each recipient got it, by their Message-IDs."""
    found = Counter()
    for relay in relays:
        for message in relay.messages:
            found[next(line for line in message.split(b"\r\n") if b"Message-ID" in line)] += 1
    return found


REFUSALS = {
    "drop at connect": {"CONNECT": DROP},
    "421 at connect": {"CONNECT": b"421 4.3.2 too busy\r\n"},
    "554 at connect": {"CONNECT": b"554 5.7.1 go away\r\n"},
    "421 at EHLO": {"EHLO": b"421 4.3.2 closing\r\n"},
    "421 at MAIL": {"MAIL": b"421 4.3.2 closing\r\n"},
    "421 at RCPT": {"RCPT": b"421 4.3.2 closing\r\n"},
    "our address refused": {"MAIL": b"550 5.7.1 not you\r\n"},
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", list(REFUSALS))
def test_the_next_takes_over_from_one_that_takes_nothing(store, send, relays, fault):
    first, second = relays(**GOOD | REFUSALS[fault]), relays()
    tally = send(first.port, second.port)
    # What it had looked at before it hung up is tried again later, and no other one.
    assert tally.sent + tally.deferred == PEOPLE
    assert tally.deferred <= 6
    assert set(arrived(second).values()) == {1}
    assert not first.messages
    assert states(store).get("sent") == tally.sent
    (peer,) = store.peers.troubled()
    assert (peer.kind, peer.name) == ("relay", f"127.0.0.1:{first.port}")
    assert peer.failures == 1


def test_so_it_does_where_nobody_listens_tls_fails_or_the_password_is_wrong(send, relays, store):
    second = relays(EHLO=OFFER.replace(b"{}", b"STARTTLS"), AUTH=b"535 5.7.8 wrong\r\n")
    third = relays(EHLO=OFFER.replace(b"{}", b"SIZE 1000000"), AUTH=b"235 welcome\r\n")
    login = {"username": "ana", "password": "secret"}
    assert send(free_port(), second.port, third.port, **login).sent == PEOPLE
    assert len(store.peers.troubled()) == 2


def test_one_that_fails_in_the_middle_is_followed_by_the_next_and_doubt_stays_doubt(
    store, send, relays
):
    first = relays(
        **GOOD | {".": [b"250 ok\r\n"] * 5 + [DROP], "CONNECT": [GOOD["CONNECT"]] + [DROP] * 9}
    )
    second = relays()
    tally = send(first.port, second.port, connections=1)
    assert tally.sent == PEOPLE - 1
    assert [row.in_doubt for row in store.ledger.who("daily-1")].count(True) == 1
    assert set(arrived(first, second).values()) == {1}


def test_one_that_failed_stands_back_and_comes_first_again_after_its_rest(
    store, send, relays, clock
):
    first, second = relays(**GOOD | {"CONNECT": [DROP, GOOD["CONNECT"]]}), relays()
    send(first.port, second.port)
    assert (len(first.messages), len(second.messages)) == (0, PEOPLE)
    clock.ahead = timedelta(minutes=2)
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET state = 'pending', attempts = 0")
        connection.exec_driver_sql("UPDATE edition SET state = 'open'")
    send(first.port, second.port)
    assert len(first.messages) == PEOPLE
    assert store.peers.troubled() == []


def test_if_none_is_left_it_is_told_of_each_and_all_stays_owed(store, send, relays):
    first, second = relays(CONNECT=b"554 no\r\n"), relays(EHLO=b"550 never\r\n", HELO=b"550 no\r\n")
    with pytest.raises(TransportError, match="no relay takes mail") as caught:
        send(first.port, second.port)
    assert f"127.0.0.1:{first.port}" in caught.value.what
    assert f"127.0.0.1:{second.port}" in caught.value.what
    assert states(store) == {"pending": PEOPLE}


def test_a_relay_gets_no_more_than_it_may_and_the_next_gets_the_rest(store, send, relays):
    first, second = relays(), relays()
    limits = [Limits(per_hour=5), Limits(per_day=100)]
    assert send(first.port, second.port, limits=limits).sent == PEOPLE
    assert (len(first.messages), len(second.messages)) == (5, PEOPLE - 5)


def test_if_all_have_got_what_they_may_the_rest_stays_owed(store, send, relays):
    relay = relays()
    with pytest.raises(LimitError, match="as many messages as it may") as caught:
        send(relay.port, limits=[Limits(per_hour=5)])
    assert caught.value.seconds > 60
    assert len(relay.messages) == 5
    with pytest.raises(LimitError):  # a restart gives no more
        send(relay.port, limits=[Limits(per_hour=5)])
    assert len(relay.messages) == 5
    assert states(store) == {"sent": 5, "pending": PEOPLE - 5}


def test_a_limit_by_the_second_is_waited_for(send, relays):
    relay = relays()
    began = time.monotonic()
    assert send(relay.port, limits=[Limits(per_second=10)]).sent == PEOPLE
    assert time.monotonic() - began >= 1  # the limit itself: not more than ten in a second


def test_a_relay_that_says_it_is_too_much_gets_half(store, send, relays):
    relay = relays(**GOOD | {"MAIL": [GOOD["MAIL"]] * 8 + [b"451 4.7.0 too many messages\r\n"]})
    tally = send(relay.port, connections=1)
    assert (tally.sent, tally.deferred) == (PEOPLE - 1, 1)
    (peer,) = store.peers.troubled()
    assert peer.rate is not None
    assert peer.failures == 0
    assert peer.reply == "451 4.7.0 too many messages"


class Crowded(Relay):
    """One that talks to one at a time, and says so to whoever else comes."""

    def _serve(self):
        talks = []
        while True:
            connection, _ = self._listener.accept()
            if self._done.is_set():
                connection.close()
                break
            self.connections += 1
            if any(talk.is_alive() for talk in talks):
                connection.sendall(b"421 4.3.2 too many connections\r\n")
                connection.close()
                continue
            talks.append(threading.Thread(target=self._talk_alone, args=(connection,)))
            talks[-1].start()
        for talk in talks:
            talk.join()

    def _talk_alone(self, connection):
        with connection, connection.makefile("rb") as lines, suppress(OSError):
            self._talk(connection, lines)


def test_a_relay_that_wants_one_connection_gets_all_over_one(store, send):
    relay = Crowded(MAIL=Slow(GOOD["MAIL"]))  # so that letters wait, and another is tried
    try:
        assert send(relay.port, connections=4, valve=None).sent == PEOPLE
    finally:
        relay.close()
    assert relay.connections > 1
    assert set(arrived(relay).values()) == {1}
    assert states(store) == {"sent": PEOPLE}


def test_a_relay_that_puts_off_whatever_it_is_offered_is_asked_no_more(store, send, relays):
    relay = relays(MAIL=b"451 4.3.0 no disk\r\n")
    with pytest.raises(TransportError, match="it takes none"):
        send(relay.port, connections=1)
    assert states(store)["pending"] >= 1
