from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from publisher.delivery import MessageTemplate, backoff, deliver
from publisher.delivery.destinations import Hold
from publisher.errors import AddressError, StoreError, TransportError
from publisher.model import Claim, Outcome, Receipt, Subscriber

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
EDITION = "daily-2026-11-23-0700"


@dataclass
class BookKeeper:
    """A ledger in memory that writes down what it was told, in order."""

    owed: list
    told: list = field(default_factory=list)
    retries: dict = field(default_factory=dict)

    def claim(self, edition_id, owner_id, limit, now):
        assert (edition_id, owner_id, now) == (EDITION, "me", NOW)
        taken, self.owed = self.owed[:limit], self.owed[limit:]
        self.told.append(("claim", *[claim.id for claim in taken]))
        return taken

    def mark(self, started, finished, now):
        assert now == NOW
        if started:
            self.told.append(("start", *[claim.id for claim in started]))
        for result in finished:
            self.told.append(("finish", result.claim.id, result.receipt.outcome.value))
            self.retries[result.claim.id] = result.retry_at

    def release(self, claims):
        if claims:
            self.told.append(("release", *[claim.id for claim in claims]))
        self.owed = [*claims, *self.owed]


class Postman:
    """A transport that answers as it was told to, by the recipient's number, one at a time."""

    def __init__(self, answers=None):
        self.answers = answers or {}
        self.sent = []

    def carry(self, desk):
        desk.begin(None)
        done = []
        while letter := desk.next():
            number = letter.mark.subscriber.id
            assert letter.sender == f"bounces+{number}@courier.example"
            assert letter.recipient.encode() in letter.data
            answer = self.answers.get(number, Outcome.ACCEPTED)
            if isinstance(answer, TransportError):
                desk.back(letter)
                desk.turn([], done)
                raise answer
            desk.turn([letter], done)
            if isinstance(answer, Exception):
                raise answer
            self.sent.append(number)
            done = [(letter, Receipt(outcome=answer, reply="so it is"))]
        desk.turn([], done)
        assert desk.over()
        desk.end()


def claims(number, attempts=0):
    return [
        Claim(
            id=100 + one,
            edition=EDITION,
            segment=1 + one % 2,
            subscriber=Subscriber(id=one, address=f"reader{one}@post.example"),
            attempts=attempts,
        )
        for one in range(1, number + 1)
    ]


@pytest.fixture
def run(make_message, make_recipient):
    templates = {
        number: MessageTemplate(make_message(subject=f"Segment {number}")) for number in (1, 2)
    }

    def run(ledger, postman, **changes):
        values = {
            "ledger": ledger,
            "transport": postman,
            "owner": "me",
            "templates": templates,
            "recipient_for": lambda claim: make_recipient(
                claim.subscriber.id, address=claim.subscriber.address
            ),
            "sender_for": lambda claim: f"bounces+{claim.subscriber.id}@courier.example",
            "clock": lambda: NOW,
            "stop": lambda: False,
            "on_progress": None,
        }
        return deliver(EDITION, **(values | changes))

    return run


def counts(tally):
    return (tally.sent, tally.failed, tally.deferred, tally.held)


def test_everything_owed_leaves_and_what_is_done_shares_a_commit_with_what_begins(run):
    ledger, postman, progress = BookKeeper(claims(5)), Postman(), []
    tally = run(ledger, postman, batch=2, on_progress=progress.append)
    assert counts(tally) == (5, 0, 0, 0)
    assert postman.sent == [1, 2, 3, 4, 5]
    assert progress == [1] * 5
    assert ledger.told[:5] == [
        ("claim", 101, 102),
        ("start", 101),
        ("start", 102),
        ("finish", 101, "accepted"),
        ("claim", 103, 104),
    ]
    assert ledger.told[-2:] == [("claim",), ("finish", 105, "accepted")]


def test_each_outcome_is_counted_and_the_first_problems_are_told(run):
    answers = {1: Outcome.REFUSED, 2: Outcome.LATER, 3: Outcome.IN_DOUBT}
    tally = run(BookKeeper(claims(4)), Postman(answers))
    assert counts(tally) == (1, 1, 2, 0)
    assert tally.problems == [
        "subscriber 1: refused: so it is",
        "subscriber 2: later: so it is",
        "subscriber 3: in doubt: so it is",
    ]
    tally = run(BookKeeper(claims(4)), Postman(answers), on_doubt="hold")
    assert counts(tally) == (1, 1, 1, 1)


def test_the_last_attempt_is_the_last(run):
    ledger = BookKeeper(claims(2, attempts=7))
    tally = run(ledger, Postman({1: Outcome.LATER, 2: Outcome.IN_DOUBT}))
    assert counts(tally) == (0, 1, 0, 1)
    assert ledger.retries == {101: None, 102: None}


