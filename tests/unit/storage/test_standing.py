"""Who got it, who did not and why, who perhaps twice: the ledger for who only looks."""

import pytest
from sqlalchemy import text

from publisher.model import DeliveryState
from tests.unit.storage.samples import NOW, open_edition, readers, states

CRASHED = "a crash left it unknown whether this arrived"


@pytest.fixture
def told(store):
    """Six deliveries: two sent (one perhaps twice), one each failed, held, deferred, pending."""
    open_edition(store, readers(store, 6))
    with store.database.write() as connection:
        for number, state, in_doubt, retry_at, reply in (
            (1, "sent", False, None, "250 ok"),
            (2, "sent", True, None, "250 ok"),
            (3, "failed", False, None, "550 no such user"),
            (4, "held", True, None, CRASHED),
            (5, "deferred", False, 9_999_999_999, "451 later"),
        ):
            connection.execute(
                text(
                    "UPDATE delivery SET state = :state, in_doubt = :in_doubt,"
                    " retry_at = :retry_at, reply = :reply WHERE id = :id"
                ),
                {
                    "state": state,
                    "in_doubt": in_doubt,
                    "retry_at": retry_at,
                    "reply": reply,
                    "id": number,
                },
            )
    return store


def addresses(store, **asked):
    return [
        row.address.partition("@")[0]
        for row in store.ledger.who("daily-1", **{"states": (), **asked})
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["r0", "r1", "r2", "r3", "r4", "r5"]),
        ({"limit": 2}, ["r0", "r1"]),
        ({"states": [DeliveryState.FAILED]}, ["r2"]),
        ({"states": [DeliveryState.HELD, DeliveryState.SENT]}, ["r0", "r1", "r3"]),
        ({"states": [DeliveryState.HELD, DeliveryState.SENT], "limit": 2}, ["r0", "r1"]),
        ({"in_doubt": True}, ["r1", "r3"]),
        ({"in_doubt": True, "states": [DeliveryState.SENT]}, ["r1"]),
        ({"states": [DeliveryState.CLAIMED]}, []),
    ],
)
def test_recipients_are_found_by_what_became_of_them(told, asked, found):
    assert addresses(told, **asked) == found


def test_why_not_stands_beside_who_did_not(told):
    said = {row.state.value: row.reply for row in told.ledger.who("daily-1")}
    assert (said["failed"], said["held"]) == ("550 no such user", CRASHED)


def test_one_address_is_found_however_it_is_spelt(told):
    assert told.ledger.to_whom("daily-1", "R2@Reader.Example").reply == "550 no such user"
    told.subscribers.remove("r3@reader.example", now=NOW, reason="asked")
    assert told.ledger.to_whom("daily-1", "r3@READER.example").state is DeliveryState.HELD
    assert told.ledger.to_whom("daily-1", "r9@reader.example") is None


def test_counts_are_by_state_and_of_what_is_flagged(told):
    counts = told.ledger.check("daily-1")
    assert states(told) == {"pending": 1, "deferred": 1, "sent": 2, "failed": 1, "held": 1}
    assert counts.in_doubt == 2


def test_an_edition_that_is_done_was_counted_once(told):
    with told.database.write() as connection:
        connection.execute(text("UPDATE delivery SET state = 'failed' WHERE id > 4"))
    assert told.ledger.unfinished() == ["daily-1"]
    counted = told.ledger.settle("daily-1")
    assert told.ledger.unfinished() == []
    assert told.editions.get("daily-1").state == "done"
    with told.database.write() as connection:
        connection.execute(text("DELETE FROM delivery"))
    assert told.ledger.check("daily-1") == counted
    assert counted.in_doubt == 2
    assert list(counted.states) == [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.HELD]
