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

_ONCE = ("From", "Date", "To", "Subject", "Message-ID", "MIME-Version")
_AT_MOST_ONCE = (
    "Sender",
    "Reply-To",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Feedback-ID",
    "Content-Type",
)
_NEVER = ("Bcc", "Return-Path", "Received")
_ENCODED_WORD = re.compile(r"=\?[^? ]+\?[^? ]\?[^? ]*\?=")
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@([^<>@\s]+)>")
_TOKEN = re.compile(r"[A-Za-z0-9._~=-]{16,}")
_FEEDBACK = re.compile(r"[^:\s]*:[^:\s]*:[^:\s]*:[A-Za-z0-9_.-]{5,15}")


def check_headers(source: MailSource) -> Iterator[Finding]:
    """Everything that is wrong with the headers."""
    for check in (*_CHECKS, *(_LIST_CHECKS if source.listed else ())):
        yield from check(source)


def subject_of(source: MailSource) -> str | None:
    """The subject as it is read; None if it can't be decoded."""
    try:
        return str(make_header(decode_header(source.value("subject"))))
    except (HeaderParseError, LookupError, ValueError):
        return None


def _form(source: MailSource) -> Iterator[Finding]:
    rule = "RFC 5322 section 2.2"
    for line in source.strays:
        yield error(
            f"{line[:60]!a} stands among the headers and is none",
            rule,
            "write Name: value, and begin the further lines of a header with a blank",
        )
    if re.search(r"\r?\n[ \t]+(?=\r?\n|\Z)", source.head):
        yield error(
            "a header has a line of nothing but blanks",
            "RFC 5322 section 3.2.2",
            "take the empty line out of the header",
        )
    if not source.head.isascii():
        yield error(
            "a header has bytes beyond ASCII",
            "RFC 5322 section 2.2, RFC 6532",
            "write it as encoded words; only an address may need SMTPUTF8",
        )
    for word in _ENCODED_WORD.findall(source.head):
        if len(word) > 75:
            yield error(
                f"an encoded word has {len(word)} characters, not at most 75",
                "RFC 2047 section 2",
                "split it into several encoded words",
            )


def _counts(source: MailSource) -> Iterator[Finding]:
    rule = "RFC 5322 section 3.6"
    for name in (*_ONCE, *_AT_MOST_ONCE):
        count = len(source.values(name.lower()))
        if count > 1 or (count == 0 and name in _ONCE):
            mend = f"leave one {name}" if count else f"add {_article(name)} {name}"
            yield error(f"there are {count} {name} headers instead of one", rule, mend, at=name)
    for name in _NEVER:
        if source.values(name.lower()):
            yield error(
                f"a message that leaves must not have a {name} header",
                rule,
                "take it out",
                at=name,
            )


def _article(name: str) -> str:
    return "an" if name[0] in "AEIO" else "a"


def _from(source: MailSource) -> Iterator[Finding]:
    if len(source.values("from")) != 1:
        return  # which is said already
    mailboxes = getaddresses(source.values("from"))
    address = mailboxes[0][1] if len(mailboxes) == 1 else ""
    local, _, domain = address.rpartition("@")
    if not local or not domain:
        yield error(
            "From does not have exactly one address",
            "RFC 5322 section 3.6.2",
            "write From: Name <address>",
            at="From",
        )
    elif not source.is_ours(domain):
        yield error(
            f"From has the domain {domain}, not {source.domain}",
            "RFC 7489 section 3.1",
            "send from an address of the publication's own domain",
            at="From",
        )


def _to(source: MailSource) -> Iterator[Finding]:
    if len(source.values("to")) != 1:
        return
    mailboxes = getaddresses(source.values("to"))
    if len(mailboxes) != 1 or "@" not in mailboxes[0][1]:
        yield error(
            f"To has {len(mailboxes)} addresses instead of one",
            "RFC 5322 section 3.6.3",
            "write each reader a message of their own",
            at="To",
        )


def _date(source: MailSource) -> Iterator[Finding]:
    value = source.value("date")
    if value and not (re.search(r" [+-]\d{4}$", value) and _moment(value)):
        yield error(
            f"Date {value!a} has no numeric zone or is no date",
            "RFC 5322 section 3.3",
            "write it as Mon, 23 Nov 2026 07:00:00 +0000",
            at="Date",
        )


