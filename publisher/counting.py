"""A number with its noun, as a person says it."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """`number` of them: "1 entry", "1,200 entries"; `many` is for what takes more than an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
