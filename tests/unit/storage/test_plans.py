"""What the planners make of the ledger's statements: each walks an index, however many rows wait."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from publisher.model import DeliveryState, Limits, Peer
from publisher.storage.entries import _UNFILLED
from publisher.storage.finishing import FINISH_EACH, MARK_ALL, START_EACH, all_of
from publisher.storage.freezing import Audience, _planned, owed
from publisher.storage.handed import counted
from publisher.storage.ledger import candidates
from publisher.storage.peers import changes
from publisher.storage.recovery import (
    flagging,
    handing_back,
    held_by,
    held_by_nobody,
    holdings,
)
from publisher.storage.retries import to_retry
from publisher.storage.schema import article
from publisher.storage.standing import counting, counting_held, whose
from tests.unit.storage.samples import NOW, crowd, open_edition

INDEX = "ix_delivery_edition_state"
OWED = {"edition": "daily-1", "now": int(NOW.timestamp())}
AUDIENCE = Audience(newsletter="daily", clocks=[("", "")], segments={})


@pytest.fixture
def large(store):
    """As it is in the middle of a large edition: most have left, and the planner knows."""
    crowd(store, 3000)
    open_edition(store, True)
    with store.database.write() as connection:
        connection.execute(text("UPDATE delivery SET state = 'sent' WHERE id <= 2800"))
        connection.execute(text("UPDATE delivery SET in_doubt = true WHERE id % 100 = 0"))
    analyse(store)
    return store


def analyse(store):
    with store.database.write() as connection:
        connection.execute(text("ANALYZE"))
    if not store.database.is_sqlite:  # also which pages every reader may see without a look
        with store.database.engine.connect() as connection:
            apart = connection.execution_options(isolation_level="AUTOCOMMIT")
            apart.execute(text("VACUUM delivery"))


def explained(store, query, **values):
    dialect = store.database.engine.dialect
    words = query.compile(dialect=dialect, compile_kwargs={"literal_binds": not values})
    prefix = "EXPLAIN QUERY PLAN " if store.database.is_sqlite else "EXPLAIN "
    with store.database.read() as connection:
        values = words.construct_params(values) if values else {}
        if store.database.is_sqlite and values:
            values = tuple(values[name] for name in words.positiontup)
        return "\n".join(str(row) for row in connection.exec_driver_sql(f"{prefix}{words}", values))


def walks(plan, index):
    assert index in plan, plan
    # In the index's own order: sorting would read all that waits for each batch.
    assert "B-TREE" not in plan, plan
    assert "Sort" not in plan, plan
    assert "Seq Scan" not in plan.replace("Seq Scan on edition", ""), plan  # a table of one row
    assert "SCAN delivery\n" not in f"{plan}\n", plan


def test_a_claim_walks_the_index(large):
    for query in candidates(100, within=False):
        walks(explained(large, query, **OWED), INDEX)


def test_a_claim_of_a_part_begins_where_the_part_does(large):
    pending, deferred = candidates(100, within=True)
    part = {**OWED, "first": 2900, "last": 2999}
    by_number = "rowid>? AND rowid<?" if large.database.is_sqlite else "pk_delivery"
    walks(explained(large, pending, **part), by_number)
    plan = explained(large, deferred, **part)
    assert by_number in plan or INDEX in plan, plan


def test_a_mark_finds_its_row_by_number(large):
    if large.database.is_sqlite:
        walks(explained(large, FINISH_EACH, **MARK), "INTEGER PRIMARY KEY")
        walks(explained(large, START_EACH, number=2900, b_owner="x"), "INTEGER PRIMARY KEY")
        return
    values = all_of("x", [*range(2900, 2905)], [MARK] * 5, 0)
    with large.database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN {MARK_ALL}", values).all()
    plan = "\n".join(map(str, plan))
    walks(plan, "pk_delivery")
    assert plan.count("pk_delivery") == 2


def test_a_recovery_walks_the_index(large):
    with large.database.write() as connection:
        connection.execute(
            text("UPDATE delivery SET state = 'pending', owner = 'x' WHERE id > 2980")
        )
    analyse(large)
    dead = SimpleNamespace(id="x", held_from=2981, held_to=3000)
    for statement in (
        flagging(held_by(dead), NOW, "resend"),
        handing_back(held_by(dead)),
        holdings(dead),
        counting_held("x", 2981, 3000),
    ):
        plan = explained(large, statement)
        assert ("rowid>? AND rowid<?" if large.database.is_sqlite else "pk_delivery") in plan, plan
    for state in (DeliveryState.PENDING, DeliveryState.DEFERRED):
        for query in held_by_nobody("daily-1", state):
            plan = explained(large, query)
            assert INDEX in plan, plan


MARK = {
    "b_id": 2900,
    "b_owner": "x",
    "b_state": "sent",
    "b_attempts": 1,
    "b_in_doubt": False,
    "b_retry_at": None,
    "b_reply": "250 ok",
    "b_changed": 0,
}


def test_a_count_needs_the_index_alone(large):
    by_state, in_doubt = (explained(large, query) for query in counting("daily-1"))
    walks(in_doubt, "ix_delivery_in_doubt")
    if large.database.is_sqlite:
        walks(by_state, "COVERING INDEX ix_delivery_edition_state")
    else:  # one edition is all there is: the planner may as well read the table in its order
        assert "Aggregate" in by_state


def test_the_first_recipients_come_at_once(large):
    by_subscriber = (
        "sqlite_autoindex_delivery" if large.database.is_sqlite else "uq_delivery_edition"
    )
    for states, in_doubt, index in (
        ([], False, by_subscriber),
        ([], True, "ix_delivery_in_doubt"),
        ([DeliveryState.SENT], False, INDEX),
        ([DeliveryState.PENDING], False, INDEX),
    ):
        (query,) = whose("daily-1", states, in_doubt=in_doubt)
        walks(explained(large, query.limit(50)), index)


def test_a_snapshot_looks_up_each_readers_group(large):
    if not large.database.is_sqlite:
        pytest.skip("PostgreSQL makes a table of groups to look into, as good as an index")
    with large.database.write() as connection:
        _planned.create(connection)
        words = str(owed(AUDIENCE, NOW).compile(connection, compile_kwargs={"literal_binds": True}))
        plan = str(connection.execute(text(f"EXPLAIN QUERY PLAN {words}")).all())
        _planned.drop(connection)
    assert "SEARCH planned USING INDEX" in plan, plan
    assert "SCAN planned" not in plan, plan


def test_what_an_older_publisher_left_undone_is_asked_of_an_index(store):
    if not store.database.is_sqlite:
        pytest.skip("PostgreSQL looks through a table as small as this one")
    query = select(article.c.id).where(_UNFILLED).limit(1)
    walks(explained(store, query), "ix_article_unfilled")


def test_what_others_found_out_is_looked_up_by_time(store):
    peers = [Peer(kind="domain", name=f"{n}.example", failures=1) for n in range(3000)]
    store.peers.save(peers, NOW)
    store.peers.save(peers[:10], NOW + timedelta(hours=1))
    analyse(store)
    assert "ix_peer_changed" in explained(store, changes(NOW + timedelta(minutes=30)))


def test_what_failed_is_found_by_the_index(large):
    with large.database.write() as connection:
        connection.execute(text("UPDATE delivery SET state = 'failed' WHERE id > 2950"))
    analyse(large)
    for domain in ("", "reader.example"):
        (query,) = to_retry("daily-1", {DeliveryState.FAILED}, domain)
        walks(explained(large, query.limit(50)), INDEX)


def test_what_a_relay_was_given_is_counted_along_the_key(store):
    limits = Limits(per_hour=100)
    for name in range(30):
        for minute in range(30):
            store.handed.take(f"relay-{name}", limits, 1, now_ms=minute * 60_000)
    analyse(store)
    plan = explained(store, counted("relay-7", 20))
    assert ("sqlite_autoindex_handed" if store.database.is_sqlite else "pk_handed") in plan
