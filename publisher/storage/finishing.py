"""Marking which deliveries are about to leave, and what became of others, at little cost.

A statement for each row is quick in SQLite, which is in our process. To a server each is a message
of its own, for whose answer we wait; so there all that is to be marked, and how it is to be
committed, is one statement, which is a transaction by itself. What came of deliveries goes as JSON:
to have the driver look at each value of an array took a sixth of our time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, bindparam, false, null, or_, true, update
from sqlalchemy.exc import DBAPIError

from publisher.storage.database import Database
from publisher.storage.prepared import Numbered, as_array
from publisher.storage.schema import delivery

_NOT_ALL = "22012"  # division by zero, which we ask for
# The parameters of a row, and what PostgreSQL calls their types.
_TYPES = {
    "b_id": "bigint",
    "b_state": "text",
    "b_attempts": "smallint",
    "b_in_doubt": "boolean",
    "b_retry_at": "bigint",
    "b_reply": "text",
}
START_EACH = (
    update(delivery)
    .where(
        Numbered(delivery.c.id),
        delivery.c.owner == bindparam("b_owner"),
        delivery.c.started.is_(False),
    )
    .values(started=true())
)
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
MARK_ALL = f"""
WITH done AS (
    UPDATE delivery SET state = b_state, attempts = b_attempts, in_doubt = in_doubt OR b_in_doubt,
        retry_at = b_retry_at, reply = b_reply, changed = %(b_changed)s,
        owner = NULL, started = false
    FROM json_to_recordset(%(rows)s::json) AS result ({_FIELDS})
    WHERE id = ANY (%(ids)s::bigint[]) AND id = b_id AND owner = %(b_owner)s
), begun AS (
    UPDATE delivery SET started = true
    WHERE id = ANY (%(starting)s::bigint[]) AND owner = %(b_owner)s AND NOT started
    RETURNING 1
)
SELECT set_config('synchronous_commit', 'off', true),
    1 / (SELECT (count(*) = %(number)s)::integer FROM begun)
"""  # noqa: S608 - nothing of it comes from elsewhere


def mark(
    database: Database,
    owner_id: str,
    starting: Sequence[int],
    rows: Sequence[dict[str, Any]],
    changed: int | None,
) -> bool:
    """Put these on record, as far as they are still this owner's; it survives kill -9 at once.

    False, with nothing on record, if one that is about to leave is not.
    """
    if not database.is_sqlite:
        return _mark_at_once(database, all_of(owner_id, starting, rows, changed))
    of_all = {"b_owner": owner_id, "b_changed": changed}
    with database.write(durable=False) as connection:
        if rows:
            database.prepared.run_many(connection, FINISH_EACH, [of_all | row for row in rows])
        ours = 0
        if starting:
            ours = database.prepared.run_for(connection, START_EACH, starting, of_all)
        if ours < len(starting):
            connection.rollback()
    return ours == len(starting)


def _mark_at_once(database: Database, values: dict[str, Any]) -> bool:
    try:
        database.run_alone(MARK_ALL, values)
    except DBAPIError as err:
        if getattr(err.orig, "sqlstate", None) != _NOT_ALL:
            raise
        return False
    return True


def all_of(
    owner_id: str, starting: Sequence[int], rows: Sequence[dict[str, Any]], changed: int | None
) -> dict[str, Any]:
    """What MARK_ALL asks for; the numbers beside the rows, as a planner expects 100 of JSON."""
    return {
        "b_owner": owner_id,
        "b_changed": changed,
        "rows": json.dumps(rows),
        "ids": as_array([row["b_id"] for row in rows]),
        "starting": as_array(starting),
        "number": len(starting),
    }
