"""The domains of recipients: who is left alone for now, and who is written to more slowly.

A domain that answers 4xx is left alone, twice as long each time, while all others go on; then one
message tries. What is found out is on record for other senders, and for the next run.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from publisher.delivery.pacing import Meter, Pace, is_of_mailbox, is_too_much
from publisher.model import Outcome, Peer, Receipt

_GLANCE = 2.0  # seconds from one look at what others found out to the next
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=4)
_SOON = timedelta(seconds=2)
_FAR = timedelta(minutes=10)  # nobody is put off for longer by pace alone: it changes


class Book(Protocol):
    """Where it is on record how relays and domains answer."""

    def changed(self, since: datetime | None = None, /) -> Sequence[Peer]:
        """What was put on record since then."""
        ...

    def save(self, peers: Sequence[Peer], now: datetime, /) -> None:
        """Put these on record."""
        ...


class Hold(NamedTuple):
    """Until when a message has to wait, and why.

    `soon`: for its turn only. `unheard`: for what becomes of the one that tries before it.
    """

    until: datetime
    why: str
    soon: bool = False
    unheard: bool = False


def rest(failures: int, chance: Callable[[float, float], float] = random.uniform) -> timedelta:
    """How long to leave somebody alone: a minute, doubling, 4 hours at most; a quarter is chance.

    So that not all who wait for the same domain come back at the same moment.
    """
    base = min(_FIRST * (1 << min(max(failures, 1) - 1, 10)), _LONGEST)
    return timedelta(seconds=round(base.total_seconds() * chance(0.75, 1.25)))


class Destinations:
    """What one sender knows of the domains that it writes to. `timer` is in seconds."""

    def __init__(
        self,
        book: Book,
        clock: Callable[[], datetime],
        *,
        timer: Callable[[], float] = time.monotonic,
        chance: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._book = book
        self._clock = clock
        self._timer = timer
        self._chance = chance
        self._known: dict[str, Peer] = {}
        self._paces: dict[str, Pace] = {}
        self._unsaved: set[str] = set()
        self._trying: set[str] = set()
        self._queues: dict[str, datetime] = {}  # until when what waits for its turn will take
        self._meter = Meter()
        self._looked: datetime | None = None
        self._look_at = float("-inf")

    def look(self) -> None:
        """Learn now and then what others have found out, and tell them."""
        moment = self._timer()
        if moment < self._look_at:
            return
        self._look_at = moment + _GLANCE
        self.tell()
        now = self._clock()
        for one in self._book.changed(self._looked):
            if one.kind == "domain":
                self._keep(one)
        self._looked = now

    def tell(self) -> None:
        """Put on record how fast domains were found to take messages."""
        names, self._unsaved = self._unsaved, set()
        self._save([replace(self._known[n], rate=self._paces[n].rate) for n in names])

    def hold(self, domain: str) -> Hold | None:
        """None if a message may go there now, which then counts as gone."""
        one = self._known.get(domain)
        if one is None:
            self._meter.count(domain, self._timer())
            return None
        now = self._clock()
        if (resting := self.at_rest(domain, now)) is not None:
            return resting
        if one.failures:
            if domain in self._trying:
                why = f"not tried yet: another one tries if {domain} takes mail again"
                return Hold(now + _SOON, why, soon=True, unheard=True)
            self._trying.add(domain)
        elif not self._paces[domain].take(self._timer()):
            return self._in_turn(domain, now)
        self._meter.count(domain, self._timer())
        return None

    def at_rest(self, domain: str, now: datetime) -> Hold | None:
        """Until when a domain is left alone, if it is."""
        one = self._known.get(domain)
        if one is None or one.next_try is None or not one.rests(now):
            return None
        return Hold(one.next_try, f"not tried: {domain} is left alone after it said: {one.reply}")

    def back(self, domain: str) -> None:
        """What was let go has not left."""
        self._trying.discard(domain)

    def hear(self, domain: str, receipt: Receipt) -> None:
        """What became of a message to there."""
        self._trying.discard(domain)
        if receipt.general or receipt.outcome is Outcome.IN_DOUBT:
            return
        if receipt.outcome is Outcome.LATER:
            if not is_of_mailbox(receipt.reply):
                self._fail(domain, receipt.reply)
        elif domain in self._known:
            self._answer(domain, taken=receipt.outcome is Outcome.ACCEPTED)

    def _fail(self, domain: str, reply: str) -> None:
        now = self._clock()
        one = self._known.get(domain) or Peer(kind="domain", name=domain)
        pace = self._paces.setdefault(domain, Pace(one.rate))
        if is_too_much(reply):
            moment = self._timer()
            pace.halve(moment, self._meter.rate(domain, moment))
        elif one.rests(now):  # it was on its way when the first of them was answered
            return
        if not one.rests(now):
            one = replace(
                one,
                failures=one.failures + 1,
                failing_since=one.failing_since or now,
                next_try=now + rest(one.failures + 1, self._chance),
                reply=reply,
            )
        self._known[domain] = one = replace(one, rate=pace.rate)
        self._save([one])

    def _answer(self, domain: str, *, taken: bool) -> None:
        one, pace = self._known[domain], self._paces[domain]
        if one.failures:
            self._known[domain] = one = replace(one, failures=0, failing_since=None, next_try=None)
            self._save([replace(one, rate=pace.rate)])
        if taken and pace.rise(self._timer()):
            self._unsaved.add(domain)
            self._queues.pop(domain, None)
        if pace.rate is None and not one.failures and domain not in self._unsaved:
            self._forget(domain)

    def _in_turn(self, domain: str, now: datetime) -> Hold:
        rate = self._paces[domain].rate or 1.0
        queue = max(now, self._queues.get(domain, now)) + timedelta(seconds=1 / rate)
        self._queues[domain] = queue = min(queue, now + _FAR)
        why = f"not tried yet: {domain} takes {rate:.1f} messages a second"
        return Hold(max(queue, now + timedelta(seconds=1)), why, soon=True)

    def _keep(self, one: Peer) -> None:
        """Take over what is on record, unless we know better."""
        if one.name in self._unsaved:
            return
        if not one.failures and one.rate is None:
            self._forget(one.name)
            return
        self._known[one.name] = one
        if one.name not in self._paces or self._paces[one.name].rate != one.rate:
            self._paces[one.name] = Pace(one.rate)

    def _forget(self, domain: str) -> None:
        self._known.pop(domain, None)
        self._paces.pop(domain, None)
        self._queues.pop(domain, None)

    def _save(self, peers: Sequence[Peer]) -> None:
        if peers:
            self._book.save(peers, self._clock())
