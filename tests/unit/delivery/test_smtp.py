"""The relay misbehaves, verb by verb; what the transport makes of it."""

import socket
import time

import pytest

from publisher.delivery import Smtp
from publisher.delivery.transports.dialogue import Manner
from publisher.delivery.transports.letters import Letter
from publisher.delivery.transports.protocol import _SingleLetter
from publisher.errors import AddressError, StoreError, TransportError
from publisher.model import Outcome, Recipient
from tests.unit.delivery.relay import DROP, GARBAGE, GOOD, Relay

SENDER = "bounces@courier.example"
DATA = b"Subject: x\r\n\r\nx\r\n"


@pytest.fixture
def serve():
    relays, transports = [], []

    def start(*, timeout=5, reply_timeout=5, **answers):
        relay = Relay(**{key.replace("DOT", "."): answer for key, answer in answers.items()})
        relays.append(relay)
        transport = Smtp(
            host="127.0.0.1",
            port=relay.port,
            security="none",
            timeout=timeout,
            reply_timeout=reply_timeout,
            helo="here.example",
        )
        transports.append(transport)
        return relay, transport

    yield start
    for transport in transports:
        transport.close()
    for relay in relays:
        relay.close()


def recipient(address="ana@post.example"):
    return Recipient(
        subscriber=1, address=address, name="", message_id="<x@y>", leave="", preferences=""
    )


def send(transport, address="ana@post.example", data=DATA):
    return transport.send(SENDER, recipient(address), data)


def test_one_connection_carries_many_messages(serve):
    relay, transport = serve()
    with transport:
        receipts = [send(transport, f"reader{one}@post.example") for one in range(3)]
    assert [receipt.outcome for receipt in receipts] == [Outcome.ACCEPTED] * 3
    assert receipts[0].reply == "250 queued as 1"
    assert relay.connections == 1
    assert relay.messages == [DATA] * 3
    assert relay.heard[:4] == [
        "EHLO here.example",
        f"MAIL FROM:<{SENDER}> SIZE={len(DATA)}",
        "RCPT TO:<reader0@post.example>",
        "DATA",
    ]
    assert relay.heard[-1].upper() == "QUIT"


OUTCOMES = [
    ("RCPT", DROP, Outcome.LATER),
    ("DATA", DROP, Outcome.LATER),
    ("DOT", DROP, Outcome.IN_DOUBT),
    ("MAIL", b"451 busy\r\n", Outcome.LATER),
    ("MAIL", b"421 closing\r\n", Outcome.LATER),
    ("RCPT", b"450 greylisted\r\n", Outcome.LATER),
    ("DATA", b"452 full\r\n", Outcome.LATER),
    ("DOT", b"451 busy\r\n", Outcome.LATER),
    ("MAIL", b"552 too big\r\n", Outcome.REFUSED),
    ("RCPT", b"550-no such\r\n550 user\r\n", Outcome.REFUSED),
    ("DATA", b"554 no\r\n", Outcome.REFUSED),
    ("DOT", b"550 5.7.1 spam\r\n", Outcome.REFUSED),
    ("RCPT", b"421 closing\r\n", Outcome.LATER),
    ("DATA", b"421 closing\r\n", Outcome.LATER),
    ("DOT", b"421 closing\r\n", Outcome.LATER),
    ("RCPT", GARBAGE, Outcome.LATER),
    ("DATA", GARBAGE, Outcome.LATER),
    ("DATA", b"250 never mind\r\n", Outcome.LATER),
    ("DOT", GARBAGE, Outcome.IN_DOUBT),
    ("DOT", b"354 still there?\r\n", Outcome.IN_DOUBT),
    ("DOT", b"250" + b"x" * 10_000 + b"\r\n", Outcome.IN_DOUBT),
    ("RCPT", b"250" + b"x" * 10_000 + b"\r\n", Outcome.LATER),
    ("DOT", b"\r\n", Outcome.IN_DOUBT),
]


