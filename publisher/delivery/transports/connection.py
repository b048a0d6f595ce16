"""A connection to a mail server: what drives the talk over a socket, in time and encrypted."""

from __future__ import annotations

import asyncio
import math
import ssl
from typing import Protocol

from publisher.delivery.transports.dialogue import Dialogue, Manner
from publisher.delivery.transports.events import (
    Done,
    Encrypt,
    Event,
    Over,
    Proceed,
    Ready,
    Trouble,
    Unsent,
)
from publisher.delivery.transports.letters import Letter
from publisher.delivery.transports.replies import fit, words_of
from publisher.model import Receipt

# Up to here the content and the next envelope go in one write; a system takes so much at once.
_ONE_WRITE = 65_536


class Keeper(Protocol):
    """Who has connections, and is told what happens on them."""

    def on_ready(self, connection: Connection, /) -> None:
        """It can be given a letter."""
        ...

    def on_proceed(self, connection: Connection, letter: Letter, /) -> None:
        """The server waits for the content; `proceed` sends it."""
        ...

    def on_done(self, letter: Letter, receipt: Receipt, /) -> None:
        """What became of a letter."""
        ...

    def on_unsent(self, letter: Letter, /) -> None:
        """A letter that has not left, and not by its own fault."""
        ...

    def on_over(self, connection: Connection, trouble: Trouble, why: str, /) -> None:
        """The connection is gone."""
        ...


class Connection(asyncio.Protocol):
    """One connection; `timeout` and `reply_timeout` (after the final dot) are in seconds.

    `opened` says when it is good for letters, or why it never will be; until then the keeper
    hears nothing. `used` tells whether it ever had a letter, `deadline` when, by the loop's clock,
    the server has kept us waiting for too long.
    """

    def __init__(
        self,
        keeper: Keeper,
        manner: Manner,
        *,
        host: str,
        timeout: float,
        reply_timeout: float,
        context: ssl.SSLContext | None,
    ) -> None:
        self._keeper = keeper
        self._dialogue = Dialogue(manner)
        self._host = host
        self._timeout = timeout
        self._reply_timeout = reply_timeout
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._handing_over = False  # a large content, of which a part has not left us
        self._following: Letter | None = None
        self._task: asyncio.Task[None] | None = None
        self.opened: asyncio.Future[Over | None] = self._loop.create_future()
        self.closed: asyncio.Future[None] = self._loop.create_future()
        self.used = False
        self.deadline = math.inf

    @property
    def completed(self) -> int:
        """How many messages the server has answered for."""
        return self._dialogue.completed

    # ------------------------------------------------------------ for the keeper

    def announce(self, letter: Letter) -> None:
        """Tell the server of a letter, on a connection that is ready."""
        self.used = True
        self._follow(self._dialogue.announce(letter))

    def proceed(self, following: Letter | None) -> None:
        """Send the content that the server waits for, and the envelope of the next letter."""
        dialogue = self._dialogue
        dialogue.proceed()
        if dialogue.size_to_send > _ONE_WRITE:
            self._handing_over = True
            self._flush()
            assert self._transport is not None
            if self._transport.get_write_buffer_size():
                self._following = following
                return
            self._handing_over = False
        if following is None:
            self._flush()
        else:
            self.announce(following)

    def check(self, now: float) -> None:
        """Give the server up if it has had time enough."""
        if now > self.deadline:
            self.give_up("timed out: the server does not answer")

    def give_up(self, why: str) -> None:
        """Hang up; whatever is under way meets its fate."""
        self._follow(self._dialogue.lose(why, whole=not self._handing_over))

    def quit(self) -> None:
        """Say goodbye; `closed` is done when the connection is."""
        self._dialogue.quit()
        self._flush()

    # ------------------------------------------------------------ for asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server can be heard; it speaks first."""
        assert isinstance(transport, asyncio.Transport)
        self._take(transport)
        self.deadline = self._loop.time() + self._timeout

    def data_received(self, data: bytes) -> None:
        """The server has said something."""
        dialogue = self._dialogue
        heard = dialogue.heard
        events = dialogue.receive(data)
        if dialogue.heard != heard:  # who sends a letter a minute has said nothing
            self._set_deadline()
        self._follow(events)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.give_up(words_of(exc) if exc else "the server hung up")

    def pause_writing(self) -> None:
        """More was written than the system takes at once: it goes on by itself."""

    def resume_writing(self) -> None:
        """All that was written has left us."""
        self._handing_over = False
        following, self._following = self._following, None
        if following is not None:
            self.announce(following)

    # ------------------------------------------------------------ what follows

    def _take(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        transport.set_write_buffer_limits(high=0)

    def _flush(self) -> None:
        data = self._dialogue.to_send()
        if data:
            assert self._transport is not None
            self._transport.write(data)
            if self.deadline == math.inf:
                self._set_deadline()

    def _set_deadline(self) -> None:
        dialogue = self._dialogue
        if not dialogue.owed:
            self.deadline = math.inf
        else:
            patience = self._reply_timeout if dialogue.awaits_verdict else self._timeout
            self.deadline = self._loop.time() + patience

    def _follow(self, events: list[Event]) -> None:
        self._flush()
        keeper = self._keeper
        for event in events:
            match event:
                case Done(letter, receipt):
                    keeper.on_done(letter, receipt)
                case Proceed(letter):
                    keeper.on_proceed(self, letter)
                case Ready():
                    if not self.opened.done():
                        self.opened.set_result(None)
                    keeper.on_ready(self)
                case Unsent(letter):
                    keeper.on_unsent(letter)
                case Encrypt():
                    self._task = self._loop.create_task(self._encrypt())
                case Over():
                    self._end(event)

    def _end(self, over: Over) -> None:
        self.deadline = math.inf
        following, self._following = self._following, None
        if following is not None:
            self._keeper.on_unsent(following)
        if self.opened.done():
            self._keeper.on_over(self, over.trouble, over.why)
        else:
            self.opened.set_result(over)
        if self._transport is not None:
            self._transport.abort()
        if not self.closed.done():
            self.closed.set_result(None)

    async def _encrypt(self) -> None:
        """The TLS handshake after STARTTLS."""
        assert self._transport is not None
        assert self._context is not None
        self.deadline = math.inf  # the handshake has its own
        try:
            transport = await self._loop.start_tls(
                self._transport,
                self,
                self._context,
                server_hostname=self._host,
                ssl_handshake_timeout=self._timeout,
            )
        except ssl.SSLError as err:
            self._follow(self._dialogue.refuse(fit(str(err))))
        except OSError as err:
            self.give_up(words_of(err))
        else:
            if transport is None:
                self.give_up("the server hung up")
                return
            self._take(transport)
            self._follow(self._dialogue.encrypted())
            self._set_deadline()
