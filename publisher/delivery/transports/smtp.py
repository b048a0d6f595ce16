"""The mail relay as a way out: a pool of connections, encrypted unless switched off on purpose."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from pydantic import SecretStr

from publisher.delivery.transports.connection import Connection, Keeper
from publisher.delivery.transports.dialogue import Manner
from publisher.delivery.transports.events import Trouble
from publisher.delivery.transports.pool import Pool
from publisher.delivery.transports.protocol import Mailroom, Managed, Valve
from publisher.errors import LimitError, TransportError

Security = Literal["starttls", "tls", "none"]
_TICK = 0.1  # seconds between two looks at the clock


class Smtp(Managed):
    """Hands messages to the relay at `host`, one recipient each, over up to `connections` at once.

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
        connections: int = 10,
        timeout: float = 30,
        reply_timeout: float = 600,
        context: ssl.SSLContext | None = None,
        helo: str | None = None,
        valve: Valve | None = None,
    ) -> None:
        self.place = f"{host}:{port}"
        self.most = connections
        self.timeout = timeout
        self.valve = valve
        self.tick = min(_TICK, timeout / 4, reply_timeout / 4)
        self._host = host
        self._port = port
        self._security = security
        self._username = username
        self._password = SecretStr(password) if isinstance(password, str) else password
        self._reply_timeout = reply_timeout
        self._given = context
        self._helo = helo
        self._runner: asyncio.Runner | None = None
        self._pool: Pool | None = None

    def __repr__(self) -> str:
        return f"Smtp({self._host!r}, {self._port}, {self._security!r})"

    def open(self) -> None:
        """Connect, encrypt, log in. Raises TransportError where one of these does not work."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        try:
            self._runner.run(self._open())
        except BaseException:
            self.close()
            raise

    def carry(self, mailroom: Mailroom) -> None:
        """Let the letters of a mailroom leave, connecting anew where a connection was lost.

        Raises TransportError where the relay can't be reached any more, hangs up on one message
        after the other, or refuses our sender.
        """
        if self._runner is None:
            self.open()
        assert self._runner is not None
        assert self._pool is not None
        self._runner.run(self._pool.carry(mailroom))

    def close(self) -> None:
        """Say QUIT, whatever the other side thinks of it."""
        runner, self._runner = self._runner, None
        pool, self._pool = self._pool, None
        if runner is not None:
            with runner:
                if pool is not None:
                    runner.run(pool.close())
            if self.valve:
                self.valve.close()

    async def _open(self) -> None:
        if self._pool is None:
            self._pool = Pool(self)
        await self._pool.open()

    @property
    def rests_until(self) -> datetime | None:
        """Until when others go before this relay, because it failed."""
        return self.valve.rests_until if self.valve else None

    def fail(self, why: str) -> None:
        """Nothing can leave through it: let others go before it for a while."""
        if self.valve:
            self.valve.fail(why)

    # ------------------------------------------------------------ what the pool needs of us

    async def connect(self, keeper: Keeper) -> Connection:
        """A new connection that is about to say its first words. Raises OSError."""
        encrypted: dict[str, Any] = {}
        if self._security == "tls":
            encrypted = {"ssl": self._context, "server_hostname": self._host}
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: self._new(keeper), self._host, self._port, **encrypted
        )
        return connection

    def _new(self, keeper: Keeper) -> Connection:
        starttls = self._security == "starttls"
        return Connection(
            keeper,
            Manner(
                helo=self._helo or _own_name(),
                starttls=starttls,
                username=self._username,
                password=self._password.get_secret_value(),
            ),
            host=self._host,
            timeout=self.timeout,
            reply_timeout=self._reply_timeout,
            context=self._context if starttls else None,
        )

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._given or ssl.create_default_context()

    def full(self, seconds: float) -> LimitError:
        """It has got as many as it may."""
        words = f"{round(seconds)} s" if seconds < 120 else f"{round(seconds / 60)} min"
        what = f"the mail relay {self.place} has got as many messages as it may"
        return LimitError(f"{what}; the rest goes on in {words}", seconds=seconds)

    def error(self, trouble: Trouble, why: str) -> TransportError:
        """What a person has to know and to do."""
        what, mend = _TROUBLES.get(trouble, _NO_TALK)
        return TransportError(what.format(f"the mail relay {self.place}") + f": {why}", mend=mend)


_NO_TALK = ("can't talk to {}", "see [mail.smtp] host and port; the next run tries again")
_TROUBLES = {
    Trouble.UNSAFE: (
        "no safe connection to {}",
        (
            'set [mail.smtp] security to what the relay offers: "starttls" (port 587), "tls" '
            '(port 465), or "none" on your own machine; its certificate must fit the host'
        ),
    ),
    Trouble.LOGIN: (
        "{} does not let us log in",
        "set PUBLISHER_SMTP_USERNAME and PUBLISHER_SMTP_PASSWORD to what it expects",
    ),
    Trouble.SENDER: (
        "{} refuses our address as sender",
        (
            "see that the relay may send for [mail] from and bounces; if it wants a login, set "
            "PUBLISHER_SMTP_USERNAME and PUBLISHER_SMTP_PASSWORD"
        ),
    ),
}


def _own_name() -> str:
    """What we call ourselves: our name in DNS, else our address (RFC 5321 section 4.1.4)."""
    name = socket.getfqdn()
    if "." in name and name.isascii():
        return name
    try:
        return f"[{socket.gethostbyname(socket.gethostname())}]"
    except OSError:
        return "[127.0.0.1]"
