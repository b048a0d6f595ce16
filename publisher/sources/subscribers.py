"""Lists of subscribers as CSV: read row by row whoever wrote them, written so that nothing is lost.

However long a list is, only a row of it is in memory.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from publisher.audience import write_topics
from publisher.errors import AddressError, UsageError
from publisher.model import Consent, Subscriber, Subscription
from publisher.sources.list_cells import write_cell, write_consents, write_moment
from publisher.sources.list_formats import COLUMNS, Format, Row, find_format


class SubscriberList:
    """An open list: whose `format` it is, and its `rows`, each read when it is asked for."""

    def __init__(self, path: Path, text: IO[str]) -> None:
        self._path = path
        first = text.readline()
        text.seek(0)
        self._reader = csv.reader(text, delimiter=max(",;\t", key=first.count))
        self._names = [name.strip().lower() for name in self._next() or ()]
        self.format = self._find()

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty, used or not. Raises UsageError where it is no CSV."""
        while (cells := self._next()) is not None:
            if any(cell.strip() for cell in cells):
                yield self._row(cells)

    def _row(self, cells: Sequence[str]) -> Row:
        line = self._reader.line_num
        filled = [*cells, *[""] * (len(self._names) - len(cells))]
        try:
            # Of two columns of one name the first counts; of cells without a column none does.
            pairs = list(zip(self._names, filled, strict=False))
            return self.format.read(dict(reversed(pairs)), line)
        except (AddressError, UsageError) as err:
            return Row(line=line, problem=err)

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as err:
            raise UsageError(
                f"is not CSV: {err}",
                path=str(self._path),
                line=self._reader.line_num,
                mend="save it as CSV again",
            ) from None

    def _find(self) -> Format:
        found = find_format(frozenset(self._names))
        if found is None:
            raise UsageError(
                "has no column named address",
                path=str(self._path),
                line=1,
                mend="the first row must name the columns: address,name,newsletter,topics",
            )
        return found


@contextmanager
def open_subscribers(path: Path, stream: BinaryIO | None = None) -> Iterator[SubscriberList]:
    """Open a list in a file, or the one that comes through `stream`; comma, semicolon and tab
    divide cells.

    It is looked through once before the first row is read, so that a list in a wrong encoding is
    refused whole. Raises UsageError where the file as a whole can't be used.
    """
    try:
        file = _kept(stream) if stream is not None else path.open("rb")
    except OSError as err:
        raise UsageError(f"can't be read: {err.strerror}", path=str(path)) from None
    with file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        _demand_utf8(path, file)
        yield SubscriberList(path, text)


class Exported(Protocol):
    """What a list needs to know of a person."""

    @property
    def subscriber(self) -> Subscriber: ...
    @property
    def source(self) -> str: ...
    @property
    def added(self) -> datetime: ...
    @property
    def subscriptions(self) -> Sequence[Subscription]: ...
    @property
    def consents(self) -> Sequence[Consent]: ...


def write_subscribers(people: Iterable[Exported], file: IO[str]) -> int:
    """Write a list that `open_subscribers` reads back whole; how many people are in it.

    One row for each subscription. Every cell is quoted: a spreadsheet that divides cells by
    semicolons must not find new ones.
    """
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, person in enumerate(people, 1):  # noqa: B007 - it is the answer
        writer.writerows(_rows(person))
    return count


def _rows(person: Exported) -> Iterator[list[str]]:
    subscriptions: Sequence[Subscription | None] = person.subscriptions or (None,)
    own = {one.newsletter for one in person.subscriptions}
    # Consents to newsletters that the person no longer gets stand in the first row.
    lost = [one for one in person.consents if one.newsletter not in own]
    for number, subscription in enumerate(subscriptions):
        mine = [
            one
            for one in person.consents
            if subscription is not None and one.newsletter == subscription.newsletter
        ]
        yield _cells(person, subscription, mine if number else lost + mine)


def _cells(
    person: Exported, subscription: Subscription | None, consents: Sequence[Consent]
) -> list[str]:
    who = person.subscriber
    chosen = ["", "", "", "", ""]
    if subscription is not None:
        choice = subscription.choice
        chosen = [
            subscription.newsletter,
            " ".join(write_topics(choice.topics)),
            choice.frequency.value,
            choice.timezone,
            write_moment(subscription.paused_until),
        ]
    return [
        write_cell(who.address),
        write_cell(who.name),
        who.language,
        *chosen,
        write_moment(person.added),
        write_cell(person.source),
        write_consents(consents),
    ]


def _kept(stream: BinaryIO) -> IO[bytes]:
    """What comes through a pipe, on the disk: it has to be looked through twice."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    shutil.copyfileobj(stream, kept)
    kept.seek(0)
    return kept


def _demand_utf8(path: Path, file: IO[bytes]) -> None:
    try:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                raise UsageError(
                    "is not UTF-8", path=str(path), line=number, mend="save it as CSV in UTF-8"
                ) from None
    except OSError as err:  # a folder, a disk that fails
        raise UsageError(f"can't be read: {err.strerror}", path=str(path)) from None
    file.seek(0)
