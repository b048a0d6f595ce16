"""How fast a relay may be written to by all who send through it together. Reads no clock.

The rule is that of one sender (pacing.py): halved when it says that it is too much, then a little
more with each second in which it takes something. All that it goes by is on record, so that what
one sender finds out holds for all, and their messages are counted together. Moments are seconds.
"""

from __future__ import annotations

import math
from dataclasses import replace

from publisher.delivery.pacing import DEAF, raised, slowed
from publisher.model import RelayPace

_MEMORY = 10.0  # seconds over which it is counted how fast the relay is written to, roughly
_KEPT = 7 * 86400.0  # seconds after which a pace that nobody changed is no longer believed
_PORTION = 10  # as many of them make what it takes in a second


def count(pace: RelayPace, sent: int, now: float) -> RelayPace:
    """So many more were sent, since somebody counted last."""
    gone = max(0.0, now - pace.counted)
    if gone > _MEMORY:  # nobody was sending
        messages, seconds = float(sent), 0.0
    else:
        left = math.exp(-gone / _MEMORY)
        messages, seconds = pace.messages * left + sent, pace.seconds * left + gone
    if now - max(pace.halved, pace.risen) > _KEPT:
        pace = replace(pace, rate=None)
    return replace(pace, messages=messages, seconds=seconds, counted=now)


def rise(pace: RelayPace, now: float) -> RelayPace:
    """It has taken some."""
    if pace.rate is None or now - pace.risen < 1:
        return pace
    return replace(pace, rate=raised(pace.rate, pace.step), risen=now)


def halve(pace: RelayPace, now: float) -> RelayPace:
    """It had too much of it."""
    if now - pace.halved < DEAF:  # what was on its way is answered in the same words
        return pace
    rate, step = slowed(pace.rate, pace.messages / max(1.0, pace.seconds))
    return replace(pace, rate=rate, step=step, halved=now, full=now + _most_at_once(rate) / rate)


def grant(pace: RelayPace, now: float) -> tuple[RelayPace, float, float]:
    """How many messages may go now, counted as gone; and if none, in how many seconds one may.

    As many as it takes in a tenth of a second, and at least one; any number where there is no pace.
    """
    if pace.rate is None:
        return pace, math.inf, 0.0
    most = _most_at_once(pace.rate)
    # No later than if all had just gone, whatever another machine's clock says.
    full = min(max(now, pace.full), now + most / pace.rate)
    granted = math.floor(most - (full - now) * pace.rate + 1e-6)
    if granted < 1:
        return pace, 0, max(0.001, full - (most - 1) / pace.rate - now)
    return replace(pace, full=full + granted / pace.rate), granted, 0.0


def _most_at_once(rate: float) -> float:
    return max(1.0, rate / _PORTION)
