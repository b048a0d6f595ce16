import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import ReturnKind
from publisher.returns import EventError, read_event, sns_confirmation
from tests.vectors import vectors

TOPIC = "arn:aws:sns:eu-west-1:123456789012:bounces"
CERTIFICATE_AT = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"
AMAZON = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SENDGRID = ec.generate_private_key(ec.SECP256R1())
SENDGRID_KEY = base64.b64encode(
    SENDGRID.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
).decode()


def certificate(address):
    assert address == CERTIFICATE_AT
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.example")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(AMAZON.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(AMAZON, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def sns(message, *, version="2", kind="Notification", **changes):
    values = {
        "Type": kind,
        "MessageId": "m-1",
        "TopicArn": TOPIC,
        "Message": json.dumps(message),
        "Timestamp": "2026-11-23T07:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE_AT,
    }
    names = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
    if kind != "Notification":
        values |= {"Token": "t", "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=x"}
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    signed = "".join(f"{name}\n{values[name]}\n" for name in names).encode()
    algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()
    values["Signature"] = base64.b64encode(
        AMAZON.sign(signed, padding.PKCS1v15(), algorithm)
    ).decode()
    return json.dumps(values | changes).encode()


def ses(body, **options):
    return read_event("ses", body, {}, secret=TOPIC, certificate=certificate, **options)


BOUNCE = {
    "notificationType": "Bounce",
    "bounce": {
        "bounceType": "Permanent",
        "bouncedRecipients": [
            {
                "emailAddress": "Ana@reader.example",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 user unknown",
            }
        ],
    },
    "mail": {
        "source": "Bounces@courier.example",
        "commonHeaders": {"messageId": "<daily-1.abc@courier.example>"},
    },
}
COMPLAINT = {
    "eventType": "Complaint",
    "complaint": {"complainedRecipients": [{"emailAddress": "bob@reader.example"}]},
    "mail": {},
}


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_bounce_of_ses_is_believed(version):
    (report,) = ses(sns(BOUNCE, version=version))
    assert report.kind is ReturnKind.HARD
    assert report.address == "ana@reader.example"
    assert report.message_id == "<daily-1.abc@courier.example>"
    assert report.sent_to == ("bounces@courier.example",)
    assert report.proven


def test_a_complaint_of_ses():
    (report,) = ses(sns(COMPLAINT))
    assert (report.kind, report.address) == (ReturnKind.COMPLAINT, "bob@reader.example")


def test_a_transient_bounce_of_ses_is_soft():
    transient = {**BOUNCE, "bounce": {**BOUNCE["bounce"], "bounceType": "Transient"}}
    assert [one.kind for one in ses(sns(transient))] == [ReturnKind.SOFT]


@pytest.mark.threat(18)
@pytest.mark.parametrize(
    "changes",
    [
        {"Message": json.dumps(COMPLAINT)},
        {"TopicArn": TOPIC + "x"},
        {"Signature": "AAAA"},
        {"Signature": "not base64!"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem"},
        {"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/x.pem"},
        {"SigningCertURL": "https://evil.example/sns.eu-west-1.amazonaws.com"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com@evil.example/x.pem"},
        {"Timestamp": "2026-11-24T07:00:00.000Z"},
        {"Type": "SubscriptionConfirmation"},
    ],
)
def test_a_changed_message_of_sns_is_forged(changes):
    with pytest.raises(EventError) as caught:
        ses(sns(BOUNCE, **changes))
    assert caught.value.forged


def test_a_topic_that_asks_to_be_confirmed_names_amazons_address_alone():
    body = sns({}, kind="SubscriptionConfirmation")
    assert ses(body) == ()
    assert sns_confirmation(body) == "https://sns.eu-west-1.amazonaws.com/?Action=x"
    assert not sns_confirmation(
        sns({}, kind="SubscriptionConfirmation", SubscribeURL="https://e.example")
    )


def basic(words):
    return {"authorization": "Basic " + base64.b64encode(words.encode()).decode()}


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"RecordType": "Bounce", "Type": "HardBounce"}, ReturnKind.HARD),
        ({"RecordType": "Bounce", "Type": "SoftBounce"}, ReturnKind.SOFT),
        ({"RecordType": "Bounce", "Type": "AutoResponder"}, ReturnKind.NOTICE),
        ({"RecordType": "Bounce", "Type": "Blocked"}, ReturnKind.POLICY),
        ({"RecordType": "SpamComplaint"}, ReturnKind.COMPLAINT),
    ],
)
def test_an_event_of_postmark(event, kind):
    body = json.dumps({**event, "Email": "ana@reader.example"}).encode()
    (report,) = read_event("postmark", body, basic("hook:secret"), secret="hook:secret")
    assert (report.kind, report.address) == (kind, "ana@reader.example")


