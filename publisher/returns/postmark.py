"""Postmark's webhooks."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from publisher.model import Returned, ReturnKind
from publisher.returns.event import EventError, returned, table
from publisher.returns.status import find_status


def check_postmark(headers: Mapping[str, str], secret: str) -> None:
    """Postmark signs nothing: the webhook's address carries a user name and a password."""
    expected = "Basic " + base64.b64encode(secret.encode()).decode("ascii")
    if not hmac.compare_digest(headers.get("authorization", "").encode(), expected.encode()):
        raise EventError("has no password of ours", forged=True)


def read_postmark(event: Any) -> Iterator[Returned]:
    values = table(event)
    record = values.get("RecordType")
    words = str(values.get("Details") or values.get("Description") or "")
    say = partial(returned, words=words, message_id="")
    if record == "SpamComplaint":
        yield say(ReturnKind.COMPLAINT, values.get("Email"))
    elif record == "Bounce":
        kind = {
            "HardBounce": ReturnKind.HARD,
            "BadEmailAddress": ReturnKind.HARD,
            "SpamComplaint": ReturnKind.COMPLAINT,
            "SoftBounce": ReturnKind.SOFT,
            "Transient": ReturnKind.SOFT,
            "DnsError": ReturnKind.SOFT,
            "Unknown": ReturnKind.SOFT,
            "AutoResponder": ReturnKind.NOTICE,
            "OpenRelayTest": ReturnKind.NOTICE,
            "Unsubscribe": ReturnKind.COMPLAINT,
            "SpamNotification": ReturnKind.POLICY,
            "Blocked": ReturnKind.POLICY,
            "DMARCPolicy": ReturnKind.POLICY,
        }.get(str(values.get("Type")), ReturnKind.NOTICE)
        yield say(kind, values.get("Email"), status=find_status(words))
    elif record == "SubscriptionChange" and values.get("SuppressSending") is True:
        why = str(values.get("SuppressionReason"))
        kind = ReturnKind.HARD if why == "HardBounce" else ReturnKind.COMPLAINT
        yield returned(kind, values.get("Recipient"), words=why)