@pytest.mark.parametrize(("verb", "answer", "outcome"), OUTCOMES)
@pytest.mark.threat(39)
def test_a_fault_gives_its_outcome_and_the_next_message_leaves(serve, verb, answer, outcome):
    relay, transport = serve(**{verb: [answer]})
    with transport:
        assert send(transport).outcome is outcome
        assert send(transport, "next@post.example").outcome is Outcome.ACCEPTED
    assert relay.messages[-1] == DATA
    assert relay.heard.count("RCPT TO:<next@post.example>") == 1


@pytest.mark.parametrize("answer", [DROP, b"421 idle too long\r\n", GARBAGE])
def test_a_relay_that_hung_up_in_between_is_met_again_without_delay(serve, answer):
    relay, transport = serve(MAIL=[GOOD["MAIL"], answer])
    with transport:
        assert [send(transport).outcome for _ in range(3)] == [Outcome.ACCEPTED] * 3
    assert relay.connections == 2
    assert len(relay.messages) == 3


@pytest.mark.parametrize("answer", [DROP, b"421 not now\r\n", GARBAGE])
def test_a_relay_that_hangs_up_at_once_gets_the_message_later(serve, answer):
    _, transport = serve(MAIL=[answer])
    with transport:
        assert send(transport).outcome is Outcome.LATER
        assert send(transport).outcome is Outcome.ACCEPTED


def test_a_relay_that_always_hangs_up_is_left_alone_after_a_few_messages(serve):
    relay, transport = serve(DOT=DROP)
    with transport:
        outcomes = [send(transport).outcome for _ in range(3)]
        with pytest.raises(TransportError, match="hangs up"):
            send(transport)
    assert outcomes == [Outcome.IN_DOUBT] * 3
    assert relay.connections == 3


def test_a_relay_that_refuses_our_sender_fails_no_recipient(serve):
    _, transport = serve(MAIL=b"553 5.7.1 not you\r\n")
    with transport, pytest.raises(TransportError, match=r"553 5\.7\.1 not you"):
        send(transport)


@pytest.mark.parametrize(
    "answers",
    [
        {"CONNECT": DROP},
        {"CONNECT": b"554 go away\r\n"},
        {"CONNECT": b"421 too many\r\n"},
        {"CONNECT": GARBAGE},
        {"CONNECT": b"x" * 10_000 + b"\r\n"},
        {"EHLO": DROP, "HELO": DROP},
        {"EHLO": b"500 what?\r\n", "HELO": b"500 what?\r\n"},
        {"EHLO": b"550 not you\r\n"},
        {"EHLO": GARBAGE, "HELO": GARBAGE},
    ],
)
def test_a_relay_that_does_not_let_us_begin_stops_the_transport(serve, answers):
    _, transport = serve(**answers)
    with pytest.raises(TransportError, match="can't talk to the mail relay") as caught:
        transport.open()
    assert caught.value.mend
    assert caught.value.exit_code == 75


def test_nobody_there_stops_the_transport():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TransportError, match="refused"):
        Smtp(host="127.0.0.1", port=port, security="none").open()


def test_a_relay_lost_for_good_stops_the_transport_at_the_next_message(serve):
    _, transport = serve(DOT=[DROP], CONNECT=[GOOD["CONNECT"], DROP])
    with transport:
        assert send(transport).outcome is Outcome.IN_DOUBT
        with pytest.raises(TransportError):
            send(transport)


@pytest.mark.threat(39)
def test_encryption_that_was_stripped_from_the_offer_is_not_gone_without(serve):
    relay, _ = serve()
    stripped = Smtp(host="127.0.0.1", port=relay.port, username="u", password="secret")
    with pytest.raises(TransportError, match="does not offer STARTTLS"):
        stripped.open()
    assert not any(command.upper().startswith(("AUTH", "MAIL")) for command in relay.heard)