def _moment(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return None


def _message_id(source: MailSource) -> Iterator[Finding]:
    value = source.value("message-id")
    match = _MESSAGE_ID.fullmatch(value)
    rule = "RFC 5322 section 3.6.4"
    if not value:
        return
    if not match or len(value) > 250:
        yield error(
            f"Message-ID {value[:60]!a} is not <local@domain> of at most 250 characters",
            rule,
            "write one word, @ and our domain in angle brackets",
            at="Message-ID",
        )
    elif not source.is_ours(match[1]):
        yield error(
            f"Message-ID has the domain {match[1]}, not ours",
            rule,
            f"let it end in @{source.domain}>",
            at="Message-ID",
        )


def _subject(source: MailSource) -> Iterator[Finding]:
    if not source.values("subject"):
        return
    text = subject_of(source)
    if text is None:
        yield error(
            "Subject has encoded words that can't be decoded",
            "RFC 2047 section 6",
            "write it as =?utf-8?q?...?= or =?utf-8?b?...?=",
            at="Subject",
        )
        return
    if not text.strip():
        yield error("Subject is empty", "RFC 5322 section 3.6.5", "give it a title", at="Subject")
    if re.search(r"[\x00-\x1f\x7f]", text):
        yield error(
            "Subject hides a control character",
            "RFC 2047 section 5",
            "take it out: behind a line break a header of somebody else's could follow",
            at="Subject",
        )
    if re.match(r"\s*(?:re|fwd?)\s*:", text, re.IGNORECASE):
        yield error(
            "Subject pretends to be an answer or to be forwarded",
            "RFC 5322 section 3.6.5",
            "begin it without Re: or Fwd:",
            at="Subject",
        )
    if len(text) > 78:
        yield warning(
            f"Subject has {len(text)} characters, and few inboxes show more than 78",
            "RFC 5322 section 2.1.1",
            "shorten it",
            at="Subject",
        )


def _list_id(source: MailSource) -> Iterator[Finding]:
    if len(source.values("list-id")) > 1:
        return
    found = source.uris("list-id")
    label = found[0] if len(found) == 1 else ""
    dotted = re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9-]+)+", label)
    if not dotted or not source.is_ours(label):
        yield error(
            "List-Id is not <label.domain> with a domain of ours",
            "RFC 2919 section 2",
            f"write List-Id: Title <name.{source.domain}>",
            at="List-Id",
        )


def _unsubscribe(source: MailSource) -> Iterator[Finding]:
    rule = "RFC 8058 section 3.1"
    name = "List-Unsubscribe"
    if len(source.values("list-unsubscribe")) > 1:
        return
    value = source.value("list-unsubscribe")
    uris = source.uris("list-unsubscribe")
    if not re.fullmatch(r"<[!-;=?-~]+>(?:, *<[!-;=?-~]+>)*", value) or "=?" in value:
        yield error(
            "List-Unsubscribe is not a list of addresses in angle brackets, literal and without "
            "spaces"
            if value
            else "there is no List-Unsubscribe: nobody can leave by one click",
            "RFC 2369 section 2" if value else rule,
            "write <https://...>, <mailto:...>",
            at=name,
        )
        return
    if not source.leave:
        yield error(
            "List-Unsubscribe has no https address",
            rule,
            "set [publication] url or [mail] web to an https address",
            at=name,
        )
    if not any(uri.startswith("mailto:") for uri in uris):
        yield error(
            "List-Unsubscribe has no mailto address",
            "RFC 2369 section 3.2",
            "add <mailto:...?subject=unsubscribe>",
            at=name,
        )
    if source.leave:
        yield from _token(source)
    if len([uri for uri in uris if uri.lower().startswith("https:")]) > 1:
        yield warning(
            "List-Unsubscribe has more than one https address", rule, "leave one", at=name
        )


def _one_click(source: MailSource) -> Iterator[Finding]:
    values = source.values("list-unsubscribe-post")
    if len(values) < 2 and values != ["List-Unsubscribe=One-Click"]:
        yield error(
            "List-Unsubscribe-Post is not List-Unsubscribe=One-Click",
            "RFC 8058 section 3.1",
            "write List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            at="List-Unsubscribe-Post",
        )


def _token(source: MailSource) -> Iterator[Finding]:
    leave = unquote(source.leave)
    rule = "RFC 8058 section 3.1"
    mend = "name the reader by an opaque token of 16 characters or more"
    if "@" in leave:
        yield error(
            "the address for leaving shows a mail address", rule, mend, at="List-Unsubscribe"
        )
    elif not _TOKEN.search(leave.partition("://")[2].partition("/")[2]):
        yield error(
            "the address for leaving has no token of at least 16 characters",
            rule,
            mend,
            at="List-Unsubscribe",
        )


def _automatic(source: MailSource) -> Iterator[Finding]:
    if not source.values("auto-submitted") and not source.values("precedence"):
        yield warning(
            "neither Auto-Submitted nor Precedence is there",
            "RFC 3834 section 5",
            "add Auto-Submitted: auto-generated, so that no holiday notice answers",
            at="Auto-Submitted",
        )


def _courtesies(source: MailSource) -> Iterator[Finding]:
    feedback = source.values("feedback-id")
    if len(feedback) < 2 and not _FEEDBACK.fullmatch("".join(feedback)):
        yield warning(
            f"Feedback-ID {''.join(feedback)[:60]!a} is not a:b:c:SenderId with 5 to 15 characters",
            "Gmail, Feedback-ID",
            "write three words and the sender's name, parted by colons",
            at="Feedback-ID",
        )
    names = ("list-help", "list-owner", "list-archive", "archived-at")
    if not any(source.values(name) for name in names):
        yield warning(
            "none of List-Help, List-Owner, List-Archive and Archived-At is there",
            "RFC 2369 section 3",
            "add List-Help: <mailto:...>",
            at="List-Help",
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
    _one_click,
    _courtesies,
)
