"""Writing down what became of many deliveries, each with words of its own, at little cost.

A statement for each row is quick in SQLite, which is in our process. To a server each is a message
of its own, so there all rows go in one, as JSON: to have the driver look at each value of an array
took a sixth of our time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, false, null, or_, update

from publisher.storage.database import Database
from publisher.storage.prepared import as_array
from publisher.storage.schema import delivery

# The parameters of a row, and what PostgreSQL calls their types.
_TYPES = {
    "b_id": "bigint",
    "b_state": "text",
    "b_attempts": "smallint",
    "b_in_doubt": "boolean",
    "b_retry_at": "bigint",
    "b_reply": "text",
}
FINISH_EACH = (
    update(delivery)
    .where(delivery.c.id == bindparam("b_id"), delivery.c.owner == bindparam("b_owner"))
    .values(
        state=bindparam("b_state"),
        attempts=bindparam("b_attempts"),
        in_doubt=or_(delivery.c.in_doubt, bindparam("b_in_doubt")),
        retry_at=bindparam("b_retry_at", type_=BigInteger),
        reply=bindparam("b_reply"),
        changed=bindparam("b_changed", type_=BigInteger),
        owner=null(),
        started=false(),
    )
)
_FIELDS = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
FINISH_ALL = f"""
UPDATE delivery SET state = b_state, attempts = b_attempts, in_doubt = in_doubt OR b_in_doubt,
    retry_at = b_retry_at, reply = b_reply, changed = %(b_changed)s, owner = NULL, started = false
FROM json_to_recordset(%(rows)s::json) AS result ({_FIELDS})
WHERE id = ANY (%(ids)s::bigint[]) AND id = b_id AND owner = %(b_owner)s
"""  # noqa: S608 - nothing of it comes from elsewhere


def finish(
    database: Database,
    connection: Connection,
    rows: Sequence[dict[str, Any]],
    of_all: dict[str, Any],
) -> None:
    """Put these on record, as far as they are still under the name of who says so.

    Who that is, and when, is the same `of_all`.
    """
    if database.is_sqlite:
        database.prepared.run_many(connection, FINISH_EACH, [of_all | row for row in rows])
    else:
        connection.exec_driver_sql(FINISH_ALL, of_all | all_of(rows))


def all_of(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What FINISH_ALL asks for; the numbers beside the rows, as a planner expects 100 of JSON."""
    return {"rows": json.dumps(rows), "ids": as_array([row["b_id"] for row in rows])}
