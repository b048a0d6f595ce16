"""HTTP with an end to waiting: who sends no whole request, or takes no answer, is hung up on.

uvicorn's own protocol waits for both for ever, and once `limit_concurrency` connections are there
it refuses whoever comes, whatever these do; here they make room first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.flow_control import service_unavailable
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10  # from the connection, or the first byte of a further request, to its last header
SEND_SECONDS = 30  # for what the network does not take at once of a piece of an answer
STALLED_SECONDS = 5  # who takes nothing for so long makes room if all connections are in use


class PatientProtocol(H11Protocol):
    """One connection; it may be hung up on in favour of another while it waits for the client."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._asking = _Alarm(self.loop, self.hang_up)
        self._taking = _Alarm(self.loop, self.hang_up)
        self._since = self.loop.time()  # when it began to wait for a request, or to be read
        # The limit is ours to keep: uvicorn would also count who was hung up on a moment ago, and
        # would turn somebody away as long as their tasks have not come to their end.
        self._most, self.limit_concurrency = self.limit_concurrency, None
        self._answering = self.app

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody calls."""
        # Whatever waits here in memory is waited for, also the end of an answer.
        transport.set_write_buffer_limits(high=0)
        super().connection_made(transport)
        self._make_room()
        self._asking.start(HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Some of a request came; the clock runs on until its head is whole."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE or self._is_overlong:
            self._asking.start(HEAD_SECONDS)
        else:
            self._asking.stop()

    def handle_events(self) -> None:
        """A request may have come: it is answered if there is room, or some can be made now.

        There may be more of it than when they called: others have been answered since, or stalled.
        """
        self._make_room()
        self.app = service_unavailable if self._is_crowded else self._answering
        super().handle_events()

    def on_response_complete(self) -> None:
        """An answer was handed over; what is still to come of its request is of no interest."""
        self._since = self.loop.time()
        super().on_response_complete()
        if self._is_overlong:
            self._asking.start(HEAD_SECONDS)

    def pause_writing(self) -> None:
        """The other side does not read as fast as we write."""
        self._since = self.loop.time()
        self._taking.start(SEND_SECONDS)
        super().pause_writing()

    def resume_writing(self) -> None:
        """All is taken."""
        self._taking.stop()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """They went."""
        self._asking.stop()
        super().connection_lost(exc)
        self._taking.stop()

    @property
    def idle_since(self) -> float | None:
        """When it began to wait for its client, by the loop's clock; None: others wait no less."""
        if self._taking.is_set:
            is_idle = self.loop.time() - self._since >= STALLED_SECONDS
        else:
            is_idle = self._is_answered
        return self._since if is_idle else None

    def hang_up(self) -> None:
        """Whatever was to come or go is dropped."""
        self.transport.abort()

    @property
    def _is_overlong(self) -> bool:
        """Whether a body goes on that was answered without being read."""
        return self._is_answered and self.conn.their_state is h11.SEND_BODY

    @property
    def _is_answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    @property
    def _is_crowded(self) -> bool:
        return self._most is not None and len(self.connections) >= self._most

    def _make_room(self) -> None:
        """Hang up on who is idle longest, so that slow clients shut nobody out."""
        while self._is_crowded:
            others = (
                (one.idle_since, one)
                for one in self.connections
                if isinstance(one, PatientProtocol) and one is not self
            )
            idle = [(since, id(one), one) for since, one in others if since is not None]
            if not idle:
                return
            longest = min(idle)[2]
            self.connections.discard(longest)  # it counts no more from now, not from the next tick
            longest.hang_up()


class _Alarm:
    """Calls once, so long after its first start, unless it is stopped before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
        self._loop, self._call = loop, call
        self._handle: asyncio.TimerHandle | None = None

    @property
    def is_set(self) -> bool:
        """Whether it runs."""
        return self._handle is not None

    def start(self, seconds: float) -> None:
        """Let it run, if it does not yet."""
        if self._handle is None:
            self._handle = self._loop.call_later(seconds, self._call)

    def stop(self) -> None:
        """It does not run any more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
