"""A mail that came back becomes reports: DSN (RFC 3464), ARF (RFC 5965), or whatever servers write.

What came back is written by strangers: nothing here believes more than the form says, and a message
that nobody understands is one report of the kind UNKNOWN, never an exception.
"""

from __future__ import annotations

import email
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from publisher.model import Returned, ReturnKind
from publisher.returns.status import find_status, kind_of

_READ = 256 * 1024  # bytes: what a report has to say stands before what it returns
_MOST_BOUNDARIES = 30
_MOST_PARTS = 1000
_MOST_REPORTS = 100
_LONGEST = 500  # characters of another server's words that are worth keeping
_SENT_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")


def read_message(data: bytes) -> tuple[Returned, ...]:
    """What a message from a bounce mailbox reports, at least one thing."""
    try:
        start = data[:_READ]
        # The library's parser takes time with the product of lines and depth.
        if (
            start.lower().count(b"boundary") > _MOST_BOUNDARIES
            or start.count(b"\n--") > _MOST_PARTS
        ):
            return (Returned(kind=ReturnKind.UNKNOWN),)
        return tuple(_read(email.message_from_bytes(start)))
    except Exception:  # noqa: BLE001  the library's parser has its own opinions on broken mail
        # One such message must not keep the next ones from being read; it is stored as it is.
        return (Returned(kind=ReturnKind.UNKNOWN),)


def _read(message: Message) -> list[Returned]:
    parts = list(_parts(message))
    original = _original(parts)
    sent_to = tuple(
        address
        for headers in (message, *([original] if original else []))
        for name in (*_SENT_TO, "Return-Path")
        # The original's To is the reader; only its Return-Path was ours.
        if headers is message or name == "Return-Path"
        for address in _addresses(headers, name)
    )
    message_id = _line(original, "Message-ID") if original else ""
    found = _complaint(parts, original) or _statuses(parts)
    if not found and _is_automatic(message):
        found = [Returned(kind=ReturnKind.NOTICE, diagnostic=_line(message, "Subject"))]
    found = found or _guesses(message) or [Returned(kind=ReturnKind.UNKNOWN)]
    return [
        Returned(
            kind=one.kind,
            address=one.address,
            sent_to=(*sent_to, *one.sent_to),
            message_id=message_id,
            status=one.status,
            diagnostic=one.diagnostic,
        )
        for one in found[:_MOST_REPORTS]
    ]


def _parts(message: Message) -> Iterator[Message]:
    """The message and what is in it, in order, without recursion: nesting may be hostile."""
    waiting = [message]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        yield part
        inside = part.get_payload()
        if isinstance(inside, list):
            waiting += [one for one in reversed(inside) if isinstance(one, Message)]


def _original(parts: list[Message]) -> Message | None:
    """The headers of the message that came back, if the report has them."""
    for part in parts[1:]:
        kind = part.get_content_type()
        inside = part.get_payload()
        if kind in ("message/rfc822", "message/global") and isinstance(inside, list) and inside:
            return inside[0] if isinstance(inside[0], Message) else None
        if kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            text = part.get_payload(decode=True)
            if isinstance(text, bytes):
                return email.message_from_bytes(text)
            if isinstance(inside, list) and inside and isinstance(inside[0], Message):
                return inside[0]
    return None


def _complaint(parts: list[Message], original: Message | None) -> list[Returned]:
    """RFC 5965: the fields of a feedback report; RFC 6650 says what senders do with them."""
    for part in parts:
        if part.get_content_type() != "message/feedback-report":
            continue
        fields = _fields(part)
        about = _line(fields, "Feedback-Type").lower()
        kind = ReturnKind.COMPLAINT
        if about in ("not-spam", "auth-failure", "dkim", "virus"):
            kind = ReturnKind.NOTICE
        asked = [_bare(address) for address in fields.get_all("Original-Rcpt-To", [])]
        address = asked[0] if len(asked) == 1 else ""
        if not address and original is not None:
            named = _addresses(original, "To")
            address = named[0] if len(named) == 1 else ""
        return [
            Returned(
                kind=kind,
                address=address,
                sent_to=tuple(_bare(one) for one in fields.get_all("Original-Mail-From", [])),
                diagnostic=_short(f"{about} {_line(fields, 'User-Agent')}"),
            )
        ]
    return []


def _statuses(parts: list[Message]) -> list[Returned]:
    """RFC 3464: a block of fields for each recipient, after one for the message."""
    found: list[Returned] = []
    for part in parts:
        if part.get_content_type() not in (
            "message/delivery-status",
            "message/global-delivery-status",
        ):
            continue
        blocks = part.get_payload()
        found += [
            _status(block)
            for block in (blocks if isinstance(blocks, list) else [])
            if isinstance(block, Message) and block.get("Action")
        ]
    return found


def _status(block: Message) -> Returned:
    action = _line(block, "Action").lower()
    words = _words(_line(block, "Diagnostic-Code"))
    status = find_status(_line(block, "Status"), words)
    kind = kind_of(status, words) if action == "failed" else ReturnKind.NOTICE
    # The original recipient is the address that we wrote to; the final one may be its forward.
    asked = _line(block, "Original-Recipient") or _line(block, "Final-Recipient")
    return Returned(
        kind=ReturnKind.HARD if kind is ReturnKind.UNKNOWN else kind,
        address=_bare(_words(asked)),
        status=status,
        diagnostic=_short(words),
    )


def _guesses(message: Message) -> list[Returned]:
    """What Mailman's collection of servers' own forms makes of it."""
    from flufl.bounce import all_failures  # noqa: PLC0415  many modules, seldom wanted

    # A detector that trips over a message logs a traceback; that is no news for the operator.
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

    temporary, permanent = all_failures(message)
    words = _short(_line(message, "Subject"))
    both = ((ReturnKind.HARD, permanent), (ReturnKind.SOFT, temporary - permanent))
    return [
        Returned(kind=kind, address=address.decode("ascii", "replace").lower(), diagnostic=words)
        for kind, addresses in both
        for address in sorted(addresses)
    ]


def _is_automatic(message: Message) -> bool:
    """Whether a program answered for a person who is away (RFC 3834 section 5)."""
    said = _line(message, "Auto-Submitted").lower()
    return said.startswith("auto-replied") or bool(
        message.get("X-Autoreply") or _line(message, "Precedence").lower() == "auto_reply"
    )


def _fields(part: Message) -> Message:
    inside = part.get_payload()
    if isinstance(inside, list) and inside and isinstance(inside[0], Message):
        return inside[0]
    return email.message_from_string(str(inside))


def _addresses(message: Message, name: str) -> list[str]:
    values = [str(value)[:_LONGEST] for value in message.get_all(name, [])[:_MOST_REPORTS]]
    return [address.lower() for _, address in getaddresses(values) if "@" in address]


def _line(message: Message, name: str) -> str:
    """A header's words on one line, decoded where they say how."""
    value = str(message.get(name, ""))
    with suppress(ValueError, LookupError):
        value = str(make_header(decode_header(value)))
    return " ".join(value.split())


def _words(typed: str) -> str:
    """`rfc822; ana@reader.example` without its type (RFC 3464 section 2.1.2)."""
    kind, semicolon, words = typed.partition(";")
    return words.strip() if semicolon and re.fullmatch(r"\s*[A-Za-z0-9-]+\s*", kind) else typed


def _bare(address: str) -> str:
    return address.strip().strip("<>").strip().lower()


def _short(words: str) -> str:
    return " ".join(words.split())[:_LONGEST]