@pytest.mark.parametrize("answer", [b"454 not now\r\n", DROP, b"220 go on\r\nno handshake"])
def test_encryption_that_fails_is_not_gone_without(serve, answer):
    relay, _ = serve(EHLO=b"250-relay.example\r\n250 STARTTLS\r\n", STARTTLS=answer)
    secure = Smtp(host="127.0.0.1", port=relay.port, username="u", password="secret", timeout=5)
    with pytest.raises(TransportError):
        secure.open()
    assert not any(command.upper().startswith(("AUTH", "MAIL")) for command in relay.heard)


@pytest.mark.parametrize("offer", [b"250 SIZE\r\n", b"250 AUTH GSSAPI\r\n"])
def test_a_relay_where_nobody_can_log_in_is_told_with_what_to_set(serve, offer):
    relay, _ = serve(EHLO=b"250-relay.example\r\n" + offer)
    transport = Smtp(
        host="127.0.0.1", port=relay.port, security="none", username="u", password="secret"
    )
    with pytest.raises(TransportError, match="PUBLISHER_SMTP_PASSWORD") as caught:
        transport.open()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("offer", "answers", "said"),
    [
        (b"AUTH PLAIN LOGIN", [b"235 in\r\n"], ["AUTH PLAIN AHUAc2VjcmV0"]),
        (
            b"AUTH LOGIN",
            [b"334 VXNlcm5hbWU6\r\n"],
            ["AUTH LOGIN", "dQ==", "c2VjcmV0"],
        ),
    ],
)
def test_it_logs_in_as_the_relay_wants_it(serve, offer, answers, said):
    steps = {"dQ==": b"334 UGFzc3dvcmQ6\r\n", "c2VjcmV0": b"235 in\r\n"}
    relay, _ = serve(
        EHLO=b"250-relay.example\r\n250 " + offer + b"\r\n",
        AUTH=answers,
        **{step.upper(): answer for step, answer in steps.items()},
    )
    with Smtp(
        host="127.0.0.1", port=relay.port, security="none", username="u", password="secret"
    ) as transport:
        assert send(transport).outcome is Outcome.ACCEPTED
    assert relay.heard[1 : 1 + len(said)] == said


def test_a_relay_that_takes_no_logins_just_now_is_tried_again(serve):
    relay, _ = serve(EHLO=b"250-relay.example\r\n250 AUTH PLAIN\r\n", AUTH=b"454 later\r\n")
    transport = Smtp(
        host="127.0.0.1", port=relay.port, security="none", username="u", password="secret"
    )
    with pytest.raises(TransportError, match="454 later") as caught:
        transport.open()
    assert "PUBLISHER_SMTP_PASSWORD" not in str(caught.value)  # it is not said to be wrong


@pytest.mark.parametrize("password", ["secret", "sécret"])
@pytest.mark.threat(26)
def test_the_password_shows_nowhere(serve, password, caplog):
    relay, _ = serve(
        EHLO=b"250-relay.example\r\n250 AUTH PLAIN\r\n", AUTH=b"535 wrong password\r\n"
    )
    transport = Smtp(
        host="127.0.0.1", port=relay.port, security="none", username="ana", password=password
    )
    with pytest.raises(TransportError, match="PUBLISHER_SMTP_USERNAME") as caught:
        transport.open()
    error = caught.value
    shown = [repr(transport), str(vars(transport)), str(error), repr(error), caplog.text]
    shown += [repr(error.__cause__), repr(Manner(helo="here", username="ana", password=password))]
    assert not any(password in text for text in shown)


@pytest.mark.threat(37)
def test_what_can_not_be_put_on_record_does_not_leave(serve):
    class Mailroom(_SingleLetter):
        def turn(self, starting, finished):
            raise StoreError("the disk is full")

    relay, transport = serve()
    letter = Letter(SENDER, "ana@post.example", DATA, "<x@y>")
    with transport:
        with pytest.raises(StoreError):
            transport.carry(Mailroom(letter))
        assert relay.messages == []
        assert send(transport, "next@post.example").outcome is Outcome.ACCEPTED
    assert relay.messages == [DATA]