@pytest.mark.threat(41)
def test_a_poisoned_recipient_fails_alone_and_is_never_marked_as_begun(run, make_recipient):
    def recipient_for(claim):
        if claim.subscriber.id == 1:
            return make_recipient(1, address="a@b.example\r\nRCPT TO:<c@d.example>")
        if claim.subscriber.id == 2:
            raise AddressError("this one is wrong")
        return make_recipient(claim.subscriber.id)

    ledger, postman = BookKeeper(claims(3)), Postman()
    tally = run(ledger, postman, recipient_for=recipient_for)
    assert counts(tally) == (1, 2, 0, 0)
    assert postman.sent == [3]
    assert ("start", 101) not in ledger.told
    assert "this one is wrong" in tally.problems[1]


@pytest.mark.threat(41)
def test_a_bug_that_one_message_trips_costs_that_one_alone(run, make_recipient):
    def recipient_for(claim):
        if claim.subscriber.id == 2:
            raise ZeroDivisionError(claim.subscriber.address)
        return make_recipient(claim.subscriber.id)

    ledger, postman = BookKeeper(claims(3)), Postman()
    tally = run(ledger, postman, recipient_for=recipient_for)
    assert counts(tally) == (2, 1, 0, 0)
    assert postman.sent == [1, 3]
    assert ("start", 102) not in ledger.told
    assert "ZeroDivisionError in test_loop.py:" in tally.problems[0]
    assert "@" not in tally.problems[0]


@pytest.mark.threat(41)
def test_a_segment_without_a_message_is_made_once_and_costs_its_readers_alone(
    run, make_message, make_recipient
):
    class Templates(dict):
        made = 0

        def __missing__(self, segment):
            self.made += 1
            raise KeyError(segment)

    templates = Templates({1: MessageTemplate(make_message())})
    postman = Postman()
    tally = run(BookKeeper(claims(6)), postman, templates=templates)
    assert postman.sent == [2, 4, 6]
    assert (templates.made, counts(tally)) == (1, (3, 3, 0, 0))
    assert len({problem.partition(": ")[2] for problem in tally.problems}) == 1


@pytest.mark.parametrize("trouble", [StoreError("it is locked"), OSError("it is full")])
def test_trouble_of_the_store_or_the_machine_is_no_recipients_own(run, trouble):
    def recipient_for(_claim):
        raise trouble

    ledger = BookKeeper(claims(3))
    with pytest.raises(type(trouble)):
        run(ledger, Postman(), recipient_for=recipient_for)
    assert ledger.told == [("claim", 101, 102, 103)]


class Makers:
    """Other processes that make letters, as the desk sees them: here by hand."""

    def __init__(self, made):
        self._made = made

    def begin(self, done):
        self._done = done

    def submit(self, jobs):
        self._jobs = [*jobs]

    def work(self):
        for number, _, recipient in self._jobs:
            self._done(number, self._made(recipient))

    def end(self):
        pass


class Waiter(Postman):
    """A transport that can be woken, and lets the makers work before it looks at all."""

    def __init__(self, makers):
        super().__init__()
        self._makers = makers

    def carry(self, desk):
        desk.begin(lambda: None)
        desk.waiting()
        self._makers.work()
        while letter := desk.next():
            desk.turn([letter], [])
            self.sent.append((letter.mark.subscriber.id, letter.data))
            desk.turn([], [(letter, Receipt(outcome=Outcome.ACCEPTED))])
        assert desk.over()
        desk.end()


def test_what_others_make_leaves_and_what_they_can_not_make_is_made_or_told(run):
    makers = Makers(lambda to: {1: b"made", 2: None, 3: "no such thing"}[to.subscriber])
    postman = Waiter(makers)
    tally = run(BookKeeper(claims(3)), postman, signers=makers)
    assert counts(tally) == (2, 1, 0, 0)
    assert postman.sent[0] == (1, b"made")
    assert b"reader2@post.example" in postman.sent[1][1]
    assert tally.problems == ["subscriber 3: refused: no such thing"]


def test_trouble_that_is_met_while_others_work_is_not_lost_on_an_event_loop(run, make_message):
    """They hand back what nobody could make, from a callback that nobody waits for."""

    class Templates(dict):
        def __getitem__(self, segment):
            if makers.at_work:
                raise StoreError("it is locked")
            return super().__getitem__(segment)

    def none(_recipient):
        makers.at_work = True

    makers = Makers(none)
    makers.at_work = False
    ledger = BookKeeper(claims(1))
    templates = Templates({2: MessageTemplate(make_message())})
    with pytest.raises(StoreError, match="it is locked"):
        run(ledger, Waiter(makers), signers=makers, templates=templates)
    assert ("start", 101) not in ledger.told