@pytest.mark.parametrize("headers", [{}, basic("hook:wrong"), {"authorization": "Bearer x"}])
def test_postmark_without_our_password_is_forged(headers):
    with pytest.raises(EventError) as caught:
        read_event("postmark", b"{}", headers, secret="hook:secret")
    assert caught.value.forged


def sendgrid(events, stamp="1763881200"):
    body = json.dumps(events).encode()
    signature = SENDGRID.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return body, {
        "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
        "x-twilio-email-event-webhook-timestamp": stamp,
    }


def test_events_of_sendgrid():
    events = [
        {"event": "bounce", "email": "a@r.example", "status": "5.1.1", "smtp-id": "<x@y>"},
        {"event": "bounce", "email": "b@r.example", "type": "blocked", "reason": "550 5.7.1 no"},
        {"event": "spamreport", "email": "c@r.example"},
        {"event": "delivered", "email": "d@r.example"},
        "nonsense",
    ]
    body, headers = sendgrid(events)
    found = read_event("sendgrid", body, headers, secret=SENDGRID_KEY)
    assert [(one.address, one.kind) for one in found] == [
        ("a@r.example", ReturnKind.HARD),
        ("b@r.example", ReturnKind.POLICY),
        ("c@r.example", ReturnKind.COMPLAINT),
    ]
    assert found[0].message_id == "<x@y>"


def test_a_changed_event_of_sendgrid_is_forged():
    body, headers = sendgrid([])
    for other, more in (
        (body + b" ", {}),
        (body, {"x-twilio-email-event-webhook-timestamp": "1"}),
        (body, {"x-twilio-email-event-webhook-signature": ""}),
    ):
        with pytest.raises(EventError) as caught:
            read_event("sendgrid", other, headers | more, secret=SENDGRID_KEY)
        assert caught.value.forged


def mailgun(event, key="key", token="t" * 50):
    signature = hmac.new(key.encode(), f"1763881200{token}".encode(), hashlib.sha256).hexdigest()
    signed = {"timestamp": "1763881200", "token": token, "signature": signature}
    return json.dumps({"signature": signed, "event-data": event}).encode()


def test_events_of_mailgun():
    event = {
        "event": "failed",
        "severity": "permanent",
        "recipient": "ana@reader.example",
        "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
        "message": {"headers": {"message-id": "daily-1.abc@courier.example"}},
    }
    (report,) = read_event("mailgun", mailgun(event), {}, secret="key")
    assert (report.kind, report.status) == (ReturnKind.HARD, "5.1.1")
    assert report.message_id == "<daily-1.abc@courier.example>"
    (soft,) = read_event("mailgun", mailgun(event | {"severity": "temporary"}), {}, secret="key")
    assert soft.kind is ReturnKind.SOFT
    (spam,) = read_event(
        "mailgun", mailgun({"event": "complained", "recipient": "b@r"}), {}, secret="key"
    )
    assert spam.kind is ReturnKind.COMPLAINT
    with pytest.raises(EventError) as caught:
        read_event("mailgun", mailgun(event, key="other"), {}, secret="key")
    assert caught.value.forged


@pytest.mark.slow
@pytest.mark.threat(6)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["event", "email", "bounce", "mail", "Type", "RecordType", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_form_of_json_makes_a_provider_raise_anything_else(value):
    for event in (
        value,
        {"event": value, "email": value},
        {"notificationType": "Bounce", "bounce": value},
    ):
        read_event("mailgun", mailgun(event), {}, secret="key")
        body, headers = sendgrid([event])
        read_event("sendgrid", body, headers, secret=SENDGRID_KEY)
        read_event("postmark", json.dumps(event).encode(), basic("a:b"), secret="a:b")
        ses(sns(event))


@pytest.mark.threat(6)
@pytest.mark.parametrize("text", vectors("event"))
def test_an_unsigned_body_of_any_shape_is_refused(text):
    body = text.encode()
    secrets = {"ses": "a:b", "postmark": "a:b", "sendgrid": SENDGRID_KEY, "mailgun": "key"}
    for provider, secret in secrets.items():
        with pytest.raises(EventError):
            read_event(provider, body, {}, secret=secret, certificate=lambda _: b"")


@pytest.mark.parametrize("body", [b"", b"[", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_is_named(body):
    with pytest.raises(EventError, match="no JSON"):
        read_event("mailgun", body, {}, secret="key")
