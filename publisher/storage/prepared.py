"""Statements that are put to a database again and again: written once, then past SQLAlchemy.

To write one anew for each call, and to look at each of its values, takes longer than the database
does. So values are such as the driver takes: moments as seconds, states as words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Executable,
    Insert,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles


class Prepared:
    """The statements of one database, which are to be the same objects each time."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._written: dict[Any, _Written] = {}

    def run(
        self, connection: Connection, statement: Executable, values: Mapping[str, Any]
    ) -> CursorResult[Any]:
        """The statement with these values for what it leaves open."""
        words, order, constants = self._write(statement, None)
        values = {**constants, **values}
        given = values if order is None else order(values)
        return connection.exec_driver_sql(words, given)

    def run_many(
        self, connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]
    ) -> int:
        """The statement for each of these rows; of an INSERT the columns are those of the first.

        How many rows were changed, where it is an UPDATE.
        """
        columns = [*rows[0]] if isinstance(statement, Insert) else None
        words, order, constants = self._write(statement, columns)
        if constants:
            rows = [{**constants, **row} for row in rows]
        given = list(rows) if order is None else [order(row) for row in rows]
        return connection.exec_driver_sql(words, given).rowcount

    def run_for(
        self,
        connection: Connection,
        statement: Executable,
        numbers: Sequence[int],
        values: Mapping[str, Any],
    ) -> int:
        """The statement, with `Numbered`, for all these numbers; how many rows were changed."""
        if self._dialect.name == "sqlite":
            rows = [{**values, "number": number} for number in numbers]
            return self.run_many(connection, statement, rows)
        found = self.run(connection, statement, {**values, "number": as_array(numbers)})
        return found.rowcount

    def _write(self, statement: Any, columns: list[str] | None) -> _Written:
        if statement not in self._written:
            made = statement.compile(dialect=self._dialect, column_keys=columns)
            constants = {name: value for name, value in made.params.items() if value is not None}
            order = made.positiontup
            take = None if order is None else _taker(order)
            self._written[statement] = _Written(str(made), take, constants)
        return self._written[statement]


class _Written(NamedTuple):
    """A statement in the database's own words; `order` takes its values out of their names."""

    words: str
    order: Any
    constants: dict[str, Any]


def _taker(names: Sequence[str]) -> Any:
    if len(names) == 1:
        return lambda values: (values[names[0]],)
    return itemgetter(*names) if names else lambda _values: ()


class Numbered(ColumnElement[bool]):
    """Whether a column is the number that is bound as `number`, or one of many of them.

    For `Prepared.run_for`, which has a server look for all of them at once, as one array: to bind
    each of a hundred, or to have the driver look at each, takes longer than to find its row.
    SQLite, which is in our process, is asked for one after another.
    """

    inherit_cache = False

    def __init__(self, column: ColumnElement[int]) -> None:
        self.column = column
        self.number: ColumnElement[Any] = bindparam("number")


@compiles(Numbered)
def _is_number(element: Numbered, compiler: Any, **words: Any) -> str:
    column, number = (compiler.process(one, **words) for one in (element.column, element.number))
    return f"{column} = {number}"


@compiles(Numbered, "postgresql")
def _is_one_of_numbers(element: Numbered, compiler: Any, **words: Any) -> str:
    column, number = (compiler.process(one, **words) for one in (element.column, element.number))
    return f"{column} = ANY (CAST({number} AS BIGINT[]))"


def as_array(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, numbers)) + "}"
