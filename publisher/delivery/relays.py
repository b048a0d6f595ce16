"""How one relay is treated: given no more than it may get, slowed down, set aside for a while."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from publisher.delivery.destinations import Book, rest
from publisher.delivery.pacing import Meter, Pace, is_too_much
from publisher.model import Limits, Outcome, Peer, Receipt

_LONGEST = timedelta(minutes=30)  # a relay is ours, and mended sooner than a stranger's domain
_PORTION = 100  # messages that are asked for at once where only hours and days are limited
_SAVED = 10.0  # seconds from one time that a rising rate is put on record to the next


class Handed(Protocol):
    """Where it is counted how many messages relays were given."""

    def take(self, relay: str, limits: Limits, wanted: int, /, *, now_ms: int) -> tuple[int, float]:
        """Up to so many that may go now, counted as gone; and if none, in how many seconds."""
        ...

    def give_back(self, relay: str, number: int, /, *, now_ms: int) -> None:
        """So many were taken and have not gone."""
        ...


class Regulator:
    """What one sender knows of a relay. `timer` is in seconds."""

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
        self._pace = Pace(self._peer.rate)
        self._meter = Meter()
        self._permits = 0
        self._ask_at = self._save_at = float("-inf")

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
        if self._pace.rate is not None and not self._pace.has_room(moment):
            return 1 / self._pace.rate
        return 0.0

    def spend(self) -> None:
        """It is given one."""
        moment = self._timer()
        self._pace.take(moment)
        self._meter.count("", moment)
        self._permits -= bool(self._limits)

    def hear(self, receipt: Receipt) -> None:
        """What it said of a message."""
        if receipt.outcome is Outcome.ACCEPTED:
            self._works()
        elif receipt.general:
            self.hear_words(receipt.reply)

    def hear_words(self, reply: str) -> None:
        """What it said of itself."""
        moment = self._timer()
        if is_too_much(reply) and self._pace.halve(moment, self._meter.rate("", moment)):
            self._save(replace(self._peer, reply=reply))

    def refuse_connection(self, why: str) -> None:
        """It takes no more connections while others are open."""
        moment = self._timer()
        if self._pace.halve(moment, self._meter.rate("", moment)):
            self._save(replace(self._peer, reply=why))

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
        if self._pace.rate != self._peer.rate:
            self._save(self._peer)
        if self._permits > 0 and (self._limits.per_hour or self._limits.per_day):
            self._handed.give_back(self._peer.name, self._permits, now_ms=self._now_ms())
        self._permits = 0

    def _works(self) -> None:
        moment = self._timer()
        risen = self._pace.rise(moment) and moment >= self._save_at
        if self._peer.failures:
            self._save(replace(self._peer, failures=0, failing_since=None, next_try=None))
        elif risen:
            self._save(self._peer)

    def _save(self, peer: Peer) -> None:
        self._save_at = self._timer() + _SAVED
        self._peer = replace(peer, rate=self._pace.rate)
        self._book.save([self._peer], self._clock())

    def _now_ms(self) -> int:
        return int((self._began + self._timer()) * 1000)
