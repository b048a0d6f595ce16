"""What one run may do to the claims of another, and what it can't."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from publisher.errors import StoreError
from publisher.model import Outcome, Part, Receipt, Result
from publisher.storage import Store, database
from publisher.storage.database import Database
from tests.unit.storage.samples import (
    ACCEPTED,
    IN_DOUBT,
    LATER,
    NOW,
    REFUSED,
    SOON,
    elapse,
    finish,
    open_edition,
    readers,
    start,
    states,
    upgrade_to,
)

LATE = NOW + timedelta(hours=1)


OLDER = "'older', 'elsewhere', 'x', 1"


class Crashed(Exception):
    """Ends an owner as an error would."""


def taken_for_dead(site):
    for path in (site / ".owners").iterdir():
        path.unlink()


def test_who_was_taken_for_dead_can_not_send_what_another_may_have(store, tmp_path):
    open_edition(store, readers(store, 3))
    with pytest.raises(Crashed), store.ledger.owner(NOW) as zombie:
        first, second, third = store.ledger.claim("daily-1", zombie, 3, NOW)
        start(store, [first])
        taken_for_dead(tmp_path)
        assert store.ledger.recover(NOW, on_doubt="resend") == 1
        with pytest.raises(StoreError, match="took over") as caught:
            start(store, [second])
        assert "nothing is lost" in caught.value.mend
        with store.ledger.owner(NOW) as owner:
            assert len(store.ledger.claim("daily-1", owner, 3, NOW)) == 3
            finish(store, (first, REFUSED))
            store.ledger.release([second, third])
            assert states(store) == {"claimed": 3}
            with pytest.raises(StoreError, match="taken for dead"):
                store.ledger.claim("daily-1", zombie, 3, NOW)
            raise Crashed


def test_a_start_is_of_all_or_of_none(store, tmp_path):
    open_edition(store, readers(store, 2))
    with store.ledger.owner(NOW) as owner:
        claims = store.ledger.claim("daily-1", owner, 2, NOW)
        start(store, claims[:1])
        with pytest.raises(StoreError):
            start(store, claims)
        assert states(store) == {"claimed": 1, "started": 1}
        store.ledger.release(claims)


def test_when_the_database_began_anew_its_old_claims_are_in_doubt(store, tmp_path):
    open_edition(store, readers(store, 3))
    with pytest.raises(StoreError, match="began anew"), store.ledger.owner(NOW) as owner:
        store.ledger.claim("daily-1", owner, 2, NOW)
        with store.database.write() as connection:
            connection.execute(text("UPDATE owner SET epoch = 'before'"))
        store.ledger.claim("daily-1", owner, 2, NOW)
    assert states(store) == {"pending": 1, "claimed": 2}
    assert store.ledger.recover(NOW, on_doubt="hold") == 2
    assert states(store) == {"pending": 1, "held": 2}


def test_an_owner_that_ends_with_claims_leaves_them_to_recovery(store):
    open_edition(store, readers(store, 3))
    with store.ledger.owner(NOW) as owner:
        claims = store.ledger.claim("daily-1", owner, 3, NOW)
        start(store, claims[:1])
    assert store.ledger.recover(NOW, on_doubt="resend") == 1
    assert states(store) == {"pending": 3}


def test_claims_of_an_edition_that_was_paused_come_back_too(store):
    open_edition(store, readers(store, 3))
    with pytest.raises(Crashed), store.ledger.owner(NOW) as owner:
        start(store, store.ledger.claim("daily-1", owner, 1, NOW))
        raise Crashed
    with store.database.write() as connection:
        connection.execute(text("UPDATE edition SET state = 'paused'"))
    assert store.ledger.recover(NOW, on_doubt="resend") == 1
    assert states(store) == {"pending": 3}
    assert store.ledger.open_editions(NOW) == []
    with store.ledger.owner(NOW) as owner:
        assert store.ledger.claim("daily-1", owner, 3, NOW) == []
    store.ledger.settle("daily-1")
    assert store.editions.get("daily-1").state == "paused"


def test_a_message_that_kills_us_each_time_is_held_in_the_end(store):
    open_edition(store, readers(store, 1))
    crashes = 0
    while states(store) == {"pending": 1}:
        with pytest.raises(Crashed), store.ledger.owner(NOW) as owner:
            start(store, store.ledger.claim("daily-1", owner, 1, NOW))
            raise Crashed
        crashes += store.ledger.recover(NOW, on_doubt="resend")
    assert states(store) == {"held": 1}
    assert crashes == 5


def test_what_is_to_be_tried_again_waits_for_its_time(store):
    open_edition(store, readers(store, 2))
    with store.ledger.owner(NOW) as owner:
        first, second = store.ledger.claim("daily-1", owner, 2, NOW)
        assert store.ledger.next_retry("daily-1") is None
        finish(store, (first, LATER), retry_at=LATE)
        finish(store, (second, LATER), retry_at=SOON)
        assert store.ledger.next_retry("daily-1") == NOW + timedelta(minutes=5)
        assert store.ledger.claim("daily-1", owner, 2, NOW) == []
        (again,) = store.ledger.claim("daily-1", owner, 2, NOW + timedelta(minutes=5))
        assert (again.id, again.attempts) == (second.id, 1)
        store.ledger.release([again])
        # Handed back, it is owed like any other.
        (again,) = store.ledger.claim("daily-1", owner, 2, NOW)
        assert again.id == second.id
        store.ledger.release([again])


def test_in_doubt_too_often_is_held(store):
    open_edition(store, readers(store, 1))
    with store.ledger.owner(NOW) as owner:
        (claim,) = store.ledger.claim("daily-1", owner, 1, NOW)
        finish(store, (claim, IN_DOUBT))
    assert states(store) == {"held": 1}


def test_whatever_the_other_side_says_can_be_kept(store):
    open_edition(store, readers(store, 1))
    words = "550 \0\ud800 no\ufffe " + "x" * 1000
    with store.ledger.owner(NOW) as owner:
        (claim,) = store.ledger.claim("daily-1", owner, 1, NOW)
        refused = Receipt(outcome=Outcome.REFUSED, reply=words)
        finish(store, (claim, refused))
    (row,) = store.ledger.who("daily-1")
    assert row.reply.startswith("550 ? no")
    assert len(row.reply) == 500


def test_nothing_to_mark_is_nothing_done(store):
    start(store, [])
    finish(store)
    store.ledger.release([])
    assert store.ledger.open_editions(NOW) == []


def test_where_nothing_tells_the_boot_each_process_is_an_epoch(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_BOOT_ID", tmp_path / "missing")
    with Store.open("sqlite:///publisher.db", site=tmp_path) as store:
        open_edition(store, readers(store, 3))
        with pytest.raises(Crashed), store.ledger.owner(NOW) as owner:
            store.ledger.claim("daily-1", owner, 1, NOW)
            store.ledger.claim("daily-1", owner, 1, NOW)
            raise Crashed
    with Store.open("sqlite:///publisher.db", site=tmp_path) as store:
        assert store.ledger.recover(NOW, on_doubt="resend") == 2


def test_two_sites_that_share_a_file_see_each_other(tmp_path):
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    with (
        Store.open(url, site=ours) as store,
        Store.open(url, site=theirs) as other,
        store.ledger.owner(NOW),
    ):
        assert other.ledger.recover(NOW, on_doubt="resend") == 0
        with other.database.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM owner")).scalar() == 1


@pytest.mark.slow
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_slow_batch_keeps_its_lease(store):
    open_edition(store, readers(store, 3))
    with store.ledger.owner(NOW) as owner:
        first, second, _ = store.ledger.claim("daily-1", owner, 3, NOW)
        for minutes, claim in ((4, first), (8, second)):
            elapse(store, minutes=4)
            finish(store, (claim, ACCEPTED), now=NOW + timedelta(minutes=minutes))
        elapse(store, minutes=9)
        assert store.ledger.recover(NOW, on_doubt="resend") == 0
        assert states(store) == {"claimed": 1, "sent": 2}
        elapse(store, minutes=2)
        store.ledger.recover(NOW, on_doubt="resend")
        assert states(store) == {"pending": 1, "sent": 2}


def test_what_is_held_under_a_name_that_nobody_has_is_in_doubt(store, tmp_path):
    open_edition(store, readers(store, 3))
    with pytest.raises(Crashed), store.ledger.owner(NOW) as owner:
        start(store, store.ledger.claim("daily-1", owner, 2, NOW)[:1])
        with store.database.write() as connection:
            # As when the server commits a mark of the dead while its owner is buried.
            connection.execute(text("DELETE FROM owner"))
        raise Crashed
    assert store.ledger.recover(NOW, on_doubt="resend") == 0
    with store.ledger.owner(NOW) as owner:
        finish(store, *[(c, ACCEPTED) for c in store.ledger.claim("daily-1", owner, 3, NOW)])
    assert store.ledger.recover(NOW, on_doubt="resend") == 2
    assert states(store) == {"pending": 2, "sent": 1}
    assert store.ledger.recover(NOW, on_doubt="resend") == 0


@pytest.mark.slow
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_an_owner_that_extends_its_lease_while_it_is_to_be_buried_lives(store):
    open_edition(store, readers(store, 2))
    buried = []
    with store.ledger.owner(NOW) as owner:
        elapse(store, minutes=11)
        with store.database.write() as connection:
            store.ledger._extend_lease(connection, owner, NOW)
            thread = threading.Thread(
                target=lambda: buried.append(store.ledger.recover(NOW, on_doubt="resend"))
            )
            thread.start()
            time.sleep(0.3)  # it waits for what we have not committed
        thread.join()
        assert buried == [0]
        assert len(store.ledger.claim("daily-1", owner, 2, NOW)) == 2


def test_a_part_is_claimed_alone(store):
    open_edition(store, readers(store, 6))
    with store.ledger.owner(NOW) as owner:
        claims = store.ledger.claim("daily-1", owner, 10, NOW, part=Part(3, 4))
        assert [one.id for one in claims] == [3, 4]
        finish(store, (claims[0], LATER), retry_at=SOON)
        store.ledger.release(claims[1:])
        again = store.ledger.claim("daily-1", owner, 10, SOON, part=Part(3, 4))
        assert [one.id for one in again] == [4, 3]
        assert store.ledger.claim("daily-1", owner, 10, SOON, part=Part(3, 4)) == []
        assert len(store.ledger.claim("daily-1", owner, 10, SOON)) == 4
        assert states(store) == {"claimed": 6}


def test_what_was_done_is_on_record_even_where_what_was_to_follow_is_not_ours(store, tmp_path):
    open_edition(store, readers(store, 3))
    with pytest.raises(Crashed), store.ledger.owner(NOW) as owner:
        first, second, third = store.ledger.claim("daily-1", owner, 3, NOW)
        start(store, [first])
        start(store, [second])
        with pytest.raises(StoreError, match="took over"):
            store.ledger.mark([third, second], [Result(first, ACCEPTED)], NOW)
        assert states(store) == {"claimed": 1, "started": 1, "sent": 1}
        raise Crashed


def test_what_was_put_off_without_an_attempt_counts_none(store):
    open_edition(store, readers(store, 1))
    with store.ledger.owner(NOW) as owner:
        (claim,) = store.ledger.claim("daily-1", owner, 1, NOW)
        store.ledger.mark((), [Result(claim, LATER, SOON, tried=False)], NOW)
        (claim,) = store.ledger.claim("daily-1", owner, 1, SOON)
        assert claim.attempts == 0
        store.ledger.release([claim])


def test_what_an_older_publisher_held_is_taken_back_and_it_can_hold_no_more(store_url, tmp_path):
    database = Database.open(store_url, tmp_path)
    with database.reshape() as connection:
        upgrade_to(connection, "0016")
        connection.execute(
            text(
                "INSERT INTO edition (id, newsletter, slot, title, state, last_sequence, digest,"
                " recipients, opened) VALUES ('daily-1', 'daily', 1, 'News', 'open', 1, '', 4, 1)"
            )
        )
        connection.execute(text(f"INSERT INTO owner VALUES ({OLDER})"))
        for number, state in enumerate(("sent", "started", "claimed", "pending"), start=1):
            holds = state in ("started", "claimed")
            connection.execute(
                text(
                    "INSERT INTO delivery (id, edition, segment, subscriber, address, name, state,"
                    " attempts, in_doubt, owner, reply, changed) VALUES (:id, 'daily-1', 1, :id,"
                    " 'a@b', '', :state, 0, false, :owner, '', 1)"
                ),
                {"id": number, "state": state, "owner": "older" if holds else None},
            )
    database.close()
    with Store.open(store_url, site=tmp_path) as store:
        assert states(store) == {"pending": 1, "claimed": 1, "started": 1, "sent": 1}
        with pytest.raises(StoreError, match="taken for dead"):
            store.ledger.claim("daily-1", "older", 1, NOW)
        with pytest.raises(IntegrityError), store.database.write() as connection:
            connection.execute(
                text(f"INSERT INTO owner (id, host, epoch, lease_until) VALUES ({OLDER})")
            )
        # Its mark may have meant anything: both are in doubt.
        assert store.ledger.recover(NOW, on_doubt="resend") == 2
        assert states(store) == {"pending": 3, "sent": 1}
