"""One message as a server gets it: envelope, content, and what a server must offer to take it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from publisher.delivery.transports.capabilities import Capabilities

_NO_XTEXT = re.compile(r"[^!-*,-<>-~]")


@dataclass(slots=True)
class Letter:
    """A message with its envelope; addresses as `parse_address` gives them.

    `mark` is whatever its owner knows it by; `domain` is the recipient's.
    """

    sender: str
    recipient: str
    data: bytes
    message_id: str
    mark: Any = None
    domain: str = field(init=False)

    def __post_init__(self) -> None:
        self.domain = self.recipient.rpartition("@")[2]

    @property
    def utf8(self) -> bool:
        """Whether it needs SMTPUTF8 (RFC 6531): an address has letters beyond ASCII."""
        return not (self.recipient.isascii() and self.sender.isascii())


def unfit(letter: Letter, offered: Capabilities) -> str:
    """Why this server can't take the message, told before bothering it; empty if it can."""
    data = letter.data
    if letter.utf8 and not offered.smtputf8:
        return "needs SMTPUTF8, which the server does not offer"
    if not offered.eightbit and not data.isascii():
        return "needs 8BITMIME, which the server does not offer"
    if offered.size and offered.size < len(data):  # RFC 1870 section 4
        return f"has {len(data)} bytes, and the server takes {offered.size}"
    if not data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n"):
        return "has a line that does not end in CRLF (RFC 5321 section 2.3.8)"
    return ""


def mail_command(letter: Letter, offered: Capabilities) -> bytes:
    """MAIL with the options that the server offers (RFC 1870, 6152, 6531, 3461)."""
    words = f"MAIL FROM:<{letter.sender}>"
    if offered.has_size:
        words += f" SIZE={len(letter.data)}"
    if letter.utf8:
        words += " BODY=8BITMIME SMTPUTF8"
    elif not letter.data.isascii():
        words += " BODY=8BITMIME"
    if offered.dsn:
        # RFC 3461 sections 4.3 and 4.4: a report need not carry the whole digest, but its name.
        words += " RET=HDRS"
        if len(letter.message_id) < 100:
            words += f" ENVID={_NO_XTEXT.sub(_escaped, letter.message_id.strip('<>'))}"
    return words.encode() + b"\r\n"


def rcpt_command(letter: Letter, offered: Capabilities) -> bytes:
    """RCPT; with DSN it asks to be told of failure only, and by this very address."""
    words = f"RCPT TO:<{letter.recipient}>"
    if offered.dsn:
        words += " NOTIFY=FAILURE"
        if letter.recipient.isascii():  # RFC 3461 section 4.2
            words += f" ORCPT=rfc822;{_NO_XTEXT.sub(_escaped, letter.recipient)}"
    return words.encode() + b"\r\n"


def content_of(letter: Letter) -> bytes:
    """The message as it goes over the wire, with its final dot (RFC 5321 section 4.5.2)."""
    data = letter.data
    if b"\n." in data:
        data = data.replace(b"\n.", b"\n..")
    if data.startswith(b"."):
        data = b"." + data
    return data + (b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n")


def _escaped(found: re.Match[str]) -> str:
    return f"+{ord(found[0]):02X}"
