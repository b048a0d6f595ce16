"""SendGrid's event webhook."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from publisher.model import Returned, ReturnKind
from publisher.returns.event import EventError, read_base64, returned, table
from publisher.returns.status import find_status, kind_of


def check_sendgrid(body: bytes, headers: Mapping[str, str], secret: str) -> None:
    """ECDSA with SHA-256 over the timestamp and the body as it came."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415

    key = load_der_public_key(base64.b64decode(secret))
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise EventError("can't be checked: the verification key is of another kind")
    signed = headers.get("x-twilio-email-event-webhook-timestamp", "").encode() + body
    signature = read_base64(headers.get("x-twilio-email-event-webhook-signature"))
    try:
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    except InvalidSignature as err:
        raise EventError("has a signature that does not hold", forged=True) from err


def read_sendgrid(event: Any) -> Iterator[Returned]:
    values = table(event)
    words = str(values.get("reason") or values.get("response") or "")
    status = find_status(str(values.get("status", "")), words)
    say = partial(returned, words=words, status=status, message_id=str(values.get("smtp-id", "")))
    name = values.get("event")
    if name == "bounce":
        # A "blocked" one is about us and not about the address.
        said = kind_of(status, words)
        kind = ReturnKind.POLICY if values.get("type") == "blocked" else said
        unsaid = kind in (ReturnKind.UNKNOWN, ReturnKind.NOTICE)
        yield say(ReturnKind.HARD if unsaid else kind, values.get("email"))
    elif name == "dropped":
        yield say(
            ReturnKind.HARD if "bounced" in words.lower() else ReturnKind.NOTICE,
            values.get("email"),
        )
    elif name in ("spamreport", "unsubscribe"):
        yield say(ReturnKind.COMPLAINT, values.get("email"))
