"""What a mailbox provider would refuse, or hold against us, in a message's headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime
from urllib.parse import unquote

from publisher.checks.mail_source import MailSource, error, warning
from publisher.checks.signature import check_signatures
from publisher.model import Finding

_ONCE = ("from", "date", "to", "subject", "message-id", "mime-version")
_AT_MOST_ONCE = (
    "sender",
    "reply-to",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "feedback-id",
    "content-type",
)
_NEVER = ("bcc", "return-path", "received")
_ENCODED_WORD = re.compile(r"=\?[^? ]+\?[^? ]\?[^? ]*\?=")
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@([^<>@\s]+)>")
_TOKEN = re.compile(r"[A-Za-z0-9._~=-]{16,}")
_FEEDBACK = re.compile(r"[^:\s]*:[^:\s]*:[^:\s]*:[A-Za-z0-9_.-]{5,15}")


def check_headers(source: MailSource) -> Iterator[Finding]:
    """Everything that is wrong with the headers."""
    for check in (*_CHECKS, *(_LIST_CHECKS if source.listed else ())):
        yield from check(source)


def _form(source: MailSource) -> Iterator[Finding]:
    rule = "RFC 5322 section 2.2"
    for line in source.strays:
        yield error(f"{line[:60]!a} stands among the headers and is none", rule)
    if not source.head.isascii():
        yield error(
            "a header has bytes beyond ASCII",
            "RFC 5322 section 2.2, RFC 6532",
            mend="write it as encoded words; only an address may need SMTPUTF8",
        )
    for word in _ENCODED_WORD.findall(source.head):
        if len(word) > 75:
            yield error(
                f"an encoded word has {len(word)} characters, not at most 75",
                "RFC 2047 section 2",
            )


def _counts(source: MailSource) -> Iterator[Finding]:
    rule = "RFC 5322 section 3.6"
    for name in _ONCE:
        count = len(source.values(name))
        if count != 1:
            yield error(f"there are {count} {name.title()} headers instead of one", rule)
    for name in _AT_MOST_ONCE:
        count = len(source.values(name))
        if count > 1:
            yield error(f"there are {count} {name.title()} headers instead of one", rule)
    for name in _NEVER:
        if source.values(name):
            yield error(f"a message that leaves must not have a {name.title()} header", rule)


def _from(source: MailSource) -> Iterator[Finding]:
    mailboxes = getaddresses(source.values("from"))
    address = mailboxes[0][1] if len(mailboxes) == 1 else ""
    local, _, domain = address.rpartition("@")
    if not local or not domain:
        yield error("From does not have exactly one address", "RFC 5322 section 3.6.2")
    elif not source.is_ours(domain):
        yield error(
            f"From has the domain {domain}, not {source.domain}",
            "RFC 7489 section 3.1",
            mend="send from an address of the publication's own domain",
        )


def _to(source: MailSource) -> Iterator[Finding]:
    mailboxes = getaddresses(source.values("to"))
    if len(mailboxes) != 1 or "@" not in mailboxes[0][1]:
        yield error(f"To has {len(mailboxes)} addresses instead of one", "RFC 5322 section 3.6.3")


def _date(source: MailSource) -> Iterator[Finding]:
    value = source.value("date")
    if not (re.search(r" [+-]\d{4}$", value) and _moment(value)):
        yield error(f"Date {value!a} has no numeric zone or is no date", "RFC 5322 section 3.3")


def _moment(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return None


def _message_id(source: MailSource) -> Iterator[Finding]:
    value = source.value("message-id")
    match = _MESSAGE_ID.fullmatch(value)
    if not match or len(value) > 250:
        yield error(
            f"Message-ID {value[:60]!a} is not <local@domain> of at most 250 characters",
            "RFC 5322 section 3.6.4",
        )
    elif not source.is_ours(match[1]):
        yield error(f"Message-ID has the domain {match[1]}, not ours", "RFC 5322 section 3.6.4")


def _subject(source: MailSource) -> Iterator[Finding]:
    text = _decoded(source.value("subject"))
    if text is None:
        yield error("Subject has encoded words that can't be decoded", "RFC 2047 section 6")
        return
    if not text.strip():
        yield error("Subject is empty", "RFC 5322 section 3.6.5", mend="give it a title")
    if re.search(r"[\x00-\x1f\x7f]", text):
        yield error("Subject hides a control character", "RFC 2047 section 5")
    if re.match(r"\s*(?:re|fwd?)\s*:", text, re.IGNORECASE):
        yield error(
            "Subject pretends to be an answer or to be forwarded",
            "RFC 5322 section 3.6.5",
            mend="begin it without Re: or Fwd:",
        )
    if len(text) > 78:
        yield warning(
            f"Subject has {len(text)} characters, and few inboxes show more than 78",
            "RFC 5322 section 2.1.1",
            mend="shorten it",
        )


def _decoded(value: str) -> str | None:
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return None


def _list_id(source: MailSource) -> Iterator[Finding]:
    found = source.uris("list-id")
    label = found[0] if len(found) == 1 else ""
    dotted = re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9-]+)+", label)
    if not dotted or not source.is_ours(label):
        yield error(
            "List-Id is not <label.domain> with a domain of ours",
            "RFC 2919 section 2",
        )


def _unsubscribe(source: MailSource) -> Iterator[Finding]:
    rule = "RFC 8058 section 3.1"
    value = source.value("list-unsubscribe")
    uris = source.uris("list-unsubscribe")
    if not re.fullmatch(r"<[!-;=?-~]+>(?:, *<[!-;=?-~]+>)*", value) or "=?" in value:
        yield error(
            "List-Unsubscribe is not a list of addresses in angle brackets, literal and without "
            "spaces",
            "RFC 2369 section 2",
        )
    if not source.leave:
        yield error(
            "List-Unsubscribe has no https address",
            rule,
            mend="set [publication] url or [mail] web to an https address",
        )
    if not any(uri.startswith("mailto:") for uri in uris):
        yield error("List-Unsubscribe has no mailto address", "RFC 2369 section 3.2")
    if source.value("list-unsubscribe-post") != "List-Unsubscribe=One-Click":
        yield error("List-Unsubscribe-Post is not List-Unsubscribe=One-Click", rule)
    if source.leave:
        yield from _token(source)
    if len([uri for uri in uris if uri.lower().startswith("https:")]) > 1:
        yield warning("List-Unsubscribe has more than one https address", rule)


def _token(source: MailSource) -> Iterator[Finding]:
    leave = unquote(source.leave)
    if not _TOKEN.search(leave.partition("://")[2].partition("/")[2]):
        yield error(
            "the address for leaving has no token of at least 16 characters",
            "RFC 8058 section 3.1",
        )
    if "@" in leave:
        yield error(
            "the address for leaving shows a mail address",
            "RFC 8058 section 3.1",
            mend="name the reader by an opaque token",
        )


def _automatic(source: MailSource) -> Iterator[Finding]:
    if not source.values("auto-submitted") and not source.values("precedence"):
        yield warning("neither Auto-Submitted nor Precedence is there", "RFC 3834 section 5")


def _courtesies(source: MailSource) -> Iterator[Finding]:
    feedback = source.value("feedback-id")
    if not _FEEDBACK.fullmatch(feedback):
        yield warning(
            f"Feedback-ID {feedback[:60]!a} is not a:b:c:SenderId with 5 to 15 characters",
            "Gmail, Feedback-ID",
        )
    names = ("list-help", "list-owner", "list-archive", "archived-at")
    if not any(source.values(name) for name in names):
        yield warning(
            "none of List-Help, List-Owner, List-Archive and Archived-At is there",
            "RFC 2369 section 3",
        )


_CHECKS: tuple[Callable[[MailSource], Iterator[Finding]], ...] = (
    _form,
    _counts,
    _from,
    _to,
    _date,
    _message_id,
    _subject,
    _automatic,
    check_signatures,
)
_LIST_CHECKS: tuple[Callable[[MailSource], Iterator[Finding]], ...] = (
    _list_id,
    _unsubscribe,
    _courtesies,
)
