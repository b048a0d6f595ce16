from datetime import timedelta

import pytest
from sqlalchemy import select

from publisher.model import Choice, Outcome, Receipt, Result, Returned, ReturnKind
from publisher.storage import Followed, SoftPolicy
from publisher.storage.schema import delivery
from tests.unit.storage.samples import NOW, open_edition, readers

POLICY = SoftPolicy(limit=3, within=timedelta(days=30))


class Ours:
    """Proof that a test can make: 'delivery:proof' addresses, and Message-IDs in plain words."""

    def delivery_of(self, addresses):
        for address in addresses:
            if address.startswith("bounces+"):
                number, _, proof = address[8:].partition("@")[0].partition("-")
                return int(number), proof
        return None

    def proves(self, proof, edition, subscriber):
        return proof == f"{edition}/{subscriber}"

    def is_ours(self, message_id, edition, subscriber):
        return message_id == f"<{edition}.{subscriber}@courier.example>"


def file(store, *reports, raw=b"letter", now=NOW):
    return store.returns.file(reports, raw=raw, source="pipe", now=now, proof=Ours(), policy=POLICY)


def hard(**values):
    return Returned(kind=ReturnKind.HARD, status="5.1.1", diagnostic="no such user", **values)


@pytest.fixture
def people(store):
    people = readers(store, 3)
    open_edition(store, people)
    return people


def path_to(store, person, edition="daily-1"):
    with store.database.read() as connection:
        number = connection.execute(
            select(delivery.c.id).where(
                delivery.c.edition == edition, delivery.c.subscriber == person.id
            )
        ).scalar_one()
    return (f"bounces+{number}-{edition}/{person.id}@courier.example",)


def test_a_return_path_proves_it_and_a_hard_bounce_suppresses_at_once(store, people):
    ana = people[0]
    assert file(store, hard(sent_to=path_to(store, ana))) == [Followed.SUPPRESSED]
    assert store.subscribers.find(ana.address) is None
    assert store.suppressions.find(ana.address).reason == "no such mailbox 5.1.1"
    assert store.subscribers.count() == 2


def test_the_same_letter_again_changes_nothing(store, people):
    report = hard(sent_to=path_to(store, people[0]))
    file(store, report)
    assert file(store, report) == []
    assert len(store.returns.list()) == 1


@pytest.mark.parametrize("proof", ["daily-1/999", "daily-2/1", ""])
def test_a_return_path_that_somebody_made_up_is_unmatched(store, people, proof):
    number = path_to(store, people[0])[0].partition("-")[0]
    report = hard(sent_to=(f"{number}-{proof}@courier.example",), address=people[0].address)
    assert file(store, report) == [Followed.UNMATCHED]
    assert store.subscribers.count() == 3


def test_a_message_id_of_ours_proves_it_for_its_own_reader_alone(store, people):
    ana, bob, _ = people
    to_ana = f"<daily-1.{ana.id}@courier.example>"
    forged = hard(address=bob.address, message_id=to_ana)
    assert file(store, forged, raw=b"1") == [Followed.UNMATCHED]
    true = hard(address=ana.address.upper(), message_id=to_ana)
    assert file(store, true, raw=b"2") == [Followed.SUPPRESSED]
    assert store.subscribers.find(bob.address)


def test_an_address_alone_proves_nothing_unless_a_provider_signed_it(store, people):
    assert file(store, hard(address=people[0].address)) == [Followed.UNMATCHED]
    signed = hard(address=people[0].address, proven=True)
    assert file(store, signed, raw=b"2") == [Followed.SUPPRESSED]


def test_a_complaint_suppresses_at_once(store, people):
    report = Returned(kind=ReturnKind.COMPLAINT, address=people[0].address, proven=True)
    assert file(store, report) == [Followed.SUPPRESSED]
    assert store.suppressions.find(people[0].address).reason == "called it spam"


@pytest.mark.parametrize("kind", [ReturnKind.POLICY, ReturnKind.NOTICE])
def test_what_is_not_the_readers_fault_is_noted(store, people, kind):
    report = Returned(kind=kind, address=people[0].address, proven=True)
    assert file(store, report) == [Followed.NOTED]
    assert store.subscribers.count() == 3


def test_soft_bounces_of_so_many_editions_suppress(store, people):
    ana = people[0]
    followed = []
    for number in range(1, 4):
        name = f"weekly-{number}"
        open_edition(store, people, name, slot=NOW + timedelta(days=number))
        soft = Returned(kind=ReturnKind.SOFT, status="4.2.2", sent_to=path_to(store, ana, name))
        for raw in (b"first", b"again"):  # two reports of one edition count once
            followed += file(store, soft, raw=raw + name.encode())
    assert followed == [Followed.COUNTED] * 4 + [Followed.SUPPRESSED] * 2
    assert store.suppressions.find(ana.address).reason == "3 editions came back"


def test_soft_bounces_long_ago_do_not_count(store, people):
    for number in range(1, 4):
        name = f"weekly-{number}"
        open_edition(store, people, name, slot=NOW + timedelta(days=number))
        report = Returned(kind=ReturnKind.SOFT, sent_to=path_to(store, people[0], name))
        file(store, report, raw=name.encode(), now=NOW + timedelta(days=20 * number))
    assert store.subscribers.count() == 3


def test_what_nobody_understands_is_kept_as_it_came(store):
    assert file(store, Returned(kind=ReturnKind.UNKNOWN), raw=b"\x00\xff") == [Followed.UNREAD]
    (row,) = store.returns.list(only=Followed.UNREAD)
    assert store.returns.raw(row.id) == b"\x00\xff"
    assert store.returns.raw(row.id + 1) is None


def test_a_person_who_was_forgotten_leaves_no_trace_in_a_late_bounce(store, people):
    path = path_to(store, people[0])
    store.subscribers.forget(people[0].address, now=NOW, trace=False)
    assert file(store, hard(sent_to=path)) == [Followed.NOTED]
    assert store.returns.list()[0].who == ""


def test_what_a_server_refused_on_the_spot_is_filed_once(store, people):
    with store.ledger.owner(NOW) as owner:
        for claim, reply in zip(
            store.ledger.claim("daily-1", owner, 3, NOW),
            ("550 5.1.1 no such user", "554 5.7.1 we dislike you", "not an address"),
            strict=True,
        ):
            store.ledger.mark([claim], (), NOW)
            receipt = Receipt(outcome=Outcome.REFUSED, reply=reply)
            store.ledger.mark((), [Result(claim, receipt, None)], NOW)
    found = list(store.returns.refusals(NOW - timedelta(days=1)))
    assert [one.status for one, _ in found] == ["5.1.1"]
    for report, raw in found:
        assert file(store, report, raw=raw.encode()) == [Followed.SUPPRESSED]
    assert not list(store.returns.refusals(NOW - timedelta(days=1)))


def test_old_reports_are_dropped_and_counted_by_kind(store, people):
    file(store, hard(), raw=b"1", now=NOW - timedelta(days=200))
    file(store, hard(), raw=b"2")
    assert store.returns.counts(NOW - timedelta(days=7)) == {"hard": 1}
    assert store.returns.drop(NOW - timedelta(days=180)) == 1
    assert len(store.returns.list()) == 1


def test_who_comes_back_after_a_bounce_is_not_kept_off_by_old_reports(store, people):
    ana = people[0]
    file(store, hard(sent_to=path_to(store, ana)))
    again = store.subscribers.add(
        ana.address,
        name="",
        subscriptions={"daily": Choice()},
        source="test",
        now=NOW,
        again=True,
    )
    assert again
    assert store.suppressions.find(ana.address) is None
