import re
from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.checks.messages import check_message
from publisher.delivery import MessageTemplate
from publisher.delivery.canonical import relaxed_field, relaxed_lines
from publisher.model import Mark, Message, Recipient, Rendered

dkim = pytest.importorskip("dkim", reason="dkimpy is missing")
pytest.importorskip("cryptography", reason="cryptography is missing")

from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: E402

from publisher.delivery.dkim import DkimSigner, SigningKey  # noqa: E402

DOMAIN = "courier.example"


def pem(private, password=None):
    lock = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock
    )


@cache
def rsa_key(bits=2048):
    return rsa.generate_private_key(65537, bits)


@cache
def ed25519_key():
    return ed25519.Ed25519PrivateKey.generate()


def record(private):
    """What the operator publishes in DNS."""
    public = private.public_key()
    if isinstance(private, rsa.RSAPrivateKey):
        raw = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return b"v=DKIM1; k=rsa; p=" + b64encode(raw)
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + b64encode(raw)


def zone(name, timeout=5):
    return {
        b"news._domainkey.courier.example.": record(rsa_key()),
        b"ed._domainkey.courier.example.": record(ed25519_key()),
    }.get(name)


def verifies(data, index=0):
    try:
        return dkim.DKIM(data).verify(idx=index, dnsfunc=zone)
    except dkim.ValidationError:  # so it says that the body is another one
        return False


def signer():
    return DkimSigner(
        [
            SigningKey.read(pem(rsa_key()), domain=DOMAIN, selector="news"),
            SigningKey.read(pem(ed25519_key()), domain=DOMAIN, selector="ed"),
        ]
    )


def names_in_h(data):
    (h,) = re.findall(rb"; h=([^;]*);", data.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" "))[:1]
    return h.replace(b" ", b"").decode().split(":")


def test_another_program_verifies_both_signatures(make_message, make_recipient):
    template = MessageTemplate(make_message(), signer())
    for number in (1, 2, 3):
        data = template.fill(make_recipient(number, name="Zoë “Z” Ångström"))
        assert data.count(b"DKIM-Signature: ") == 2
        assert verifies(data, 0)
        assert verifies(data, 1)


@pytest.mark.parametrize("make", [rsa_key, ed25519_key])
def test_what_is_to_be_published_is_the_public_half_alone(make):
    key = SigningKey(domain=DOMAIN, selector="a", private=make())
    assert record(make()).endswith(b"p=" + b64encode(key.public()))


def test_a_signed_message_is_the_unsigned_one_with_fields_on_top(make_message, make_recipient):
    signed = MessageTemplate(make_message(), signer()).fill(make_recipient())
    plain = MessageTemplate(make_message()).fill(make_recipient())
    assert signed.endswith(plain)
    assert signed.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n")
    assert b"DKIM-Signature: v=1; a=ed25519-sha256;" in signed
    assert max(map(len, signed.removesuffix(plain).split(b"\r\n"))) <= 78


def test_a_signed_message_meets_every_must_and_should(make_message, make_recipient):
    data = MessageTemplate(make_message(), signer()).fill(make_recipient(name="Ana Reis"))
    assert check_message(data, domain=DOMAIN) == []


def test_a_second_try_has_the_same_bytes(make_message, make_recipient):
    one, two = (MessageTemplate(make_message(), signer()).fill(make_recipient()) for _ in "ab")
    assert one == two


CHANGES = [
    (b"Subject: Ferry", b"Subject: Fairy"),
    (b"From: The Courier", b"From: The Courier-Post"),
    (b"To: reader1@", b"To: reader2@"),
    (b"/leave/1.", b"/leave/2."),
    (b"List-Unsubscribe-Post: ", b"X-List-Unsubscribe-Post: "),
    (b"Feedback-ID: ", b"Feedback-ID: x"),
    (b"late again", b"on time"),
    (b"--\r\n", b"--\r\nmore\r\n"),
]


@pytest.mark.parametrize(("old", "new"), CHANGES, ids=[str(new) for _, new in CHANGES])
def test_what_somebody_changes_on_the_way_breaks_the_signature(
    old, new, make_message, make_recipient
):
    data = MessageTemplate(make_message(), signer()).fill(make_recipient())
    assert old in data
    changed = data.replace(old, new)
    assert not verifies(changed, 0)
    assert not verifies(changed, 1)


