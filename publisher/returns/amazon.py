"""Amazon SES, whose events come signed through its notification service (SNS)."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from publisher.model import Returned, ReturnKind
from publisher.returns.event import (
    EventError,
    Values,
    read_base64,
    read_json,
    returned,
    table,
    tables,
    utf8,
)
from publisher.returns.status import find_status, kind_of

_SNS_HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?")
_SNS_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ),
}
_SNS_SIGNED["UnsubscribeConfirmation"] = _SNS_SIGNED["SubscriptionConfirmation"]


def check_sns(values: Values, topic: str, certificate: Callable[[str], bytes] | None) -> None:
    """Check the signature of a message of Amazon's notification service, and whose topic it is."""
    values = table(values)
    fields = _SNS_SIGNED.get(str(values.get("Type")))
    if fields is None:
        raise EventError("is no message of SNS")
    if not hmac.compare_digest(utf8(values.get("TopicArn")), topic.encode()):
        raise EventError("is of another topic", forged=True)
    address = str(values.get("SigningCertURL"))
    if not sns_address(address) or certificate is None:
        raise EventError("names a certificate that is not Amazon's", forged=True)
    signed = "".join(f"{name}\n{values[name]}\n" for name in fields if values.get(name) is not None)
    newer = str(values.get("SignatureVersion")) == "2"
    _verify_rsa(certificate(address), values, utf8(signed), newer=newer)


def sns_confirmation(body: bytes) -> str:
    """The address that confirms our subscription to a topic, "" if the message asks for none."""
    values = table(read_json(body))
    address = str(values.get("SubscribeURL", ""))
    asked = values.get("Type") == "SubscriptionConfirmation"
    return address if asked and sns_address(address) else ""


def sns_address(address: str) -> bool:
    """Whether an address is one of Amazon's notification service: nobody else is asked."""
    try:
        parts = urlsplit(address)
    except ValueError:  # [ without ], and the like
        return False
    return parts.scheme == "https" and bool(_SNS_HOST.fullmatch(parts.netloc))


def _verify_rsa(pem: bytes, values: Values, signed: bytes, *, newer: bool) -> None:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256  # noqa: PLC0415
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415

    # Version 1 signs with SHA-1 because Amazon says so; the operator can choose 2 for the topic.
    algorithm = SHA256() if newer else SHA1()  # noqa: S303
    try:
        key = load_pem_x509_certificate(pem).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise EventError("has a certificate of another kind", forged=True)
        key.verify(read_base64(values.get("Signature")), signed, padding.PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError) as err:
        raise EventError("has a signature that does not hold", forged=True) from err


def read_ses(event: Any) -> Iterator[Returned]:
    values = table(event)
    # Notifications call it notificationType, events of a configuration set eventType.
    kind = str(values.get("notificationType") or values.get("eventType"))
    mail = table(values.get("mail"))
    say = partial(
        returned,
        message_id=str(table(mail.get("commonHeaders")).get("messageId", "")),
        sent_to=(str(mail.get("source", "")).lower(),),
    )
    if kind == "Bounce":
        bounce = table(values.get("bounce"))
        permanent = bounce.get("bounceType") == "Permanent"
        for one in tables(bounce.get("bouncedRecipients")):
            words = str(one.get("diagnosticCode", ""))
            status = find_status(str(one.get("status", "")), words)
            said = kind_of(status, words)
            if permanent and said in (ReturnKind.UNKNOWN, ReturnKind.NOTICE):
                said = ReturnKind.HARD
            if not permanent and said is not ReturnKind.POLICY:
                said = ReturnKind.SOFT
            yield say(said, one.get("emailAddress"), status=status, words=words)
    elif kind == "Complaint":
        complaint = table(values.get("complaint"))
        words = str(complaint.get("complaintFeedbackType", ""))
        people = tables(complaint.get("complainedRecipients"))
        not_spam = words == "not-spam"
        for one in people:
            said = ReturnKind.NOTICE if not_spam else ReturnKind.COMPLAINT
            yield say(said, one.get("emailAddress"), words=words)
