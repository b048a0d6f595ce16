"""The mail relay as a way out: one reused connection, encrypted unless switched off on purpose."""

from __future__ import annotations

import smtplib
import socket
import ssl
from typing import Literal

from pydantic import SecretStr

from publisher.audience import parse_address
from publisher.delivery.transports.dialogue import Envelope, GoneBeforeError, transact, words_of
from publisher.delivery.transports.protocol import Managed
from publisher.errors import TransportError
from publisher.model import Outcome, Receipt, Recipient

Security = Literal["starttls", "tls", "none"]
_MOST_LOSSES = 3


class Smtp(Managed):
    """Hands messages to the relay at `host`, one recipient each.

    `timeout` is in seconds, for every answer but the one after the final dot, which gets
    `reply_timeout` (RFC 5321 section 4.5.3.2.6 asks for 10 minutes). `context` is for a relay
    whose certificate the system does not know. The password shows in no repr, log or error.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int = 587,
        security: Security = "starttls",
        username: str = "",
        password: str | SecretStr = "",
        timeout: float = 30,
        reply_timeout: float = 600,
        context: ssl.SSLContext | None = None,
        helo: str | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._username = username
        self._password = SecretStr(password) if isinstance(password, str) else password
        self._timeout = timeout
        self._reply_timeout = reply_timeout
        self._context = context
        self._helo = helo
        self._connection: smtplib.SMTP | None = None
        self._used = False
        self._losses = 0

    def __repr__(self) -> str:
        return f"Smtp({self._host!r}, {self._port}, {self._security!r})"

    def open(self) -> None:
        """Connect, encrypt, log in. Raises TransportError where one of these does not work."""
        if self._connection is None:
            self._connection = self._connect()
            self._used = False

    def send(self, sender: str, recipient: Recipient, data: bytes) -> Receipt:
        """Hand over one message, connecting anew if the last one lost the connection.

        Raises AddressError, and TransportError where the relay can't be reached any more, hangs
        up on one message after the other, or refuses our sender.
        """
        envelope = Envelope(
            sender=parse_address(sender), recipient=parse_address(recipient.address), data=data
        )
        if self._losses >= _MOST_LOSSES:
            raise TransportError(
                f"the mail relay {self._place} hangs up on one message after the other",
                mend="look into the relay's log; the next run tries again",
            )
        receipt = self._transact(envelope)
        lost = self._connection is None
        self._losses = self._losses + 1 if lost else 0
        return receipt

    def close(self) -> None:
        """Say QUIT, whatever the other side thinks of it."""
        connection, self._connection = self._connection, None
        self._losses = 0
        if connection is not None:
            _quit(connection)

    @property
    def _place(self) -> str:
        return f"{self._host}:{self._port}"

    def _transact(self, envelope: Envelope) -> Receipt:
        while True:
            self.open()
            connection, reused, self._used = self._connection, self._used, True
            assert connection is not None  # open() raises otherwise
            try:
                return transact(connection, envelope, self._reply_timeout)
            except GoneBeforeError as err:
                if not reused:
                    return Receipt(outcome=Outcome.LATER, reply=str(err))
            finally:
                if connection.sock is None:
                    self._connection = None

    def _connect(self) -> smtplib.SMTP:
        connection = self._reach()
        try:
            self._encrypt(connection)
            self._log_in(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _reach(self) -> smtplib.SMTP:
        place = (self._host, self._port, self._helo)
        try:
            if self._security == "tls":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    *place, timeout=self._timeout, context=self._trust()
                )
            else:
                connection = smtplib.SMTP(*place, timeout=self._timeout)
        except ssl.SSLError as err:
            raise self._unsafe(err) from err
        except (OSError, UnicodeError) as err:
            raise self._unreachable(err) from err
        assert connection.sock is not None
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _encrypt(self, connection: smtplib.SMTP) -> None:
        """EHLO, and STARTTLS if that is how we encrypt: never on in plain text instead."""
        try:
            connection.ehlo_or_helo_if_needed()
            if self._security == "starttls":
                connection.starttls(context=self._trust())
                connection.ehlo()
        except ssl.SSLError as err:
            raise self._unsafe(err) from err
        except smtplib.SMTPNotSupportedError as err:
            raise self._unsafe("it does not offer STARTTLS") from err
        except OSError as err:
            raise self._unreachable(err) from err

    def _log_in(self, connection: smtplib.SMTP) -> None:
        if not self._username:
            return
        try:
            connection.login(self._username, self._password.get_secret_value())
        except UnicodeError:
            # Not chained: the error quotes the password.
            raise self._not_let_in("smtplib logs in with ASCII only") from None
        except smtplib.SMTPServerDisconnected as err:
            raise self._unreachable(err) from err
        except smtplib.SMTPException as err:
            raise self._not_let_in(words_of(err)) from err
        except OSError as err:
            raise self._unreachable(err) from err

    def _trust(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()

    def _unreachable(self, err: Exception) -> TransportError:
        return TransportError(
            f"can't talk to the mail relay {self._place}: {words_of(err)}",
            mend="see [mail.smtp] host and port; the next run tries again",
        )

    def _unsafe(self, why: object) -> TransportError:
        return TransportError(
            f"no safe connection to the mail relay {self._place}: {why}",
            mend='set [mail.smtp] security to what the relay offers: "starttls" (port 587), "tls" '
            '(port 465), or "none" on your own machine; its certificate must fit the host',
        )

    def _not_let_in(self, why: str) -> TransportError:
        return TransportError(
            f"the mail relay {self._place} does not let us log in: {why}",
            mend="set PUBLISHER_SMTP_USERNAME and PUBLISHER_SMTP_PASSWORD to what it expects",
        )


def _quit(connection: smtplib.SMTP) -> None:
    try:
        if connection.sock is not None:
            connection.quit()
    except OSError:  # every error of smtplib is one
        pass
    finally:
        connection.close()
