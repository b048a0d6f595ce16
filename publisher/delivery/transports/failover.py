"""Several relays as one way out: in order, and where one fails the next takes over.

What a relay had under way comes to its end before another one is asked, and what has not left goes
back to the mailroom: so nobody is written to twice, and what is in doubt is on record as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from publisher.delivery.transports.letters import Letter
from publisher.delivery.transports.protocol import Mailroom, Managed
from publisher.delivery.transports.smtp import Smtp
from publisher.errors import LimitError, TransportError
from publisher.model import Receipt


class Failover(Managed):
    """Sends through the first of `relays` that takes mail now."""

    def __init__(self, relays: Sequence[Smtp], clock: Callable[[], datetime]) -> None:
        self._relays = relays
        self._clock = clock
        self._full: dict[Smtp, datetime] = {}  # that have got all they may, until then
        self._current: Smtp | None = None

    def __repr__(self) -> str:
        return f"Failover({list(self._relays)!r})"

    def open(self) -> None:
        """Connect to the first relay that can be talked to. Raises TransportError if none can."""
        self._try_each(lambda relay: relay.open())

    def carry(self, mailroom: Mailroom) -> None:
        """Let the letters of a mailroom leave, through one relay after the other if need be.

        Goes back to a relay as soon as it may be tried again. Raises TransportError where none
        takes mail any more, LimitError where all have got what they may for now.
        """
        while True:
            shifts: list[_Shift] = []

            def carry(relay: Smtp, shifts: list[_Shift] = shifts) -> None:
                shifts.append(_Shift(mailroom, self._clock, self._back_at(relay)))
                relay.carry(shifts[-1])

            self._try_each(carry)
            if not shifts[-1].is_up() or mailroom.over():
                return

    def close(self) -> None:
        """Say goodbye to all of them."""
        for relay in self._relays:
            relay.close()

    def _try_each(self, work: Callable[[Smtp], None]) -> None:
        errors: list[TransportError] = []
        for relay in self._in_order():
            if self._current not in (None, relay):
                self._leave()
            try:
                self._current = relay
                work(relay)
            except LimitError as err:
                self._full[relay] = self._clock() + timedelta(seconds=err.seconds)
                errors.append(err)
            except TransportError as err:
                relay.fail(err.what)
                errors.append(err)
            else:
                return
            self._leave()
        raise _all_failed(errors)

    def _leave(self) -> None:
        relay, self._current = self._current, None
        if relay is not None:
            relay.close()

    def _in_order(self) -> list[Smtp]:
        """First who neither failed nor is full, as they are set up; then who may be soonest."""
        now = self._clock()
        return sorted(self._relays, key=lambda relay: self._away_until(relay) or now)

    def _away_until(self, relay: Smtp) -> datetime | None:
        """Until when others go before this one."""
        now = self._clock()
        times = [one for one in (relay.rests_until, self._full.get(relay)) if one and one > now]
        return max(times, default=None)

    def _back_at(self, relay: Smtp) -> datetime | None:
        """When one that is set up before this relay may be tried again."""
        before = self._relays[: self._relays.index(relay)]
        return min((at for one in before if (at := self._away_until(one))), default=None)


class _Shift:
    """A mailroom for as long as no better relay is there."""

    def __init__(
        self, mailroom: Mailroom, clock: Callable[[], datetime], until: datetime | None
    ) -> None:
        self._mailroom = mailroom
        self._clock = clock
        self._until = until

    def is_up(self) -> bool:
        return self._until is not None and self._clock() >= self._until

    def begin(self, wake: Callable[[], None] | None) -> None:
        self._mailroom.begin(wake)

    def next(self) -> Letter | None:
        return None if self.is_up() else self._mailroom.next()

    def waiting(self) -> int:
        return 0 if self.is_up() else self._mailroom.waiting()

    def over(self) -> bool:
        return self.is_up() or self._mailroom.over()

    def turn(self, starting: Sequence[Letter], finished: Sequence[tuple[Letter, Receipt]]) -> None:
        self._mailroom.turn(starting, finished)

    def back(self, letter: Letter) -> None:
        self._mailroom.back(letter)

    def end(self) -> None:
        self._mailroom.end()


def _all_failed(errors: Sequence[TransportError]) -> TransportError:
    """What a person has to know if no relay is left."""
    limits = [err for err in errors if isinstance(err, LimitError)]
    if len(limits) == len(errors):
        return min(limits, key=lambda err: err.seconds)
    if len(errors) == 1:
        return errors[0]
    told = "; ".join(err.what for err in errors)
    mend = next(err.mend for err in errors if not isinstance(err, LimitError))
    return TransportError(f"no relay takes mail: {told}", mend=mend)
