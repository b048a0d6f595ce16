"""One message's talk with an SMTP server, verb by verb, and what its answers mean.

The state that must hold together lives here: until the whole of the data has been handed to the
connection nothing can have been accepted, so a loss is LATER; from then on only the reply tells,
so a loss is IN_DOUBT (RFC 5321 sections 4.2.1 and 4.5.3.2.6).
"""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass

from publisher.errors import TransportError
from publisher.model import Outcome, Receipt

_REPLY_LENGTH = 500
_UNFIT = re.compile(r"[^\x20-\x7e]+")
_LINE_DOT = re.compile(rb"^\.", re.MULTILINE)


class LostError(Exception):
    """The connection is gone, or what comes over it is no SMTP."""


class GoneBeforeError(LostError):
    """The connection was gone before this message: a server hangs up on who is idle too long."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer: its code and its words, made fit for a log."""

    code: int
    words: str

    def __str__(self) -> str:
        return f"{self.code} {self.words}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message as the server gets it: ASCII addresses unless `utf8`."""

    sender: str
    recipient: str
    data: bytes

    @property
    def utf8(self) -> bool:
        """Whether it needs SMTPUTF8 (RFC 6531): an address has letters beyond ASCII."""
        return not (self.sender.isascii() and self.recipient.isascii())


def transact(connection: smtplib.SMTP, envelope: Envelope, reply_timeout: float) -> Receipt:
    """Hand one message over. Afterwards the connection is good only if its socket is still there.

    `reply_timeout` is how long to wait after the final dot, in seconds. Raises GoneBeforeError
    if the first command already met no server, TransportError where it turns our sender away.
    """
    unfit = _unfit(connection, envelope)
    if unfit:
        return Receipt(outcome=Outcome.REFUSED, reply=unfit)
    try:
        refusal = _announce(connection, envelope)
        if refusal:
            return _turned_away(connection, refusal)
        _hand_over(connection, envelope.data)
    except GoneBeforeError:
        connection.close()
        raise
    except LostError as err:
        connection.close()
        return Receipt(outcome=Outcome.LATER, reply=str(err))
    return _verdict(connection, reply_timeout)


def _unfit(connection: smtplib.SMTP, envelope: Envelope) -> str:
    """Why this server can't take the message, told before bothering it; empty if it can."""
    data = envelope.data
    if envelope.utf8 and not connection.has_extn("smtputf8"):
        return "needs SMTPUTF8, which the server does not offer"
    if not data.isascii() and not connection.has_extn("8bitmime"):
        return "needs 8BITMIME, which the server does not offer"
    limit = connection.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(data):  # RFC 1870 section 4
        return f"has {len(data)} bytes, and the server takes {limit}"
    if not data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n"):
        return "has a line that does not end in CRLF (RFC 5321 section 2.3.8)"
    return ""


def _announce(connection: smtplib.SMTP, envelope: Envelope) -> Reply | None:
    """MAIL, RCPT and DATA; the reply that stops us, or None when the server waits for data."""
    options = [f"SIZE={len(envelope.data)}"] if connection.has_extn("size") else []
    if envelope.utf8 or not envelope.data.isascii():
        options.append("BODY=8BITMIME")
    if envelope.utf8:
        options.append("SMTPUTF8")
        connection.command_encoding = "utf-8"
    else:
        connection.command_encoding = "ascii"
    try:
        reply = _ask(connection, " ".join([f"MAIL FROM:<{envelope.sender}>", *options]), 250)
    except LostError as err:
        raise GoneBeforeError(str(err)) from err
    if reply and reply.code == 421:
        raise GoneBeforeError(str(reply))
    if reply and 500 <= reply.code < 600 and reply.code != 552:
        # No recipient's fault: going on would mark every one of them as failed.
        _reset(connection)
        raise TransportError(
            f"the mail relay refuses {envelope.sender} as sender: {reply}",
            mend="see that the relay may send for [mail] from and bounces, and that we log in",
        )
    return (
        reply
        or _ask(connection, f"RCPT TO:<{envelope.recipient}>", 250, 251)
        or _ask(connection, "DATA", 354)
    )


def _ask(connection: smtplib.SMTP, command: str, *wanted: int) -> Reply | None:
    """Send a command; None if the answer is one of the wanted, else a refusal (4xx, 5xx)."""
    try:
        connection.putcmd(command)
        reply = read_reply(connection)
    except OSError as err:
        raise LostError(words_of(err)) from err
    if reply.code in wanted:
        return None
    if 400 <= reply.code < 600:
        return reply
    raise LostError(f"the server answered {command.split(maxsplit=1)[0]} with {reply}")


def _hand_over(connection: smtplib.SMTP, data: bytes) -> None:
    """The data and the final dot. If this raises, a part of them never left this machine."""
    stuffed = _LINE_DOT.sub(b"..", data)  # RFC 5321 section 4.5.2
    ending = b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"
    sock = connection.sock
    if sock is None:
        raise LostError("the connection was closed")
    try:
        sock.sendall(stuffed + ending)
    except OSError as err:
        raise LostError(words_of(err)) from err


def _verdict(connection: smtplib.SMTP, reply_timeout: float) -> Receipt:
    """What the server makes of the message."""
    sock = connection.sock
    assert sock is not None  # _hand_over has just used it
    usual = sock.gettimeout()
    try:
        sock.settimeout(reply_timeout)
        reply = read_reply(connection)
        sock.settimeout(usual)
    except (LostError, OSError) as err:
        connection.close()
        return Receipt(outcome=Outcome.IN_DOUBT, reply=words_of(err))
    outcome = _OUTCOMES.get(reply.code // 100, Outcome.IN_DOUBT)
    if outcome is Outcome.IN_DOUBT or reply.code == 421:
        connection.close()
    return Receipt(outcome=outcome, reply=str(reply))


_OUTCOMES = {2: Outcome.ACCEPTED, 4: Outcome.LATER, 5: Outcome.REFUSED}


def _turned_away(connection: smtplib.SMTP, reply: Reply) -> Receipt:
    if reply.code == 421:  # RFC 5321 section 3.8: the server is about to hang up
        connection.close()
    else:
        _reset(connection)
    return Receipt(outcome=_OUTCOMES[reply.code // 100], reply=str(reply))


def _reset(connection: smtplib.SMTP) -> None:
    """Forget the transaction; whatever becomes of this, the message's own fate is sealed."""
    try:
        if _ask(connection, "RSET", 250):
            connection.close()
    except LostError:
        connection.close()


def read_reply(connection: smtplib.SMTP) -> Reply:
    """The server's next answer. Raises LostError for none, or for what is no SMTP."""
    try:
        code, words = connection.getreply()
    except smtplib.SMTPServerDisconnected as err:
        raise LostError(words_of(err)) from err
    except smtplib.SMTPResponseException as err:  # a line that never ends
        raise LostError("the server's answer is too long") from err
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else str(words)
    reply = Reply(code, _UNFIT.sub(" ", text).strip()[:_REPLY_LENGTH])
    if not 200 <= code < 600:
        raise LostError(f"the server's answer is no SMTP: {reply.words!r}")
    return reply


def words_of(err: Exception) -> str:
    """What happened, in a few words fit for a log: the server's own, if it had any."""
    if isinstance(err, smtplib.SMTPResponseException):
        said = err.smtp_error
        text = said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)
        text = f"{err.smtp_code} {text}"
    else:
        text = str(err)
    return _UNFIT.sub(" ", text).strip()[:_REPLY_LENGTH] or type(err).__name__
