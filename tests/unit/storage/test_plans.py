"""What the planners make of the ledger's statements: each walks an index, however many rows wait."""

import pytest
from sqlalchemy import text

from publisher.model import DeliveryState, Subscriber
from publisher.storage.ledger import candidates
from publisher.storage.standing import counting, whose
from tests.unit.storage.samples import NOW, open_edition

INDEX = "ix_delivery_edition_state"


@pytest.fixture
def large(store):
    """As it is in the middle of a large edition: most have left, and the planner knows."""
    people = tuple(
        Subscriber(id=number, address=f"r{number}@reader.example") for number in range(1, 3001)
    )
    open_edition(store, people)
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


def explained(store, query):
    dialect = store.database.engine.dialect
    words = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    prefix = "EXPLAIN QUERY PLAN " if store.database.is_sqlite else "EXPLAIN "
    with store.database.read() as connection:
        return "\n".join(str(row) for row in connection.exec_driver_sql(prefix + words))


def walks(plan, index):
    assert index in plan, plan
    # In the index's own order: sorting would read all that waits for each batch.
    assert "B-TREE" not in plan, plan
    assert "Sort" not in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "SCAN delivery\n" not in f"{plan}\n", plan


def test_a_claim_walks_the_index(large):
    for query in candidates("daily-1", NOW):
        walks(explained(large, query.limit(100)), INDEX)


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
