"""The outbox loop: claim, mark, send, record, until an edition owes nobody anything now.

The ledger's marks stand around each message, so that a kill at any moment leaves at most one a
connection in doubt, and flagged; whatever waits to be marked at a moment shares one commit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from publisher.audience import masked, parse_address
from publisher.delivery.destinations import Destinations, Hold
from publisher.delivery.faults import is_its_own, why_unmade
from publisher.delivery.message import MessageTemplate
from publisher.delivery.transports import Letter, Transport
from publisher.errors import TemplateError, TransportError
from publisher.model import Claim, Outcome, Receipt, Recipient, Result

if TYPE_CHECKING:
    from publisher.delivery.signing import Signers  # takes long to import, and few need it

OnDoubt = Literal["resend", "hold"]
_MOST_PROBLEMS = 5
_TURN = timedelta(seconds=1)


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
    sender_for: Callable[[Claim], str],
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
    on_progress: Callable[[int], None] | None = None,
    batch: int = 100,
    max_attempts: int = 8,
    wait: Callable[[int], timedelta] = backoff,
    on_doubt: OnDoubt = "resend",
    signers: Signers | None = None,
    destinations: Destinations | None = None,
    give_up_at: datetime | None = None,
    patience: timedelta = timedelta(0),
) -> Tally:
    """Send what an edition owes and could send now, through an open transport.

    `templates` go by the segment's number, `sender_for` gives the envelope's sender; `on_progress`
    gets how many deliveries have been dealt with since it was last called. Once `stop` says so,
    what is in flight is finished and the rest handed back. A recipient who can't be written to
    fails alone, also where that is a mistake of ours, and a segment that has no message likewise.
    With `signers` messages are made in other processes, where the transport can wait for them.
    Raises TransportError when nothing can leave any more, with all handed back.

    `destinations` knows which domains are to be left alone for now: what goes there is put off,
    and fails if it would have to wait beyond `give_up_at`. Where nothing is left but what waits
    for its turn with a slow domain, it is waited for as long as `patience` says.
    """
    round_ = _Round(
        edition=edition,
        ledger=ledger,
        owner=owner,
        templates=templates,
        recipient_for=recipient_for,
        sender_for=sender_for,
        clock=clock,
        stop=stop,
        on_progress=on_progress,
        batch=batch,
        max_attempts=max_attempts,
        wait=wait,
        on_doubt=on_doubt,
        signers=signers,
        destinations=destinations,
        give_up_at=give_up_at,
        patience=patience,
    )
    try:
        transport.carry(round_)
    except TransportError:
        round_.hand_back()
        raise
    round_.hand_back()
    return round_.tally


@dataclass(slots=True, kw_only=True)
class _Round:
    """The desk that a transport works for: it claims, fills in, and keeps the ledger."""

    edition: str
    ledger: Ledger
    owner: str
    templates: Mapping[int, MessageTemplate]
    recipient_for: Callable[[Claim], Recipient]
    sender_for: Callable[[Claim], str]
    clock: Callable[[], datetime]
    stop: Callable[[], bool]
    on_progress: Callable[[int], None] | None
    batch: int
    max_attempts: int
    wait: Callable[[int], timedelta]
    on_doubt: OnDoubt
    signers: Signers | None
    destinations: Destinations | None
    give_up_at: datetime | None
    patience: timedelta
    tally: Tally = field(default_factory=Tally)
    _letters: deque[Letter] = field(default_factory=deque)
    _in_work: dict[int, tuple[Claim, Recipient]] = field(default_factory=dict)
    _parked: list[Letter] = field(default_factory=list)
    _unfit: list[Result] = field(default_factory=list)
    _broken: dict[int, str] = field(default_factory=dict)  # segments without a message, and why
    _trouble: Exception | None = None  # met where nobody could be told
    _exhausted: bool = False
    _again_at: datetime | None = None  # when to look for those whose turn has come
    _turns_until: datetime | None = None  # when the last one's turn will be
    _patient_until: datetime | None = None
    _wake: Callable[[], None] | None = None

    def begin(self, wake: Callable[[], None] | None) -> None:
        """A transport is there."""
        self._wake = wake
        if self.signers and wake:
            self.signers.begin(self._made)
            # What another transport had no time for.
            self.signers.submit(
                [(number, claim.segment, to) for number, (claim, to) in self._in_work.items()]
            )

    def end(self) -> None:
        """The transport is gone."""
        if self.signers and self._wake:
            self.signers.end()
        self._wake = None

    def next(self) -> Letter | None:
        """The next letter, claimed and filled in, whose domain takes mail now."""
        while self.waiting():
            letter = self._letters.popleft()
            held = self.destinations and self.destinations.hold(letter.domain)
            if not held:
                return letter
            if held.unheard and len(self._parked) < self.batch:
                self._parked.append(letter)
            else:
                self._put_off(letter.mark, held)
        return None

    def waiting(self) -> int:
        """How many are claimed and filled in; the next batch is claimed if it is time to."""
        if self._trouble:
            raise self._trouble
        if self.stop():
            return 0
        # Where others make the letters, they should never have to wait for work.
        low = self.batch // 2 if self._elsewhere else 0
        if self._exhausted and self._again_at is not None:
            self._look_for_turns(self._again_at)
        while not self._exhausted and len(self._letters) + len(self._in_work) <= low:
            if not self._claim() and self._wake:
                self._wake()  # many may have to wait: between batches others get their time
                break
        return len(self._letters)

    def _look_for_turns(self, due: datetime) -> None:
        now = self.clock()
        if now >= due and self._turns_until is not None:
            self._again_at = now + _TURN if now < self._turns_until else None
            self._exhausted = False

    def over(self) -> bool:
        """Whether all that is owed now has been handed out, or we were told to stop."""
        done = self._exhausted and not (self._letters or self._in_work or self._parked)
        return (done and not self._is_worth_waiting()) or self.stop()

    def back(self, letter: Letter) -> None:
        """Take back what has not left."""
        if self.destinations:
            self.destinations.back(letter.domain)
        self._letters.appendleft(letter)

    def turn(self, starting: Sequence[Letter], finished: Sequence[tuple[Letter, Receipt]]) -> None:
        """Put on record what is about to leave, and what became of others."""
        now = self.clock()
        self._hear(finished)
        results = [self._result(letter, receipt, now) for letter, receipt in finished]
        results += self._unfit
        self._unfit = []
        self.ledger.mark([letter.mark for letter in starting], results, now)
        self._count(results)

    def _hear(self, finished: Sequence[tuple[Letter, Receipt]]) -> None:
        if self.destinations is None:
            return
        for letter, receipt in finished:
            self.destinations.hear(letter.domain, receipt)
        if self._parked:
            heard = {letter.domain for letter, _ in finished}
            self._letters.extendleft(one for one in self._parked if one.domain in heard)
            self._parked = [one for one in self._parked if one.domain not in heard]

    def hand_back(self) -> None:
        """Give back to the ledger what has not left."""
        self._settle_unfit(self.clock())
        in_work = [claim for claim, _ in self._in_work.values()]
        letters = [*self._letters, *self._parked]
        self.ledger.release([*(letter.mark for letter in letters), *in_work])
        self._letters.clear()
        self._parked.clear()
        self._in_work.clear()
        if self.destinations:
            self.destinations.tell()

    @property
    def _elsewhere(self) -> bool:
        return self.signers is not None and self._wake is not None

    def _claim(self) -> bool:
        """Take the next batch of what is owed, and see to its letters; whether there are any."""
        now = self.clock()
        if self.destinations:
            self.destinations.look()
        claims = self.ledger.claim(self.edition, self.owner, self.batch, now)
        self._exhausted = not claims
        jobs = []
        for claim in claims:
            # Before it is made: that is most of the work.
            if held := self._rests(claim, now):
                self._put_off(claim, held)
                continue
            try:
                template, recipient = self._template(claim.segment), self.recipient_for(claim)
                if self._elsewhere:
                    self._in_work[claim.id] = (claim, recipient)
                    jobs.append((claim.id, claim.segment, recipient))
                else:
                    self._letters.append(self._letter(claim, recipient, template.fill(recipient)))
            except Exception as err:  # noqa: BLE001 - the others must not go without for it
                self._refuse(claim, why_unmade(err))
        if self.signers and jobs:
            self.signers.submit(jobs)
        self._settle_unfit(now)
        return bool(self._letters or self._in_work)

    def _made(self, number: int, data: bytes | str | None) -> None:
        """A letter from another process, or why there is none; None if nobody could make it."""
        claim, recipient = self._in_work.pop(number)
        try:
            if data is None:
                data = self._template(claim.segment).fill(recipient)
            if isinstance(data, str):
                self._refuse(claim, data)
            else:
                self._letters.append(self._letter(claim, recipient, data))
        except Exception as err:  # noqa: BLE001 - an event loop calls us, and would go on
            if is_its_own(err):
                self._refuse(claim, why_unmade(err))
            else:
                self._trouble = err
        if self._wake:
            self._wake()

    def _template(self, segment: int) -> MessageTemplate:
        """A segment's message; what is wrong with it is found once, however many are to get it."""
        if why := self._broken.get(segment):
            raise TemplateError(why)
        try:
            return self.templates[segment]
        except Exception as err:
            why = self._broken[segment] = why_unmade(err)
            raise TemplateError(why) from err

    def _letter(self, claim: Claim, recipient: Recipient, data: bytes) -> Letter:
        address = parse_address(recipient.address)
        return Letter(self.sender_for(claim), address, data, recipient.message_id, claim)

    def _refuse(self, claim: Claim, why: str) -> None:
        """It is this recipient's own fault, and nothing has left: the others go on."""
        self._unfit.append(Result(claim, Receipt(outcome=Outcome.REFUSED, reply=why)))

    def _rests(self, claim: Claim, now: datetime) -> Hold | None:
        if self.destinations is None:
            return None
        domain = claim.subscriber.address.rpartition("@")[2].lower()
        return self.destinations.at_rest(domain, now)

    def _put_off(self, claim: Claim, held: Hold) -> None:
        """It has to wait, or has waited for too long; no attempt is counted."""
        receipt = Receipt(outcome=Outcome.LATER, reply=held.why)
        if held.soon:
            self._again_at = min(self._again_at or held.until, held.until)
            self._turns_until = max(self._turns_until or held.until, held.until)
        elif self.give_up_at is not None and held.until > self.give_up_at:
            said = f"{held.why}; given up"
            receipt = Receipt(outcome=Outcome.LATER, reply=said)
            self._unfit.append(Result(claim, receipt, None, tried=False))
            return
        self._unfit.append(Result(claim, receipt, held.until, tried=False))

    def _is_worth_waiting(self) -> bool:
        """Whether something waits for its turn only, and we have waited for less than `patience`.

        Whoever has no way to wake a transport (an outbox) waits for nothing.
        """
        if self._again_at is None or self._wake is None:
            self._patient_until = None
            return False
        now = self.clock()
        self._patient_until = self._patient_until or now + self.patience
        return now < self._patient_until

    def _settle_unfit(self, now: datetime) -> None:
        unfit, self._unfit = self._unfit, []
        if unfit:
            self.ledger.mark((), unfit, now)
            self._count(unfit)

    def _result(self, letter: Letter, receipt: Receipt, now: datetime) -> Result:
        claim: Claim = letter.mark
        outcome, attempts = receipt.outcome, claim.attempts + 1
        again = outcome is Outcome.LATER or (
            outcome is Outcome.IN_DOUBT and self.on_doubt == "resend"
        )
        if again and attempts < self.max_attempts:
            retry_at = now + self.wait(attempts)
            resting = self.destinations and self.destinations.at_rest(letter.domain, now)
            return Result(claim, receipt, max(retry_at, resting.until) if resting else retry_at)
        return Result(claim, receipt)

    def _count(self, results: Sequence[Result]) -> None:
        tally = self.tally
        for claim, receipt, retry_at, tried in results:
            match receipt.outcome:
                case Outcome.ACCEPTED:
                    tally.sent += 1
                    continue
                case Outcome.REFUSED:
                    tally.failed += 1
                case Outcome.LATER:
                    tally.deferred += retry_at is not None
                    tally.failed += retry_at is None
                case Outcome.IN_DOUBT:
                    tally.held += retry_at is None
                    tally.deferred += retry_at is not None
            if tried and len(tally.problems) < _MOST_PROBLEMS:
                who = f"subscriber {claim.subscriber.id}"
                # Servers repeat addresses, and what a run says is kept in logs; the ledger has all.
                tally.problems.append(f"{who}: {receipt.outcome}: {masked(receipt.reply)}")
        if results and self.on_progress:
            self.on_progress(len(results))
