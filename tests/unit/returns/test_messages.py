import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import ReturnKind
from publisher.returns import read_message
from tests.unit.returns.samples import AWAY, ORIGINAL, QMAIL, arf, dsn, recipient


def test_a_status_report_names_address_code_words_and_the_message_that_came_back():
    (report,) = read_message(dsn(recipient()))
    assert report.kind is ReturnKind.HARD
    assert report.address == "ana@reader.example"
    assert report.status == "5.1.1"
    assert report.diagnostic.startswith("550 5.1.1 <ana@reader.example>")
    assert report.message_id == "<daily-2026-11-23.0123456789abcdef@courier.example>"
    assert report.sent_to == (
        "bounces@courier.example",
        "bounces+2a-proof@courier.example",
    )
    assert not report.proven


def test_each_recipient_of_a_report_is_one_report():
    blocks = (
        recipient(),
        recipient(b"bob@reader.example", status=b"4.2.2", words=b"smtp; 452 4.2.2 full"),
    )
    assert [(one.address, one.kind) for one in read_message(dsn(*blocks))] == [
        ("ana@reader.example", ReturnKind.HARD),
        ("bob@reader.example", ReturnKind.SOFT),
    ]


@pytest.mark.parametrize("action", [b"delayed", b"delivered", b"relayed", b"expanded"])
def test_what_did_not_fail_is_a_notice(action):
    (report,) = read_message(dsn(recipient(action=action, status=b"4.4.1")))
    assert report.kind is ReturnKind.NOTICE


def test_the_address_that_we_wrote_to_counts_and_not_where_it_was_forwarded():
    block = b"Original-Recipient: rfc822;ana@reader.example\n" + recipient(b"ana@elsewhere.example")
    (report,) = read_message(dsn(block))
    assert report.address == "ana@reader.example"


def test_a_report_without_code_or_words_is_a_hard_one():
    (report,) = read_message(dsn(b"Final-Recipient: rfc822; ana@reader.example\nAction: failed"))
    assert report.kind is ReturnKind.HARD


@pytest.mark.parametrize("kind", [b"message/rfc822", b"text/rfc822-headers", b"message/global"])
def test_the_message_that_came_back_is_found_whole_or_as_headers(kind):
    (report,) = read_message(dsn(recipient(), kind=kind))
    assert report.message_id


def test_a_complaint_is_told_from_its_form_and_not_from_its_words():
    (report,) = read_message(arf(extra=b"Original-Rcpt-To: <Ana@Reader.example>\n"))
    assert (report.kind, report.address) == (ReturnKind.COMPLAINT, "ana@reader.example")


def test_a_complaint_that_hides_the_address_takes_it_from_the_message():
    (report,) = read_message(arf())
    assert report.address == "ana@reader.example"
    assert report.message_id


@pytest.mark.parametrize("kind", [b"not-spam", b"auth-failure", b"virus"])
def test_feedback_that_is_no_complaint_is_a_notice(kind):
    (report,) = read_message(arf(kind))
    assert report.kind is ReturnKind.NOTICE


def test_an_automatic_answer_is_a_notice():
    (report,) = read_message(AWAY)
    assert (report.kind, report.diagnostic) == (ReturnKind.NOTICE, "Out of office")


def test_a_form_that_a_server_made_up_is_guessed():
    (report,) = read_message(QMAIL)
    assert (report.kind, report.address) == (ReturnKind.HARD, "ana@reader.example")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: hello\n\nA person writes.",
        b"Content-Type: multipart/report; boundary=\n\n--\n",
        b"Content-Type: message/delivery-status\n\n",
        dsn(recipient())[:300],
        b"From: a\n" * 20_000,
    ],
)
def test_what_nobody_understands_is_one_unknown_report(data):
    assert [one.kind for one in read_message(data)] == [ReturnKind.UNKNOWN]


@pytest.mark.threat(25)
def test_ten_thousand_parts_in_one_another_take_no_time():
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000)
    )
    begun = time.monotonic()
    assert read_message(nested)
    wide = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 50_000
    assert read_message(wide)
    many = dsn(*[recipient(b"r%d@reader.example" % n) for n in range(5_000)])
    assert len(read_message(many)) == 100
    assert time.monotonic() - begun < 60


@pytest.mark.threat(6)
@given(
    st.binary(max_size=400), st.integers(0, 1200), st.sampled_from([dsn(recipient()), arf(), QMAIL])
)
def test_no_damage_makes_it_raise(noise, place, sample):
    assert read_message(sample[:place] + noise + sample[place:])
    assert read_message(noise)


def test_a_folded_and_encoded_header_is_one_line():
    words = b"smtp; 550 5.1.1\n  no such\n  user"
    (report,) = read_message(dsn(recipient(words=words), original=ORIGINAL))
    assert report.diagnostic == "550 5.1.1 no such user"