class Hours:
    """A clock turned by hand, a ledger that gives what is due by it, and a transport that waits."""

    def __init__(self, owed):
        self.now = NOW
        self.due = dict.fromkeys((claim.id for claim in owed), NOW)
        self.told, self.sent = {}, []
        self._claims = {claim.id: claim for claim in owed}

    def claim(self, _edition, _owner, limit, now):
        taken = [number for number, due in self.due.items() if due <= now][:limit]
        for number in taken:
            del self.due[number]
        return [self._claims[number] for number in taken]

    def mark(self, _started, finished, _now):
        for claim, receipt, retry_at, _ in finished:
            self.told[claim.id] = receipt.reply
            if retry_at:
                self.due[claim.id] = retry_at

    def release(self, claims):
        assert not claims

    def carry(self, desk):
        desk.begin(lambda: None)
        while not desk.over():
            if letter := desk.next():
                desk.turn([letter], [])
                self.sent.append(letter.mark.id)
                desk.turn([], [(letter, Receipt(outcome=Outcome.ACCEPTED, reply="250"))])
            else:
                self.now += timedelta(seconds=1)
        desk.end()


class Domains:
    """What is known of domains: a hold for each of these, asked for as often as is said."""

    def __init__(self, **holds):
        self._holds = holds

    def hold(self, _domain):
        return self._holds["turns"].pop() if self._holds.get("turns") else None

    def at_rest(self, _domain, _now):
        return self._holds.get("rest")

    def look(self):
        pass

    def hear(self, _domain, _receipt):
        pass

    def tell(self):
        pass


@pytest.mark.parametrize(("patience", "waited"), [(60, True), (0, False)])
def test_who_waits_for_a_slow_domains_turn_is_waited_for_as_long_as_patience_lasts(
    run, patience, waited
):
    turn = Hold(NOW + timedelta(seconds=3), "not yet", soon=True)
    hours = Hours(claims(3))
    tally = run(
        hours,
        hours,
        destinations=Domains(turns=[turn, turn]),
        clock=lambda: hours.now,
        patience=timedelta(seconds=patience),
    )
    assert hours.sent == ([103, 101, 102] if waited else [103])
    assert hours.told[101] == ("250" if waited else "not yet")
    assert (tally.sent, tally.deferred) == (3 if waited else 1, 2)


@pytest.mark.parametrize(("hours", "given_up"), [(1, True), (9, False)])
def test_a_domain_at_rest_costs_no_message_and_is_given_up_when_its_rest_outlasts_the_edition(
    run, hours, given_up
):
    rest = Hold(NOW + timedelta(hours=4), "left alone")
    ledger, postman = BookKeeper(claims(2)), Postman()
    tally = run(
        ledger,
        postman,
        templates={},  # none is asked for
        destinations=Domains(rest=rest),
        give_up_at=NOW + timedelta(hours=hours),
    )
    assert (tally.failed, tally.deferred, tally.problems) == (
        (2, 0, []) if given_up else (0, 2, [])
    )
    assert set(ledger.retries.values()) == {None if given_up else rest.until}


def test_when_told_to_stop_the_one_in_flight_is_finished_and_the_rest_handed_back(run):
    ledger, postman = BookKeeper(claims(5)), Postman()
    tally = run(ledger, postman, stop=lambda: len(postman.sent) >= 2)
    assert counts(tally) == (2, 0, 0, 0)
    assert ledger.told[-2:] == [("finish", 102, "accepted"), ("release", 103, 104, 105)]


def test_told_to_stop_before_it_begins_it_claims_nothing(run):
    ledger = BookKeeper(claims(5))
    run(ledger, Postman(), stop=lambda: True)
    assert ledger.told == []


def test_when_nothing_can_leave_any_more_all_is_handed_back(run):
    ledger = BookKeeper(claims(5))
    with pytest.raises(TransportError):
        run(ledger, Postman({3: TransportError("the relay is gone")}))
    assert ledger.told[-2:] == [("finish", 102, "accepted"), ("release", 103, 104, 105)]
    assert ("start", 103) not in ledger.told


def test_a_bug_is_no_refusal_and_what_was_in_flight_stays_marked(run):
    ledger = BookKeeper(claims(2))
    with pytest.raises(ZeroDivisionError):
        run(ledger, Postman({1: ZeroDivisionError()}))
    assert ledger.told == [("claim", 101, 102), ("start", 101)]


def test_waiting_doubles_up_to_four_hours():
    minutes = [backoff(attempts) / timedelta(minutes=1) for attempts in range(9)]
    assert minutes == [5, 5, 10, 20, 40, 80, 160, 240, 240]
    assert backoff(10**6) == timedelta(hours=4)
