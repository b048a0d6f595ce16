"""The ledger's promises, on both engines (docs: SECURITY.md, P1 to P4)."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text

from publisher.errors import LedgerError, UsageError
from publisher.model import DeliveryState
from publisher.storage import Slot, Store
from publisher.storage.database import Database
from publisher.storage.schema import delivery
from tests.at_once import at_once_in_stores
from tests.unit.storage.samples import (
    ACCEPTED,
    DAILY,
    IN_DOUBT,
    LATER,
    NOW,
    REFUSED,
    ROOT,
    SOON,
    WORDS,
    elapse,
    finish,
    open_edition,
    readers,
    start,
    states,
)


def test_an_edition_is_frozen_with_all_it_owes(store):
    people = readers(store, 3)
    assert open_edition(store, people)
    assert states(store) == {"pending": 3}
    record = store.editions.get("daily-1")
    assert (record.state, record.recipients, record.slot) == ("open", 3, NOW)
    assert dict(store.editions.words("daily-1")) == {0: WORDS, 1: WORDS}
    assert store.editions.watermark(DAILY) == 1
    assert store.slots.latest("daily")[DAILY].moment == NOW


def test_a_slot_is_opened_once(store):
    people = readers(store, 2)
    assert open_edition(store, people)
    assert not open_edition(store, people)
    assert not open_edition(store, people, "daily-2")
    assert not store.slots.record({Slot(NOW): "empty"}, DAILY, NOW)
    assert states(store) == {"pending": 2}
    with pytest.raises(UsageError):
        store.editions.get("daily-2")


def test_an_edition_for_nobody_is_done(store):
    assert open_edition(store, ())
    assert store.editions.get("daily-1").state == "done"
    assert store.ledger.open_editions(NOW) == []


def test_every_outcome_has_its_state(store):
    open_edition(store, readers(store, 5))
    with store.ledger.owner(NOW) as owner:
        a, b, c, d, e = store.ledger.claim("daily-1", owner, 10, NOW)
        start(store, [a, b, c, d, e])
        finish(store, (a, ACCEPTED), (b, REFUSED), (c, LATER), retry_at=SOON)
        finish(store, (d, LATER))
        finish(store, (e, IN_DOUBT))
    assert states(store) == {"sent": 1, "failed": 2, "deferred": 1, "held": 1}
    assert store.ledger.counts("daily-1").in_doubt == 1
    assert store.editions.get("daily-1").state == "open"
    assert store.ledger.open_editions(NOW) == []
    assert store.ledger.open_editions(NOW + timedelta(minutes=5)) == ["daily-1"]
    who = {one.address: one for one in store.ledger.who("daily-1")}
    assert who[b.subscriber.address].reply == "550 no"
    with store.ledger.owner(NOW) as owner:
        (again,) = store.ledger.claim("daily-1", owner, 10, NOW + timedelta(minutes=5))
        assert again.attempts == 1
        finish(store, (again, ACCEPTED), retry_at=SOON)
    store.ledger.settle("daily-1")
    assert store.editions.get("daily-1").state == "done"


def test_a_message_in_doubt_stays_flagged_when_it_is_sent_again(store):
    open_edition(store, readers(store, 1))
    with store.ledger.owner(NOW) as owner:
        (claim,) = store.ledger.claim("daily-1", owner, 10, NOW)
        finish(store, (claim, IN_DOUBT), retry_at=SOON)
        assert states(store) == {"deferred": 1}
        (claim,) = store.ledger.claim("daily-1", owner, 10, NOW + timedelta(hours=1))
        finish(store, (claim, ACCEPTED), retry_at=SOON)
    assert states(store) == {"sent": 1}
    assert store.ledger.counts("daily-1").in_doubt == 1


def test_claims_are_handed_back(store):
    open_edition(store, readers(store, 3))
    with store.ledger.owner(NOW) as owner:
        claims = store.ledger.claim("daily-1", owner, 2, NOW)
        assert states(store) == {"pending": 1, "claimed": 2}
        store.ledger.release(claims)
    assert states(store) == {"pending": 3}


@pytest.mark.threat(38)
def test_a_claim_is_on_the_disk_before_any_of_it_leaves(store, monkeypatch):
    """After a power cut all of it is in doubt then; marks are lost, and need not be kept."""
    open_edition(store, readers(store, 2))
    write, asked = Database.write, []

    def note(database, **options):
        asked.append(options.get("durable", True))
        return write(database, **options)

    with store.ledger.owner(NOW) as owner:
        monkeypatch.setattr(Database, "write", note)
        assert len(store.ledger.claim("daily-1", owner, 2, NOW)) == 2
        assert asked == [True]


def test_what_was_begun_and_has_not_left_can_be_begun_again(store):
    """An outbox whose disk is full, a relay that turned away before the content."""
    open_edition(store, readers(store, 2))
    with store.ledger.owner(NOW) as owner:
        claims = store.ledger.claim("daily-1", owner, 2, NOW)
        start(store, claims)
        store.ledger.release(claims)
        assert states(store) == {"pending": 2}
        again = store.ledger.claim("daily-1", owner, 2, NOW)
        start(store, again)
        finish(store, *((claim, ACCEPTED) for claim in again))
    assert store.ledger.recover(NOW, on_doubt="resend") == 0
    assert states(store) == {"sent": 2}


def test_a_claim_goes_on_after_the_last_one_and_misses_nothing_before_it(store):
    open_edition(store, readers(store, 5))
    with store.ledger.owner(NOW) as owner:

        def claim():
            return [one.id for one in store.ledger.claim("daily-1", owner, 2, NOW)]

        first = store.ledger.claim("daily-1", owner, 2, NOW)
        store.ledger.release(first)
        handed_back = [one.id for one in first]
        assert min(claim()) > max(handed_back)
        assert claim() == handed_back
        assert len(claim()) == 1
        assert claim() == []


def test_a_mark_is_kept_whatever_its_connection_was_used_for_before(store):
    open_edition(store, readers(store, 1))
    with store.ledger.owner(NOW) as owner:
        claims = store.ledger.claim("daily-1", owner, 1, NOW)
        with store.database.engine.connect() as connection:
            connection.execution_options(isolation_level="SERIALIZABLE").execute(text("SELECT 1"))
        start(store, claims)
        assert states(store) == {"started": 1}
        finish(store, (claims[0], ACCEPTED))
        assert states(store) == {"sent": 1}


def test_who_left_since_the_snapshot_is_not_written_to(store):
    open_edition(store, readers(store, 3))
    store.subscribers.remove("r1@reader.example", now=NOW, reason="asked")
    with store.ledger.owner(NOW) as owner:
        claims = store.ledger.claim("daily-1", owner, 10, NOW)
    assert [one.subscriber.address for one in claims] == ["r0@reader.example", "r2@reader.example"]
    (gone,) = [one for one in store.ledger.who("daily-1") if one.address == "r1@reader.example"]
    assert (gone.state, gone.reply) == (DeliveryState.FAILED, "no longer subscribed")


def test_when_all_have_left_the_edition_comes_to_its_end(store):
    open_edition(store, readers(store, 5))
    for number in range(5):
        store.subscribers.remove(f"r{number}@reader.example", now=NOW, reason="asked")
    with store.ledger.owner(NOW) as owner:
        assert store.ledger.claim("daily-1", owner, 2, NOW) == []
    store.ledger.settle("daily-1")
    assert states(store) == {"failed": 5}


class Queue:
    """Where parts are handed to; they wait until they are taken."""

    def __init__(self):
        self.parts = []

    def are_waiting(self, _connection, edition):
        return any(one == edition for one, _ in self.parts)

    def defer(self, _connection, edition, parts):
        self.parts += [(edition, part) for part in parts]


def test_parts_that_are_handed_out_are_all_that_is_owed_and_each_once(store):
    people = readers(store, 5)
    open_edition(store, people)
    with store.ledger.owner(NOW) as owner:
        first = store.ledger.claim("daily-1", owner, 1, NOW)
        finish(store, (first[0], ACCEPTED))
        queue = Queue()
        assert store.ledger.hand_out("daily-1", queue, NOW, size=3) == 2
        assert store.ledger.hand_out("daily-1", queue, NOW, size=3) == 0  # they still wait
        got = [
            [one.subscriber for one in store.ledger.claim("daily-1", owner, 9, NOW, part=part)]
            for _, part in queue.parts
        ]
        assert [len(some) for some in got] == [3, 1]
        assert {first[0].subscriber, *got[0], *got[1]} == set(people)
        assert store.ledger.hand_out("daily-1", Queue(), NOW) == 0  # nothing is owed to nobody
        assert store.ledger.hand_out("none", Queue(), NOW) == 0


def test_two_owners_never_claim_the_same(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path) as store:
        open_edition(store, readers(store, 200))
    taken = []

    def take(mine):
        with mine.ledger.owner(NOW) as owner:
            while claims := mine.ledger.claim("daily-1", owner, 7, NOW):
                taken.extend(claim.id for claim in claims)
                finish(mine, *[(c, ACCEPTED) for c in claims])

    at_once_in_stores(take, 4, store_url, tmp_path)
    assert len(taken) == len(set(taken)) == 200


def test_a_row_that_vanished_is_noticed(store):
    open_edition(store, readers(store, 2))
    with store.database.write() as connection:
        connection.execute(delivery.delete().where(delivery.c.id == 1))
    with pytest.raises(LedgerError, match="owes 2"):
        store.ledger.check("daily-1")


CHILD = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from publisher.model import Outcome, Receipt, Result
from publisher.storage import Store
url, site, step = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
now = datetime(2026, 11, 23, 12, tzinfo=UTC)
def die(here):
    if here == step:
        os.kill(os.getpid(), signal.SIGKILL)
store = Store.open(url, site=site)
with store.ledger.owner(now) as owner:
    die("owner")
    first, second, *rest = store.ledger.claim("daily-1", owner, 5, now)
    die("claim")
    store.ledger.mark([first], (), now)
    die("start")
    print("sent", first.id, flush=True)
    die("sent")
    store.ledger.mark([second], [Result(first, Receipt(outcome=Outcome.ACCEPTED))], now)
    die("finish")
    store.ledger.release([second, *rest])
    die("release")
"""


