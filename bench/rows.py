"""Rows that the database itself makes, to fill a store quickly."""

from __future__ import annotations

from publisher.storage import Store


def numbers_to(store: Store, last: int) -> str:
    """A table `s` with a column `n` from 1 to `last`, for a FROM clause."""
    if store.database.is_sqlite:
        return (
            "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s"
            f" WHERE n < {last}) SELECT n FROM s)"
        )
    return f"generate_series(1, {last}) AS s(n)"
