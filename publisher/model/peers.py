"""Who mail is handed to, or goes to, and how they have answered."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from publisher.valueclass import valueclass

PeerKind = Literal["relay", "domain"]


@valueclass
class Peer:
    """A relay, or the domain of recipients, as it last showed itself.

    `failures` in a row since `failing_since`; until `next_try` it is left alone. `rate` is how many
    messages a second it was found to take, None where no limit is known; `reply` are its own words.
    """

    kind: PeerKind
    name: str
    failures: int = 0
    failing_since: datetime | None = None
    next_try: datetime | None = None
    rate: float | None = None
    reply: str = ""

    def rests(self, now: datetime) -> bool:
        """Whether it is to be left alone at this moment."""
        return self.next_try is not None and now < self.next_try


@valueclass
class RelayPace:
    """How fast all senders together write to a relay. Moments are seconds since 1970.

    `rate` is in messages a second, None where no limit is known; `step` is by how much it rises at
    a time. It was `halved` and has `risen` last then; at `full` all that may go at once is there
    again. So many `messages` were sent in so many `seconds`, old ones counting less, when it was
    `counted` last.
    """

    rate: float | None = None
    step: float = 0.0
    halved: float = 0.0
    risen: float = 0.0
    full: float = 0.0
    messages: float = 0.0
    seconds: float = 0.0
    counted: float = 0.0


@valueclass
class Limits:
    """How many messages a relay may be given at most in any second, hour and day; None: any."""

    per_second: int | None = None
    per_hour: int | None = None
    per_day: int | None = None

    def __bool__(self) -> bool:
        return any((self.per_second, self.per_hour, self.per_day))
