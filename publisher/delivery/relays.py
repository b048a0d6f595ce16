"""How one relay is treated: given no more than it may get, slowed down, set aside for a while."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from publisher.delivery.destinations import Book, rest
from publisher.delivery.pacing import DEAF, is_too_much
from publisher.delivery.sharing import count, grant, halve, rise
from publisher.model import Limits, Outcome, Peer, Receipt, RelayPace

_Told = TypeVar("_Told")
_LONGEST = timedelta(minutes=30)  # a relay is ours, and mended sooner than a stranger's domain
_PORTION = 100  # messages that are asked for at once where only hours and days are limited
_GLANCE = 0.5  # seconds from one look at the pace that others found to the next
_SAVED = 10.0  # seconds from one time that a rising rate is put on record to the next


class Handed(Protocol):
    """Where it is counted how many messages relays were given, and their pace is kept."""

    def take(self, relay: str, limits: Limits, wanted: int, /, *, now_ms: int) -> tuple[int, float]:
        """Up to so many that may go now, counted as gone; and if none, in how many seconds."""
        ...

    def pace(self, relay: str, change: Callable[[RelayPace], tuple[RelayPace, _Told]], /) -> _Told:
        """What `change` tells of the pace of a relay, which it may change."""
        ...

    def give_back(self, relay: str, number: int, /, *, now_ms: int) -> None:
        """So many were taken and have not gone."""
        ...


class Regulator:
    """What one sender knows of a relay. `timer` is in seconds.

    How fast it may be written to is on record for all senders. It is asked for twice a second, or,
    where the relay has become too slow for us, for a tenth of a second's messages at a time.
    """

    def __init__(
        self,
        name: str,
        limits: Limits,
        *,
        book: Book,
        handed: Handed,
        clock: Callable[[], datetime],
        timer: Callable[[], float] = time.monotonic,
        chance: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._limits = limits
        self._book = book
        self._handed = handed
        self._clock = clock
        self._timer = timer
        self._chance = chance
        # To the millisecond, which the clock is not.
        self._began = clock().timestamp() - timer()
        known = (one for one in book.changed() if (one.kind, one.name) == ("relay", name))
        self._peer = next(known, Peer(kind="relay", name=name))
        self._rate = self._peer.rate
        self._permits = 0  # of those that limits allow
        self._paced = 0.0  # messages that the pace allows
        self._sent = 0  # and not yet counted
        self._taken = False  # some, since the pace was asked for
        self._ask_at = self._save_at = self._look_at = self._hear_at = float("-inf")

    @property
    def rests_until(self) -> datetime | None:
        """Until when others go before it, because it failed."""
        return self._peer.next_try if self._peer.rests(self._clock()) else None

    def wait(self) -> float:
        """In how many seconds it may be given a message: 0 is now."""
        moment = self._timer()
        if moment < self._ask_at:
            return self._ask_at - moment
        if self._limits and not self._permits:
            each = self._limits.per_second
            portion = max(1, each // 10) if each else _PORTION
            self._permits, wait = self._handed.take(
                self._peer.name, self._limits, portion, now_ms=self._now_ms()
            )
            if not self._permits:
                self._ask_at = moment + max(wait, 0.001)
                return self._ask_at - moment
        if self._paced < 1 or (self._paced == math.inf and moment >= self._look_at):
            wait = self._look(moment)
            if wait:
                self._ask_at = moment + wait
                return wait
        return 0.0

    def spend(self) -> None:
        """It is given one."""
        self._paced -= 1
        self._sent += 1
        self._permits -= bool(self._limits)

    def hear(self, receipt: Receipt) -> None:
        """What it said of a message."""
        if receipt.outcome is Outcome.ACCEPTED:
            self._works()
        elif receipt.general:
            self.hear_words(receipt.reply)

    def hear_words(self, reply: str) -> None:
        """What it said of itself."""
        if is_too_much(reply):
            self._slow(reply)

    def refuse_connection(self, why: str) -> None:
        """It takes no more connections while others are open."""
        self._slow(why)

    def fail(self, why: str) -> None:
        """Nothing can leave through it: others go before it for a while."""
        now = self._clock()
        failures = self._peer.failures + 1
        self._save(
            replace(
                self._peer,
                failures=failures,
                failing_since=self._peer.failing_since or now,
                next_try=now + min(rest(failures, self._chance), _LONGEST),
                reply=why,
            )
        )

    def close(self) -> None:
        """Put on record what it was found to take, and give back what was not made use of."""
        if self._sent or self._taken:
            self._look(self._timer(), more=False)
        if self._rate != self._peer.rate:
            self._save(self._peer)
        if self._permits > 0 and (self._limits.per_hour or self._limits.per_day):
            self._handed.give_back(self._peer.name, self._permits, now_ms=self._now_ms())
        self._permits = 0

    def _works(self) -> None:
        self._taken = True
        if self._peer.failures:
            self._save(replace(self._peer, failures=0, failing_since=None, next_try=None))
        elif self._rate != self._peer.rate and self._timer() >= self._save_at:
            self._save(self._peer)

    def _look(self, moment: float, *, more: bool = True) -> float:
        """Tell how much it was given, and ask for more; in how many seconds, if none may go now."""
        now, sent, taken = self._now_ms() / 1000, self._sent, self._taken

        def change(pace: RelayPace) -> tuple[RelayPace, tuple[float | None, float, float]]:
            pace = count(pace, sent, now)
            pace = rise(pace, now) if taken else pace
            if not more:
                return pace, (pace.rate, 0, 0.0)
            after, granted, wait = grant(pace, now)
            return after, (pace.rate, granted, wait)

        self._rate, self._paced, wait = self._handed.pace(self._peer.name, change)
        self._sent, self._taken, self._look_at = 0, False, moment + _GLANCE
        return wait

    def _slow(self, why: str) -> None:
        """It is too much for it, whoever of us it says so to."""
        moment = self._timer()
        if moment < self._hear_at:
            return
        now, sent = self._now_ms() / 1000, self._sent

        def change(pace: RelayPace) -> tuple[RelayPace, RelayPace]:
            after = halve(count(pace, sent, now), now)
            return after, after

        found = self._handed.pace(self._peer.name, change)
        self._rate, self._hear_at = found.rate, moment + DEAF - (now - found.halved)
        self._sent, self._paced = 0, 0.0
        self._save(replace(self._peer, reply=why))

    def _save(self, peer: Peer) -> None:
        self._save_at = self._timer() + _SAVED
        self._peer = replace(peer, rate=self._rate)
        self._book.save([self._peer], self._clock())

    def _now_ms(self) -> int:
        return int((self._began + self._timer()) * 1000)
