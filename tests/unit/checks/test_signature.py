from base64 import b64encode
from hashlib import sha256

import pytest

from publisher.checks.messages import check_message
from publisher.model import Severity
from tests import vectors

PLAIN = vectors.wire(vectors.text("message.eml"))
DOMAIN = "courier.example"
NAMES = (
    "From:From:To:Subject:Date:Message-ID:MIME-Version:Content-Type:"
    "List-Unsubscribe:List-Unsubscribe-Post:List-Id:Feedback-ID"
)
GOOD = {
    "v": "1",
    "a": "rsa-sha256",
    "c": "simple/simple",
    "d": DOMAIN,
    "s": "news",
    "h": NAMES,
    "bh": b64encode(sha256(PLAIN.partition(b"\r\n\r\n")[2]).digest()).decode(),
    "b": b64encode(b"x" * 256).decode(),
}


def signed(**changes):
    tags = {name: value for name, value in (GOOD | changes).items() if value is not None}
    value = "; ".join(f"{name}={text}" for name, text in tags.items())
    folded = value.replace(":", ":\r\n ").replace("; ", ";\r\n\t")
    return f"DKIM-Signature: {folded}\r\n".encode() + PLAIN


def found(data, severity):
    return [one.what for one in check_message(data, domain=DOMAIN) if one.severity is severity]


def test_a_good_signature_has_no_finding():
    assert check_message(signed(), domain=DOMAIN) == []
    second = signed(a="ed25519-sha256", b=b64encode(b"x" * 64).decode())
    both = second.removesuffix(PLAIN) + signed()
    assert check_message(both, domain=DOMAIN) == []


def test_the_relaxed_form_of_the_body_is_read_too():
    body = PLAIN.partition(b"\r\n\r\n")[2]
    assert b"  " not in body
    assert check_message(signed(c="relaxed/relaxed"), domain=DOMAIN) == []
    data = signed(c="relaxed/relaxed") + b" \r\n\r\n"
    assert found(data, Severity.ERROR) == []
    assert found(signed() + b" \r\n\r\n", Severity.ERROR) == [
        "a DKIM-Signature is not of this body"
    ]


BROKEN = [
    ({"v": "2"}, "no good v"),
    ({"bh": None}, "no good bh"),
    ({"s": ""}, "no good s"),
    ({"a": "rsa-sha1"}, "nobody has to verify"),
    ({"b": b64encode(b"x" * 128).decode()}, "128 bytes, not at least 256"),
    ({"b": "no base 64!"}, "0 bytes"),
    ({"d": "evil.example"}, "not the domain of From"),
    ({"d": f"sub.{DOMAIN}"}, "not the domain of From"),
    ({"d": "example"}, "not the domain of From"),
    ({"l": "10"}, "has l="),
    ({"h": NAMES.replace("From:", "")}, "does not cover from"),
    ({"h": NAMES.replace(":List-Unsubscribe-Post", "")}, "does not cover list-unsubscribe-post"),
    ({"bh": b64encode(b"x" * 32).decode()}, "not of this body"),
]


@pytest.mark.parametrize(("changes", "what"), BROKEN, ids=[what for _, what in BROKEN])
def test_a_signature_that_breaks_a_must_is_an_error(changes, what):
    (only,) = found(signed(**changes), Severity.ERROR)
    assert what in only


WEAK = [
    ({"a": "ed25519-sha256"}, "large providers verify no other"),
    ({"h": NAMES.replace("From:From:", "From:")}, "second From"),
    ({"h": NAMES.replace(":Feedback-ID", "")}, "does not cover feedback-id"),
]


@pytest.mark.parametrize(("changes", "what"), WEAK, ids=[what for _, what in WEAK])
def test_a_signature_that_breaks_a_should_is_a_warning(changes, what):
    assert found(signed(**changes), Severity.ERROR) == []
    (only,) = found(signed(**changes), Severity.WARNING)
    assert what in only
