"""Results as a table for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def show_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print the rows under their heads, right-aligned."""
    for row in (head, *rows):
        print("".join(f"{cell:>12}" for cell in row))
