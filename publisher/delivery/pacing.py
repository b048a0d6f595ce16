"""How fast somebody may be written to, learned from their answers. Reads no clock.

Halved when they say that it is too much, and raised by a little with each second in which they
take messages (additive increase, multiplicative decrease, as TCP does).
"""

from __future__ import annotations

import re
from collections import Counter

SLOWEST = 0.1  # messages a second
FREE = 1000.0  # messages a second from which on it is no limit
DEAF = 5.0  # seconds after a halving: what was on its way is answered in the same words
CLIMB = 60.0  # seconds of taking messages until it is where it was halved
_WINDOW = 10.0  # seconds over which it is counted how fast somebody is written to

_TOO_MUCH = re.compile(
    r"too (?:many|much|fast|frequent)|throttl|slow\w* down|\brate\b|\bvolume\b|\blimit(?:s|ed)?\b"
    r"|concurren|\btraffic\b",
    re.IGNORECASE,
)
# RFC 3463: class, subject, detail.
_OF_MAILBOX = re.compile(r"4\d\d 4\.[12]\.\d{1,3}\b")


def is_too_much(reply: str) -> bool:
    """Whether an answer (4xx) says that we are too fast, or that the connection is one too many."""
    return reply.startswith("421") or (reply.startswith("4") and bool(_TOO_MUCH.search(reply)))


def is_of_mailbox(reply: str) -> bool:
    """Whether an answer is about one mailbox and not its domain (RFC 3463: X.1.X and X.2.X)."""
    return _OF_MAILBOX.match(reply) is not None


def slowed(rate: float | None, seen: float) -> tuple[float, float]:
    """The pace of who had too much at `seen` messages a second, and by how much it rises a time."""
    before = seen if rate is None else min(rate, max(seen, rate / 2))
    return max(SLOWEST, before / 2), before / CLIMB


def raised(rate: float, step: float) -> float | None:
    """The pace after a second in which some were taken; None: no limit any more."""
    rate += max(step, SLOWEST / 2)
    return None if rate > FREE else rate


class Pace:
    """So many messages a second, `rate`; None is as fast as can be. Moments are in seconds."""

    def __init__(self, rate: float | None = None) -> None:
        self.rate = rate
        self._step = (rate or 0.0) / CLIMB
        self._left = 1.0
        self._at = self._halved = self._risen = float("-inf")

    def take(self, now: float) -> bool:
        """Whether one more may go now; then it counts as gone."""
        if not self.has_room(now):
            return False
        self._left -= 1
        return True

    def has_room(self, now: float) -> bool:
        """Whether one more may go now."""
        if self.rate is None:
            self._left = 1.0
            return True
        self._left = min(max(1.0, self.rate), self._left + (now - self._at) * self.rate)
        self._at = now
        return self._left >= 1

    def halve(self, now: float, seen: float) -> bool:
        """They had too much of it, at `seen` messages a second; whether it was halved."""
        if now - self._halved < DEAF:
            return False
        self.rate, self._step = slowed(self.rate, seen)
        self._halved = self._at = now
        self._left = 0.0
        return True

    def rise(self, now: float) -> bool:
        """They took one; whether the pace is another now."""
        if self.rate is None or now - self._risen < 1:
            return False
        self._risen = now
        self.rate = raised(self.rate, self._step)
        return True


class Meter:
    """How fast each of many is written to, roughly; needs little memory, however many they are."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._before: Counter[str] | None = None  # of the ten seconds before
        self._began = float("-inf")

    def count(self, name: str, now: float) -> None:
        """One more to this one."""
        self._turn(now)
        self._counts[name] += 1

    def rate(self, name: str, now: float) -> float:
        """Messages a second over the last ten seconds or so."""
        self._turn(now)
        gone = now - self._began
        if self._before is None:
            return self._counts[name] / max(1.0, gone)
        return (self._counts[name] + self._before[name] * (1 - gone / _WINDOW)) / _WINDOW

    def _turn(self, now: float) -> None:
        gone = now - self._began
        if gone > _WINDOW:
            self._before = self._counts if gone < 2 * _WINDOW else None
            self._counts = Counter()
            self._began = now
