"""The connections to one relay, and the letters on them, in one event loop.

All that happens in one turn of the loop is put on record together: the marks of what was sent and
of what is about to be share one commit. It is made here, in the loop, because handing it to a
thread would cost more than the commit itself.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Awaitable
from typing import Protocol

from publisher.delivery.transports.connection import Connection, Keeper
from publisher.delivery.transports.events import Trouble
from publisher.delivery.transports.letters import Letter
from publisher.delivery.transports.protocol import Mailroom, Valve
from publisher.delivery.transports.replies import fit, words_of
from publisher.errors import TransportError
from publisher.model import Outcome, Receipt

_MOST_LOSSES = 3
_MOST_REFUSALS = 10
_LONGEST_WAIT = 60.0  # seconds until the relay may get more; for longer we do not stay
_REST = 30.0  # seconds before a relay that wanted no more connections is asked for another
_GOODBYE = 5.0  # seconds that a relay gets to answer QUIT


class Relay(Protocol):
    """What a pool needs to know of the other side."""

    most: int
    tick: float
    timeout: float
    valve: Valve | None

    def connect(self, keeper: Keeper, /) -> Awaitable[Connection]:
        """A new connection. Raises OSError."""
        ...

    def error(self, trouble: Trouble, why: str, /) -> TransportError:
        """What a person has to know and to do."""
        ...

    def full(self, seconds: float, /) -> TransportError:
        """It may get no more for so many seconds."""
        ...


class Pool:
    """Carries letters over up to `relay.most` connections, opened as letters wait."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._loop = asyncio.get_running_loop()
        self._mailroom: Mailroom | None = None
        self._carried: asyncio.Future[None] = self._loop.create_future()
        self._live: set[Connection] = set()
        self._idle: deque[Connection] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self._under_way = 0  # letters that the mailroom gave us and has not got back
        self._starting: list[tuple[Connection, Letter]] = []
        self._finished: list[tuple[Letter, Receipt]] = []
        self._unsent: list[Letter] = []
        self._turning = False
        self._failure: TransportError | None = None
        self._losses = 0
        self._refusals = 0  # in a row, of whatever is offered
        self._grow_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        """Have one connection at the least. Raises TransportError."""
        self._raise_failure()
        if not self._live:
            await self._open_one()

    async def carry(self, mailroom: Mailroom) -> None:
        """Let letters leave until the mailroom is over. Raises TransportError."""
        self._raise_failure()
        self._carried = self._loop.create_future()
        self._mailroom = mailroom
        mailroom.begin(self._wake)
        watch = self._loop.create_task(self._watch())
        try:
            self._wake()
            await self._carried
        except TransportError:
            raise
        except BaseException:
            self._mailroom = None
            for connection in list(self._live):
                connection.give_up("we had to stop")
            raise
        finally:
            self._mailroom = None
            watch.cancel()
            for task in self._opening:
                task.cancel()
            mailroom.end()

    async def close(self) -> None:
        """Say goodbye to all that are idle, and hang up on the others."""
        for connection in self._live - set(self._idle):
            connection.give_up("we had to stop")
        leaving = list(self._idle)
        for connection in leaving:
            connection.quit()
        if leaving:
            wait = min(_GOODBYE, self._relay.timeout)
            await asyncio.wait([connection.closed for connection in leaving], timeout=wait)
        for connection in leaving:
            connection.give_up("we are done")

    # ------------------------------------------------------------ what connections tell

    def on_ready(self, connection: Connection) -> None:
        """It can be given a letter."""
        self._live.add(connection)
        self._idle.append(connection)
        self._wake()

    def on_proceed(self, connection: Connection, letter: Letter) -> None:
        """The server waits for the content."""
        self._starting.append((connection, letter))
        self._wake()

    def on_done(self, letter: Letter, receipt: Receipt) -> None:
        """What became of a letter."""
        self._finished.append((letter, receipt))
        if self._relay.valve:
            self._relay.valve.hear(receipt)
        self._refusals = self._refusals + 1 if _is_refusal_of_all(receipt) else 0
        if self._refusals >= _MOST_REFUSALS:
            self._fail(self._relay.error(Trouble.REFUSED, f"it takes none: {receipt.reply}"))
        self._wake()

    def on_unsent(self, letter: Letter) -> None:
        """A letter that has not left."""
        self._unsent.append(letter)
        self._wake()

    def on_over(self, connection: Connection, trouble: Trouble, why: str) -> None:
        """A connection is gone."""
        self._live.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._starting = [one for one in self._starting if one[0] is not connection]
        if self._relay.valve and not connection.used:
            self._relay.valve.hear_words(why)
        if trouble is Trouble.SENDER:
            self._fail(self._relay.error(trouble, why))
        elif connection.completed:
            self._losses = 0
        elif connection.used:
            self._losses += 1
            if self._losses >= _MOST_LOSSES:
                self._fail(self._relay.error(trouble, f"it hangs up on each message: {why}"))
        self._wake()

    # ------------------------------------------------------------ a turn

    def _wake(self) -> None:
        if not self._turning and self._mailroom is not None:
            self._turning = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._turning = False
        if self._mailroom is None or self._carried.done():
            return
        try:
            self._settle(self._mailroom)
        except BaseException as err:  # noqa: BLE001
            # Not the event loop's to swallow: `carry` raises it.
            self._carried.set_exception(err)

    def _settle(self, mailroom: Mailroom) -> None:
        """Put on record what waits, and let the next letters go."""
        starting, self._starting = self._starting, []
        finished, self._finished = self._finished, []
        unsent, self._unsent = self._unsent, []
        for letter in unsent:
            mailroom.back(letter)
        if starting or finished:
            mailroom.turn([letter for _, letter in starting], finished)
        self._under_way -= len(finished) + len(unsent)
        for connection, _ in starting:
            connection.proceed(self._next(mailroom))
        self._feed(mailroom)
        if not self._under_way:
            self._perhaps_end(mailroom)

    def _next(self, mailroom: Mailroom) -> Letter | None:
        letter = mailroom.next() if self._may_send() else None
        if letter is not None:
            self._under_way += 1
            if self._relay.valve:
                self._relay.valve.spend()
        return letter

    def _may_send(self) -> bool:
        """Whether the relay may get one more now; if not, we are woken when it may."""
        if self._failure:
            return False
        wait = self._relay.valve.wait() if self._relay.valve else 0.0
        if wait > _LONGEST_WAIT:
            self._fail(self._relay.full(wait))
        elif wait and self._timer is None:
            self._timer = self._loop.call_later(min(wait, self._relay.tick), self._ring)
        return not wait

    def _ring(self) -> None:
        self._timer = None
        self._wake()

    def _feed(self, mailroom: Mailroom) -> None:
        """Give letters to the connections that have none; open more if that is not enough."""
        while self._idle:
            letter = self._next(mailroom)
            if letter is None:
                return
            self._idle.popleft().announce(letter)
        if not self._failure:
            self._grow(mailroom)

    def _perhaps_end(self, mailroom: Mailroom) -> None:
        if mailroom.over():
            self._carried.set_result(None)
        elif self._failure:
            failure, self._failure = self._failure, None
            self._carried.set_exception(failure)

    # ------------------------------------------------------------ opening

    def _grow(self, mailroom: Mailroom) -> None:
        room = self._relay.most - len(self._live) - len(self._opening)
        if room <= 0 or (self._live and self._loop.time() < self._grow_at):
            return
        wanted = min(room, mailroom.waiting() - len(self._opening))
        for _ in range(wanted):
            task = self._loop.create_task(self._open_another())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open_another(self) -> None:
        try:
            await self._open_one()
        except TransportError as err:
            if self._live:
                self._grow_at = self._loop.time() + _REST
                if self._relay.valve:
                    self._relay.valve.refuse_connection(err.what)
            elif len(self._opening) == 1:  # the last one that there was hope for
                self._fail(err)

    async def _open_one(self) -> None:
        relay = self._relay
        try:
            async with asyncio.timeout(relay.timeout):
                connection = await relay.connect(self)
        except ssl.SSLError as err:
            raise relay.error(Trouble.UNSAFE, fit(str(err))) from err
        except TimeoutError as err:
            raise relay.error(Trouble.LOST, "timed out: it does not answer") from err
        except (OSError, UnicodeError) as err:
            raise relay.error(Trouble.LOST, words_of(err)) from err
        try:
            async with asyncio.timeout(2 * relay.timeout):
                over = await asyncio.shield(connection.opened)
        except TimeoutError as err:
            connection.give_up("timed out")
            raise relay.error(Trouble.LOST, "timed out: it does not answer") from err
        except BaseException:
            connection.give_up("we had to stop")
            raise
        if over is not None:
            raise relay.error(over.trouble, over.why)

    # ------------------------------------------------------------ trouble and time

    def _fail(self, failure: TransportError) -> None:
        """Nothing new may leave; what is under way comes to its end first."""
        self._failure = self._failure or failure
        self._wake()

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure:
            self._losses = 0
            raise failure

    async def _watch(self) -> None:
        """Look at the clock now and then: who keeps us waiting, and whether we have to stop."""
        while True:
            await asyncio.sleep(self._relay.tick)
            now = self._loop.time()
            for connection in list(self._live):
                connection.check(now)
            self._wake()


def _is_refusal_of_all(receipt: Receipt) -> bool:
    """Whether an answer is one that all others would get as well: not now, or not from us.

    Going on would put off everybody, or fail them, for what is no fault of theirs.
    """
    if receipt.outcome is Outcome.LATER:
        return receipt.general
    return receipt.outcome is Outcome.REFUSED and receipt.reply[4:9] == "5.7.1"