def test_the_answer_after_the_dot_may_take_longer_than_the_others(serve):
    relay, transport = serve(timeout=0.2, reply_timeout=10)
    answer = relay._answer

    def slow(connection, verb):
        if verb == ".":
            time.sleep(0.6)
        return answer(connection, verb)

    relay._answer = slow
    with transport:
        assert send(transport).outcome is Outcome.ACCEPTED


def test_an_answer_that_never_comes_after_the_dot_is_a_doubt(serve):
    _, transport = serve(reply_timeout=0.2, DOT=[b"250-not"])
    with transport:
        receipt = send(transport)
    assert receipt.outcome is Outcome.IN_DOUBT
    assert "timed out" in receipt.reply


def test_data_that_the_relay_never_took_whole_are_no_doubt(serve):
    relay, transport = serve()
    relay._answers["DATA"] = [b"354 go on\r\n"]
    answer = relay._answer

    def hang_up_after(connection, verb):
        keeps = answer(connection, verb)
        return keeps and verb != "DATA"

    relay._answer = hang_up_after
    big = DATA + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 130_000
    with transport:
        assert send(transport, data=big).outcome is Outcome.LATER


def test_what_the_relay_says_is_made_fit_for_a_log(serve):
    _, transport = serve(DOT=b"250 ok\x1b[31m\x00" + b"z" * 2000 + b"\r\n")
    with transport:
        reply = send(transport).reply
    assert reply.isprintable()
    assert len(reply) < 600


@pytest.mark.parametrize(
    ("offer", "address", "data", "why"),
    [
        (b"250 SIZE 10\r\n", "ana@post.example", DATA, "the server takes 10"),
        (b"250 8BITMIME\r\n", "ñandú@post.example", DATA, "needs SMTPUTF8"),
        (b"250 SIZE\r\n", "ana@post.example", "ñ\r\n".encode(), "needs 8BITMIME"),
        (b"250 SIZE\r\n", "ana@post.example", b"a\nb\r\n", "CRLF"),
        (b"250 SIZE\r\n", "ana@post.example", b"a\r\n.\rb\r\n", "CRLF"),
    ],
)
def test_what_the_relay_does_not_offer_is_not_tried(serve, offer, address, data, why):
    relay, transport = serve(EHLO=b"250-relay.example\r\n" + offer)
    with transport:
        receipt = send(transport, address, data)
    assert receipt.outcome is Outcome.REFUSED
    assert why in receipt.reply
    assert not any(command.startswith("MAIL") for command in relay.heard)


@pytest.mark.parametrize(
    "address",
    [
        "ana@post.example>\r\nRCPT TO:<b@evil.example",
        "ana@post.example, b@evil.example",
        "ana@post.example SIZE=1",
        "",
    ],
)
@pytest.mark.threat(8)
def test_one_recipient_a_message_and_no_other(serve, address):
    relay, transport = serve()
    with transport, pytest.raises(AddressError):
        send(transport, address)
    assert not any(command.startswith("RCPT") for command in relay.heard)


@pytest.mark.threat(10)
def test_lines_that_begin_with_a_dot_arrive_with_it(serve):
    data = b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\n\r\n. \r\nno end"
    relay, transport = serve()
    with transport:
        assert send(transport, data=data).outcome is Outcome.ACCEPTED
        assert send(transport, data=b".x: y\r\n\r\n").outcome is Outcome.ACCEPTED
    stuffed = b"Subject: x\r\n\r\n..\r\n...\r\n..x\r\n\r\n.. \r\nno end\r\n"
    assert relay.messages == [stuffed, b"..x: y\r\n\r\n"]
