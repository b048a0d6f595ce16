"""Mailgun's webhooks."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from functools import partial
from typing import Any

from publisher.model import Returned, ReturnKind
from publisher.returns.event import EventError, returned, table, utf8
from publisher.returns.status import find_status, kind_of


def check_mailgun(event: Any, secret: str) -> None:
    """HMAC-SHA256 over the timestamp and the token."""
    signature = table(table(event).get("signature"))
    signed = f"{signature.get('timestamp')}{signature.get('token')}"
    expected = hmac.new(secret.encode(), utf8(signed), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(utf8(signature.get("signature")), expected.encode()):
        raise EventError("has a signature that does not hold", forged=True)


def read_mailgun(event: Any) -> Iterator[Returned]:
    values = table(table(event).get("event-data"))
    sent = table(table(values.get("message")).get("headers"))
    status_table = table(values.get("delivery-status"))
    words = str(status_table.get("message") or status_table.get("description") or "")
    code = str(status_table.get("code", ""))
    status = find_status(str(status_table.get("enhanced-code", "")), words)
    say = partial(returned, words=words, status=status, message_id=str(sent.get("message-id", "")))
    name = values.get("event")
    if name in ("complained", "unsubscribed"):
        yield say(ReturnKind.COMPLAINT, values.get("recipient"))
    elif name == "failed":
        said = kind_of(status, f"{code} {words}")
        if values.get("severity") != "permanent":
            said = ReturnKind.SOFT
        elif said in (ReturnKind.UNKNOWN, ReturnKind.NOTICE):
            said = ReturnKind.HARD
        yield say(said, values.get("recipient"))
