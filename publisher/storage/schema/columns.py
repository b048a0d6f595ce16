"""What all tables have in common: their metadata, kinds of columns, and indexes of some rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Index,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
    event,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as seconds since 1970 in UTC: one form for both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Python to database."""
        return seconds_of(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Database to Python."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


def seconds_of(value: datetime | None) -> int | None:
    """A moment as it is kept."""
    if value is None:
        return None
    assert value.tzinfo is not None, "a moment without a time zone could be any"
    return int(value.timestamp())


# SQLite gives out row ids by itself only for a column of exactly this type.
Id = BigInteger().with_variant(Integer, "sqlite")


def index_some(name: str, *columns: Column[Any], where: ColumnElement[bool]) -> None:
    """Index the few rows of which `where` is true.

    Only where tables are made: that an index names a dialect imports all drivers of that dialect.
    """

    def index(table: Table, connection: Connection, **_: Any) -> None:
        for one in [one for one in table.indexes if one.name == name]:
            table.indexes.remove(one)
        words: dict[str, Any] = {f"{connection.dialect.name}_where": where}
        Index(name, *columns, **words)

    event.listen(columns[0].table, "before_create", index)


def leave_room(table: Table, percent: int) -> None:
    """Fill pages of this table so far only, in PostgreSQL.

    A row that changes stays on its page, and in its indexes, if there is room for both.
    """

    def set_it(_table: Table, connection: Connection, **_: Any) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"ALTER TABLE {table.name} SET (fillfactor = {percent})")

    event.listen(table, "after_create", set_it)
