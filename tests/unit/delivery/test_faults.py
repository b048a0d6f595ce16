"""A faulty relay, at each point of a talk with each fault: the right state of the delivery."""

import itertools
import shutil
import socket
import ssl
import subprocess
from datetime import timedelta

import pytest

from publisher.delivery import Destinations, MessageTemplate, Smtp, deliver
from publisher.errors import TransportError
from publisher.storage import Store
from tests.unit.delivery.relay import DROP, GARBAGE, GOOD, SILENCE, Relay, Slow
from tests.unit.storage.samples import NOW, open_edition, readers, states

SENDER = "bounces@courier.example"
OFFER = "250-relay.example\r\n250-SIZE 10000000\r\n250-AUTH PLAIN\r\n250-{}\r\n250 8BITMIME\r\n"

# What becomes of a delivery. Where nobody can be talked to it stays owed, and no try is counted.
OWED, SENT, FAILED, AGAIN, DOUBT = "pending", "sent", "failed", "deferred", "in doubt"
BEGINNING = dict.fromkeys(["drop", "4xx", "5xx", "garbage", "421", "silence"], OWED)
ENVELOPE = dict.fromkeys(["drop", "4xx", "garbage", "421", "silence"], AGAIN) | {"5xx": FAILED}
CELLS = {
    "CONNECT": BEGINNING,
    "EHLO": BEGINNING,
    "STARTTLS": BEGINNING | {"TLS refused": OWED, "slow": OWED},  # this relay speaks no TLS
    "AUTH": BEGINNING,
    "MAIL": ENVELOPE | {"5xx": OWED},  # it refuses our own address: nobody's fault
    "RCPT": ENVELOPE,
    "DATA": ENVELOPE,
    "DOT": ENVELOPE | dict.fromkeys(["drop", "garbage", "silence"], DOUBT),
    "QUIT": dict.fromkeys(["drop", "4xx", "5xx", "garbage", "421", "silence"], SENT),
}
FAULTS = {
    "drop": DROP,
    "4xx": b"450 4.7.1 not now\r\n",
    "5xx": b"550 5.7.1 never\r\n",
    "garbage": GARBAGE,
    "421": b"421 4.3.2 closing\r\n",
    "silence": SILENCE,
    "TLS refused": b"454 4.7.0 no TLS today\r\n",
}
_NUMBERS = itertools.count(1)


def cells():
    for point, row in CELLS.items():
        for fault, state in ({"slow": SENT} | row).items():
            for offer in ("PIPELINING", "DSN"):
                late = [pytest.mark.slow] if fault == "silence" else []
                name = f"{point}-{fault}-{offer}"
                yield pytest.param(point, fault, offer, state, id=name, marks=late)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open("sqlite:///publisher.db", site=tmp_path_factory.mktemp("site")) as opened:
        readers(opened, 1)
        yield opened


@pytest.fixture
def edition(store):
    number = next(_NUMBERS)
    people = tuple(one.subscriber for one in store.subscribers.subscriptions("daily"))
    name = f"daily-{number}"
    assert open_edition(store, people, name, slot=NOW + timedelta(hours=number))
    return name


@pytest.fixture
def send(store, edition, make_message, make_recipient):
    def send(port, **options):
        transport = Smtp(
            **({"host": "127.0.0.1", "port": port, "security": "none", "helo": "here"} | options)
        )
        with store.ledger.owner(NOW) as owner, transport:
            return deliver(
                edition,
                ledger=store.ledger,
                transport=transport,
                owner=owner,
                templates={1: MessageTemplate(make_message())},
                recipient_for=lambda claim: make_recipient(address=claim.subscriber.address),
                sender_for=lambda _: SENDER,
                clock=lambda: NOW,
                stop=lambda: False,
                destinations=Destinations(store.peers, lambda: NOW),
            )

    store.peers.let_be_tried("domain", ["reader.example"], NOW)
    return send


@pytest.mark.fault
@pytest.mark.threat(39)
@pytest.mark.parametrize(("point", "fault", "offer", "state"), list(cells()))
def test_each_fault_at_each_point_leaves_the_right_state(
    store, edition, send, point, fault, offer, state
):
    answers = {"EHLO": OFFER.format("STARTTLS" if point == "STARTTLS" else offer).encode()}
    good = GOOD | answers | {"AUTH": b"235 welcome\r\n", "STARTTLS": b"220 go on\r\n"}
    key = "." if point == "DOT" else point
    answer = Slow(good[key]) if fault == "slow" else FAULTS[fault]
    relay = Relay(**good | {key: answer} | ({"HELO": answer} if point == "EHLO" else {}))
    short = 1 if fault == "silence" or point == "STARTTLS" else 30
    options = {"timeout": short, "reply_timeout": short}
    if point == "AUTH":
        options |= {"username": "ana", "password": "secret"}
    if point == "STARTTLS":
        options["security"] = "starttls"
    try:
        if state == OWED:
            with pytest.raises(TransportError) as caught:
                send(relay.port, **options)
            assert caught.value.mend
        else:
            send(relay.port, **options)
    finally:
        relay.close()
    expected = AGAIN if state == DOUBT else state
    assert states(store, edition) == {expected: 1}
    (row,) = store.ledger.who(edition)
    assert row.in_doubt == (state == DOUBT)
    assert row.attempts == (state != OWED)
    # Only what it says of a recipient is an answer of the recipient's domain.
    rests = fault == "4xx" and point in ("RCPT", "DATA", "DOT")
    assert [one.name for one in store.peers.troubled()] == ["reader.example"] * rests
    # Where the server wants content although nobody is left to get it, it gets none.
    arrived = [message for message in relay.messages if message]
    assert len(arrived) == (point in ("DOT", "QUIT") or state == SENT)


@pytest.mark.fault
@pytest.mark.threat(39)
def test_a_certificate_of_a_stranger_is_a_refusal_of_tls(store, edition, send, tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing")
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Sink

    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subject = ["-subj", "/CN=stranger.example", "-keyout", key, "-out", certificate]
    subprocess.run([*command.split(), *subject], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port, tls_context=context)
    controller.start()
    try:
        with pytest.raises(TransportError, match="certificate"):
            send(port, security="starttls")
    finally:
        controller.stop()
    assert states(store, edition) == {"pending": 1}
