"""The outbox loop: claim, mark, send, record, until an edition owes nobody anything now.

The ledger's marks stand around each single message, so that a kill at any moment leaves at most
the one message in flight in doubt, and flagged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from publisher.audience import parse_address
from publisher.delivery.message import MessageTemplate
from publisher.delivery.transports import Transport
from publisher.errors import AddressError, CheckError, TemplateError, TransportError
from publisher.model import Claim, Outcome, Receipt, Recipient, Result

OnDoubt = Literal["resend", "hold"]
_MOST_PROBLEMS = 5


class Ledger(Protocol):
    """What the loop needs of the store's book of deliveries."""

    def claim(self, edition_id: str, owner_id: str, limit: int, now: datetime, /) -> list[Claim]:
        """Take up to `limit` due deliveries, durably and for nobody else."""
        ...

    def mark(self, started: Sequence[Claim], finished: Sequence[Result], now: datetime, /) -> None:
        """Mark what is about to leave and record what became of others, in one commit."""
        ...

    def release(self, claims: Sequence[Claim], /) -> None:
        """Hand back what has not left."""
        ...


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one `deliver` did; `problems` has the first few, each on one line for a person."""

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    held: int = 0
    problems: list[str] = field(default_factory=list)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 minutes, doubling, at most 4 hours."""
    return min(timedelta(minutes=5) * (1 << min(max(attempts, 1) - 1, 10)), timedelta(hours=4))


def deliver(
    edition: str,
    *,
    ledger: Ledger,
    transport: Transport,
    owner: str,
    templates: Mapping[int, MessageTemplate],
    recipient_for: Callable[[Claim], Recipient],
    sender: str,
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
    on_progress: Callable[[int], None] | None = None,
    batch: int = 100,
    max_attempts: int = 8,
    wait: Callable[[int], timedelta] = backoff,
    on_doubt: OnDoubt = "resend",
) -> Tally:
    """Send what an edition owes and could send now, through an open transport.

    `templates` go by the segment's number, `sender` is the envelope's; `on_progress` gets how
    many deliveries have been dealt with since it was last called. Once `stop` says so, the
    message in flight is finished and the rest handed back. A recipient who can't be written to
    fails alone. Raises TransportError when nothing can leave any more, with all handed back.
    """
    parse_address(sender)  # a wrong one must not look like every recipient's own fault
    round_ = _Round(
        ledger=ledger,
        transport=transport,
        templates=templates,
        recipient_for=recipient_for,
        sender=sender,
        clock=clock,
        max_attempts=max_attempts,
        wait=wait,
        on_doubt=on_doubt,
    )
    while not stop():
        claims = deque(ledger.claim(edition, owner, batch, clock()))
        if not claims:
            break
        try:
            while claims and not stop():
                round_.carry_out(claims[0])
                claims.popleft()
                if on_progress:
                    on_progress(1)
        except TransportError:
            ledger.release(claims)
            raise
        ledger.release(claims)
    return round_.tally


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One run of the loop: everything that carrying out a claim needs."""

    ledger: Ledger
    transport: Transport
    templates: Mapping[int, MessageTemplate]
    recipient_for: Callable[[Claim], Recipient]
    sender: str
    clock: Callable[[], datetime]
    max_attempts: int
    wait: Callable[[int], timedelta]
    on_doubt: OnDoubt
    tally: Tally = field(default_factory=Tally)

    def carry_out(self, claim: Claim) -> None:
        """Send one message and record what became of it."""
        receipt = self._send(claim)
        now = self.clock()
        retry_at = self._retry_at(claim, receipt.outcome, now)
        self.ledger.mark((), [Result(claim, receipt, retry_at)], now)
        self._count(claim, receipt, again=retry_at is not None)

    def _retry_at(self, claim: Claim, outcome: Outcome, now: datetime) -> datetime | None:
        attempts = claim.attempts + 1
        again = outcome is Outcome.LATER or (
            outcome is Outcome.IN_DOUBT and self.on_doubt == "resend"
        )
        return now + self.wait(attempts) if again and attempts < self.max_attempts else None

    def _send(self, claim: Claim) -> Receipt:
        try:
            recipient = self.recipient_for(claim)
            data = self.templates[claim.segment].fill(recipient)
            self.ledger.mark([claim], (), self.clock())
            return self.transport.send(self.sender, recipient, data)
        except (AddressError, TemplateError, CheckError, UnicodeError) as err:
            # This recipient's own fault, and nothing has left: the others go on.
            return Receipt(outcome=Outcome.REFUSED, reply=str(err))

    def _count(self, claim: Claim, receipt: Receipt, *, again: bool) -> None:
        tally = self.tally
        match receipt.outcome:
            case Outcome.ACCEPTED:
                tally.sent += 1
                return
            case Outcome.REFUSED:
                tally.failed += 1
            case Outcome.LATER:
                tally.deferred += again
                tally.failed += not again
            case Outcome.IN_DOUBT:
                tally.held += not again
                tally.deferred += again
        if len(tally.problems) < _MOST_PROBLEMS:
            who = f"subscriber {claim.subscriber.id}"
            tally.problems.append(f"{who}: {receipt.outcome}: {receipt.reply}")
