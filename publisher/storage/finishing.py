"""Writing down what became of many deliveries, each with words of its own, at little cost.

A statement for each row is quick in SQLite, which is in our process. To a server each is a message
of its own, so there all rows go as arrays in one (unnest).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, null, or_, update

from publisher.storage.database import Database
from publisher.storage.schema import delivery

# The parameters of a row, and what PostgreSQL calls their types.
_TYPES = {
    "b_id": "bigint",
    "b_owner": "text",
    "b_state": "text",
    "b_attempts": "smallint",
    "b_in_doubt": "boolean",
    "b_retry_at": "bigint",
    "b_reply": "text",
    "b_changed": "bigint",
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
    )
)
_ARRAYS = ", ".join(f"%({name})s::{kind}[]" for name, kind in _TYPES.items())
FINISH_ALL = f"""
UPDATE delivery SET state = b_state, attempts = b_attempts, in_doubt = in_doubt OR b_in_doubt,
    retry_at = b_retry_at, reply = b_reply, changed = b_changed, owner = NULL
FROM unnest({_ARRAYS}) AS result ({", ".join(_TYPES)})
WHERE id = b_id AND owner = b_owner
"""  # noqa: S608 - nothing of it comes from elsewhere


def finish(database: Database, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Put these on record, as far as they are still under the name of who says so."""
    if database.is_sqlite:
        database.execute_many(connection, FINISH_EACH, rows)
    else:
        arrays = {name: [row[name] for row in rows] for name in _TYPES}
        connection.exec_driver_sql(FINISH_ALL, arrays)