@pytest.mark.parametrize(
    ("step", "after", "in_doubt"),
    [
        ("owner", {"pending": 5}, 0),
        ("claim", {"pending": 5}, 0),
        ("start", {"pending": 5}, 1),
        ("sent", {"pending": 5}, 1),
        ("finish", {"pending": 4, "sent": 1}, 1),
        ("release", {"pending": 4, "sent": 1}, 0),
    ],
)
def test_a_kill_at_any_step_loses_nothing_and_flags_what_may_double(
    store_url, tmp_path, step, after, in_doubt
):
    with Store.open(store_url, site=tmp_path) as store:
        open_edition(store, readers(store, 5))
        done = subprocess.run(
            check=False,
            args=[sys.executable, "-c", CHILD, store_url, str(tmp_path), step],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert store.ledger.recover(NOW, on_doubt="resend") == in_doubt
        assert states(store) == after
        assert store.ledger.counts("daily-1").in_doubt == in_doubt
        assert store.ledger.recover(NOW, on_doubt="resend") == 0
        assert list((tmp_path / ".owners").iterdir()) == []


def test_on_doubt_hold_leaves_it_to_the_operator(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path) as store:
        open_edition(store, readers(store, 5))
        subprocess.run(
            [sys.executable, "-c", CHILD, store_url, str(tmp_path), "sent"], cwd=ROOT, check=False
        )
        assert store.ledger.recover(NOW, on_doubt="hold") == 1
        assert states(store) == {"pending": 4, "held": 1}


def test_after_a_crash_of_the_machine_every_claim_is_in_doubt(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path) as store:
        open_edition(store, readers(store, 5))
        subprocess.run(
            [sys.executable, "-c", CHILD, store_url, str(tmp_path), "claim"], cwd=ROOT, check=False
        )
        with store.database.write() as connection:
            connection.execute(text("UPDATE owner SET epoch = 'before the crash'"))
        assert store.ledger.recover(NOW, on_doubt="resend") == 5
        assert store.ledger.counts("daily-1").in_doubt == 5


def test_a_living_owner_is_left_alone(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path) as store:
        open_edition(store, readers(store, 3))
        with store.ledger.owner(NOW) as owner:
            store.ledger.claim("daily-1", owner, 3, NOW)
            with Store.open(store_url, site=tmp_path) as other:
                assert other.ledger.recover(NOW, on_doubt="resend") == 0
            assert states(store) == {"claimed": 3}


@pytest.mark.slow
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_an_owner_on_another_host_lives_until_its_lease_has_passed(store):
    open_edition(store, readers(store, 2))
    with store.ledger.owner(NOW) as owner:
        store.ledger.claim("daily-1", owner, 2, NOW)
        elapse(store, minutes=9)
        # By our own clock it would be dead.
        assert store.ledger.recover(NOW + timedelta(days=1), on_doubt="resend") == 0
        assert states(store) == {"claimed": 2}
        elapse(store, minutes=2)
        store.ledger.recover(NOW, on_doubt="resend")
        assert states(store) == {"pending": 2}


def test_the_files_of_the_store_are_for_our_eyes_only(tmp_path):
    before = os.umask(0o022)
    try:
        with Store.open("sqlite:///publisher.db", site=tmp_path) as store:
            open_edition(store, readers(store, 1))
            with store.database.read():
                modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes["publisher.db"] == 0o600
    assert set(modes.values()) <= {0o600, 0o700}
