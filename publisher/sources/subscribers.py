"""Subscribers from a CSV file as spreadsheets write them, row by row, each with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.audience import parse_address, parse_topics
from publisher.errors import AddressError, UsageError
from publisher.model import EVERYTHING, Selection

_COLUMNS = {
    "address": ("address", "email", "e-mail", "email address", "mail"),
    "name": ("name", "full name"),
    "newsletter": ("newsletter", "newsletters", "list", "lists"),
    "topics": ("topics", "topic"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: what it asks for, or the problem it has. `line` counts from 1, the header too."""

    line: int
    address: str = ""
    name: str = ""
    newsletters: tuple[str, ...] = ()
    topics: Selection = EVERYTHING
    problem: AddressError | UsageError | None = None


def read_subscribers(path: Path, data: bytes | None = None) -> Iterator[Row]:
    """The rows of a CSV file, or of `data` if it was read already.

    The first row names the columns, of which only the address must be there; comma, semicolon
    and tab divide cells. Raises UsageError where the file as a whole can't be used.
    """
    text = _decode(path, data)
    first = text.partition("\n")[0]
    divider = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=divider)
    columns = _columns(path, reader.fieldnames or ())
    try:
        for cells in reader:
            if any(isinstance(cell, str) and cell.strip() for cell in cells.values()):
                yield _row(reader.line_num, {k: cells.get(v) or "" for k, v in columns.items()})
    except csv.Error as err:
        raise UsageError(
            f"is not CSV: {err}", path=str(path), line=reader.line_num, mend="save it as CSV again"
        ) from None


def _row(line: int, cells: dict[str, str]) -> Row:
    try:
        return Row(
            line=line,
            address=parse_address(cells["address"].strip()),
            name=" ".join(cells.get("name", "").split()),
            newsletters=tuple(cells.get("newsletter", "").split()),
            topics=parse_topics(cells.get("topics", "").split()),
        )
    except (AddressError, UsageError) as err:
        return Row(line=line, problem=err)


def _columns(path: Path, names: Iterable[str]) -> dict[str, str]:
    given = {str(name).strip().lower(): str(name) for name in names if name}
    found = {
        column: given[alias]
        for column, aliases in _COLUMNS.items()
        for alias in aliases
        if alias in given
    }
    if "address" not in found:
        raise UsageError(
            "has no column named address",
            path=str(path),
            line=1,
            mend="the first row must name the columns: address,name,newsletter,topics",
        )
    return found


def _decode(path: Path, data: bytes | None) -> str:
    try:
        return (path.read_bytes() if data is None else data).decode("utf-8-sig")
    except OSError as err:
        raise UsageError(f"can't be read: {err.strerror}", path=str(path)) from None
    except UnicodeDecodeError as err:
        line = err.object.count(b"\n", 0, err.start) + 1
        raise UsageError(
            "is not UTF-8", path=str(path), line=line, mend="save it as CSV in UTF-8"
        ) from None