@pytest.mark.parametrize(
    "name",
    ["From", "To", "Subject", "Date", "Reply-To", "Message-ID", "Content-Type", "List-Unsubscribe"],
)
def test_nobody_can_add_a_second_field_of_a_name_that_readers_see(
    name, make_message, make_recipient
):
    data = MessageTemplate(make_message(reply_to=""), signer()).fill(make_recipient())
    forged = f"{name}: <https://evil.example/>\r\n".encode() + data
    assert not verifies(forged, 0)
    assert not verifies(forged, 1)


def test_a_relay_may_fold_anew_and_add_its_own(make_message, make_recipient):
    data = MessageTemplate(make_message(), signer()).fill(make_recipient())
    relayed = data.replace(b"Ferry late again\r\nDate:", b"Ferry\r\n\tlate  again \r\nDate:")
    assert relayed != data
    assert verifies(b"Received: from here by there\r\nX-Seen: yes\r\n" + relayed + b"\r\n\r\n")


def test_h_names_what_is_there_and_seals_what_readers_see(make_message, make_recipient):
    names = names_in_h(MessageTemplate(make_message(), signer()).fill(make_recipient()))
    assert [names.count(one) for one in ("From", "Reply-To", "List-Id", "Feedback-ID")] == [
        2,
        2,
        1,
        1,
    ]
    without = MessageTemplate(make_message(reply_to=""), signer()).fill(make_recipient())
    assert names_in_h(without).count("Reply-To") == 1


def test_a_name_that_occurs_twice_is_signed_from_the_bottom_up():
    body = b"Hello\r\n"
    head = b"From: a@courier.example\r\nList-Id: <one.x>\r\nList-Id: <two.x>\r\n"
    data = signer().sign(head, sha256(body).digest()) + head + b"\r\n" + body
    assert names_in_h(data).count("List-Id") == 2
    assert verifies(data, 0)
    assert not verifies(data.replace(b"<one.x>", b"<two.x>"), 0)


BAD = [
    (b"", "no private key in PEM form"),
    (b"-----BEGIN PRIVATE KEY-----\nxx\n-----END PRIVATE KEY-----\n", "no private key"),
    (pem(rsa_key(1024)), "1024 bits"),
    (pem(ec.generate_private_key(ec.SECP256R1())), "neither an RSA nor an Ed25519"),
    (pem(ed25519_key(), b"secret"), "locked with a password"),
]


@pytest.mark.parametrize(("text", "what"), BAD, ids=[what for _, what in BAD])
def test_an_unfit_key_is_named_and_not_shown(text, what):
    with pytest.raises(ValueError, match=what) as caught:
        SigningKey.read(text, domain=DOMAIN, selector="news")
    assert "BEGIN" not in str(caught.value)


# What a text may be made of: all that canonical forms treat in their own way.
_TEXT = st.text(st.sampled_from(" \t\n.=-abcé潮<>&"), max_size=60)


@pytest.mark.slow
@given(_TEXT, _TEXT, _TEXT)
def test_whatever_the_words_are_the_signature_fits(before, after, name):
    message = Message(
        rendered=Rendered(
            subject=f"x{after}",
            preheader="",
            html=f"{before}{Mark.LEAVE}{after}{Mark.LEAVE}{Mark.PREFERENCES}",
            text=f"{after}{Mark.LEAVE}{before}",
        ),
        edition="daily",
        newsletter="daily",
        list_title=name,
        list_id=f"daily.{DOMAIN}",
        sender_name=name,
        sender=f"digest@{DOMAIN}",
        reply_to="",
        language="en",
        date=datetime(2026, 11, 23, tzinfo=UTC),
        archive=f"https://{DOMAIN}/x",
        mailto_leave=f"mailto:desk@{DOMAIN}",
    )
    recipient = Recipient(
        subscriber=1,
        address="ana@post.example",
        name=name,
        message_id=f"<x@{DOMAIN}>",
        leave=f"https://{DOMAIN}/leave/{'a' * 90}",
        preferences=f"https://{DOMAIN}/p",
    )
    data = MessageTemplate(message, signer()).fill(recipient)
    assert verifies(data, 0)
    assert verifies(data, 1)


@given(st.binary(max_size=80).map(lambda raw: raw.replace(b"\n", b"\r\n ")))
def test_a_relaxed_field_is_in_its_final_form(value):
    once = relaxed_field(b"Subject : \t" + value + b"\r\n")
    assert relaxed_field(once) == once
    assert b"  " not in once.replace(b"\t", b" ")


def test_relaxed_lines_keep_the_lines():
    assert relaxed_lines(b" a\t b \t\r\n\r\n \r\nc") == b" a b\r\n\r\n\r\nc"
