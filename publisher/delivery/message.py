"""A segment's message, encoded once; filling in a recipient only joins pieces.

What must be in it, and why so: RFC 5322 (form), RFC 2046 section 5.1.4 (text before HTML),
RFC 2369 and RFC 8058 (leaving), RFC 2919 (List-Id), RFC 3834 (no automatic answers), RFC 5064
(Archived-At), and the Feedback-ID by which large mailbox providers count complaints.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from email.utils import format_datetime
from typing import Protocol

from publisher.audience import parse_address
from publisher.delivery import headers
from publisher.delivery.canonical import relaxed_lines
from publisher.delivery.quoted import encode_link, encode_piece
from publisher.errors import TemplateError
from publisher.model import Mark, Message, Recipient

_Slot = Callable[[Recipient], bytes]
_Piece = bytes | _Slot
_MARKS = re.compile("(" + "|".join(map(re.escape, Mark)) + ")")
_NONCHARACTER = re.compile("[\ufdd0-\ufdef]")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,120}@[A-Za-z0-9.-]{1,127}>")


class Signer(Protocol):
    """What a template needs of who signs its messages."""

    def sign(self, head: bytes, body_hash: bytes, /) -> bytes:
        """Fields for the top of this head; the hash is the SHA-256 of the relaxed body."""
        ...


class MessageTemplate:
    """All that a segment's messages have in common, split where each recipient differs.

    With a `signer`, each message is signed; of the body only the recipient's own pieces are then
    brought into canonical form each time.

    Raises AddressError for a sender that can't be used, TemplateError for a mark nobody knows.
    """

    def __init__(self, message: Message, signer: Signer | None = None) -> None:
        self.message = message
        text = _body(message.rendered.text, lambda link: link)
        markup = _body(message.rendered.html, html.escape)
        boundary = _boundary(text + markup)
        self._signer = signer
        self._head = _merged(
            [
                _common_headers(message),
                lambda recipient: headers.mailbox("To", recipient.name, recipient.address),
                lambda recipient: _message_id_field(recipient.message_id),
                *([_leaving(message)] if message.list_id else []),
                _multipart_field(boundary),
            ]
        )
        self._body = _merged(
            [
                _part_opening(boundary, "plain"),
                *text,
                b"\r\n" + _part_opening(boundary, "html"),
                *markup,
                f"\r\n--{boundary}--\r\n".encode(),
            ]
        )
        # A slot stands between soft line breaks, so no white space goes on from piece to piece;
        # the closing boundary leaves no empty line to drop.
        self._relaxed = [
            relaxed_lines(piece) if isinstance(piece, bytes) else None for piece in self._body
        ]

    def fill(self, recipient: Recipient) -> bytes:
        """The whole message to one recipient. Raises AddressError."""
        head = b"".join(_filled(self._head, recipient))
        body = _filled(self._body, recipient)
        if self._signer:
            body_hash = hashlib.sha256()
            for piece, relaxed in zip(body, self._relaxed, strict=True):
                body_hash.update(relaxed_lines(piece) if relaxed is None else relaxed)
            head = self._signer.sign(head, body_hash.digest()) + head
        return b"".join([head, b"\r\n", *body])


def message_id(key: bytes, edition: str, subscriber: int, domain: str) -> str:
    """The Message-ID of one delivery: the same on each attempt, and nobody else can guess it."""
    words = f"message-id\n{edition}\n{subscriber}".encode()
    digest = hmac.new(key, words, hashlib.sha256).hexdigest()[:32]
    label = f"{edition}." if re.fullmatch(r"[A-Za-z0-9-]{1,80}", edition) else ""
    return f"<{label}{digest}@{parse_address(f'x@{domain}')[2:]}>"


def _common_headers(message: Message) -> bytes:
    sender = parse_address(message.sender)
    return b"".join(
        [
            headers.mailbox("From", message.sender_name, sender),
            headers.mailbox("Reply-To", "", message.reply_to) if message.reply_to else b"",
            headers.unstructured("Subject", message.rendered.subject),
            headers.field("Date", format_datetime(message.date.astimezone(UTC))),
            _list_headers(message, sender) if message.list_id else b"",
            # RFC 3834 section 5. Precedence says the same to older programs; one of them will do.
            headers.field("Auto-Submitted", "auto-generated"),
            headers.field("Content-Language", headers.clean(message.language)),
            headers.field("MIME-Version", "1.0"),
        ]
    )


def _list_headers(message: Message, sender: str) -> bytes:
    """What only a message to many has."""
    owner = parse_address(message.reply_to or message.sender)
    return b"".join(
        [
            headers.list_id(message.list_title, message.list_id),
            headers.field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            headers.addresses("List-Help", [f"mailto:{owner}?subject=help"]),
            headers.addresses("List-Owner", [f"mailto:{owner}"]),
            headers.addresses("Archived-At", [message.archive]),
            headers.field("Feedback-ID", _feedback_id(message, sender.rpartition("@")[2])),
        ]
    )


def _leaving(message: Message) -> _Slot:
    return lambda recipient: headers.addresses(
        "List-Unsubscribe", [recipient.leave, message.mailto_leave]
    )


def _message_id_field(value: str) -> bytes:
    if not _MESSAGE_ID.fullmatch(value):
        raise ValueError(f"{value!a} is no Message-ID of ours")
    return headers.field("Message-ID", value)


def _feedback_id(message: Message, domain: str) -> str:
    """`edition:newsletter:digest:sender`; the sender has 5 to 15 characters, always the same."""
    edition, newsletter = (
        re.sub(r"[^A-Za-z0-9_-]+", "-", name) for name in (message.edition, message.newsletter)
    )
    sender = re.sub(r"[^a-z0-9]", "", domain)
    if not 5 <= len(sender) <= 15:
        sender = sender[:7] + hashlib.sha256(domain.encode()).hexdigest()[:8]
    return f"{edition}:{newsletter}:digest:{sender}"


def _body(text: str, escape: Callable[[str], str]) -> list[_Piece]:
    """A body in quoted-printable, a slot where each mark stood; it ends with a line break."""
    pieces: list[_Piece] = []
    for piece in _MARKS.split(text if text.endswith("\n") else text + "\n"):
        if piece in _LINKS:
            pieces.append(_link_slot(_LINKS[piece], escape))
        elif found := _NONCHARACTER.search(piece):
            near = ascii(piece[max(0, found.start() - 20) : found.end() + 20])
            raise TemplateError(
                f"a mark that nobody knows stands near {near}",
                mend="templates may use the marks for leaving and for preferences, whole",
            )
        else:
            pieces.append(encode_piece(piece))
    return pieces


_LINKS: dict[str, Callable[[Recipient], str]] = {
    Mark.LEAVE.value: lambda recipient: recipient.leave,
    Mark.PREFERENCES.value: lambda recipient: recipient.preferences,
}


def _link_slot(link: Callable[[Recipient], str], escape: Callable[[str], str]) -> _Slot:
    return lambda recipient: encode_link(escape(headers.uri(link(recipient))))


def _boundary(pieces: Iterable[_Piece]) -> str:
    """A boundary made from what it separates: the same content, the same bytes.

    It holds `=_`, which quoted-printable never does, so that no body can contain it (RFC 2045
    section 6.7, note 5).
    """
    digest = hashlib.blake2b(digest_size=16, key=b"publisher boundary")
    for piece in pieces:
        digest.update(piece if isinstance(piece, bytes) else b"=_")
    return f"=_{digest.hexdigest()}"


def _multipart_field(boundary: str) -> bytes:
    return headers.field("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"')


def _part_opening(boundary: str, subtype: str) -> bytes:
    return (
        f"--{boundary}\r\n"
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
    ).encode()


def _filled(pieces: Iterable[_Piece], recipient: Recipient) -> list[bytes]:
    return [piece if isinstance(piece, bytes) else piece(recipient) for piece in pieces]


def _merged(pieces: Iterable[_Piece]) -> list[_Piece]:
    """The same with neighbouring bytes joined: less to do for each recipient."""
    return list(_runs(pieces))


def _runs(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    fixed = b""
    for piece in pieces:
        if isinstance(piece, bytes):
            fixed += piece
        else:
            yield fixed
            fixed = b""
            yield piece
    yield fixed
