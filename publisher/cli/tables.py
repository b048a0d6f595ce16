"""A table as a person reads it: columns side by side, as wide as what stands in them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

_GAP = "  "
_NARROWEST = 8  # columns of a terminal; below that, folding helps nobody
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"  # ECMA-48 section 8.3.117


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Answer a person on stdout. A pipe gets one line a row; on a terminal wide cells are folded.

    What a cell says is shown as text: none of its signs has a say about the terminal.
    """
    terminal = sys.stdout.isatty()
    table = [[_plain(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(_width, column)) for column in zip_longest(*table, fillvalue="")]
    if terminal:
        import shutil  # noqa: PLC0415 - takes a while, and nobody sees what cron asks for

        widths = _fitting(widths, shutil.get_terminal_size().columns)
    head, *body = ([*_lines(row, widths)] for row in table)
    if terminal and os.environ.get("TERM", "dumb") != "dumb":
        head = [f"{_BOLD}{line}{_PLAIN}" for line in head]
    print("\n".join(line for lines in (head, *body) for line in lines), flush=True)  # noqa: T201


def _plain(cell: object) -> str:
    return "" if cell is None else str(cell).translate(_CONTROLS)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from publisher.digest.lines import columns  # noqa: PLC0415 - most tables need no more than above

    return columns(text)


def _fitting(widths: list[int], room: int) -> list[int]:
    """These widths, the widest made narrower until all of them fit."""
    room -= len(_GAP) * (len(widths) - 1)
    widths = widths[:]
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The lines that a row takes."""
    cells = [[*_fold(cell, width)] for cell, width in zip(row, widths, strict=False)]
    for parts in zip_longest(*cells, fillvalue=""):
        padded = (
            part + " " * (width - _width(part)) for part, width in zip(parts, widths, strict=False)
        )
        yield _GAP.join(padded).rstrip()


def _fold(text: str, width: int) -> Iterator[str]:
    """Pieces of at most this width, parted at a blank where there is one."""
    while _width(text) > width:
        end = min(len(text), width)
        while end > 1 and _width(text[:end]) > width:
            end -= 1
        blank = text.rfind(" ", 0, end + 1)
        if text[: blank + 1].strip():
            end = blank
        yield text[:end].rstrip()
        text = text[end:].lstrip()
    yield text
