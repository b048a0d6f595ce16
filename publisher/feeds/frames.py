"""A feed's file with room for its items, so that an item is rendered once for all its feeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from publisher.valueclass import valueclass


class Layout(NamedTuple):
    """Where the items stand in a file: how long is what is before them, between two, and each."""

    start: int
    between: int
    items: Sequence[int]

    def cut(self, data: bytes) -> list[bytes]:
        """The items out of the file."""
        found, at = [], self.start
        for length in self.items:
            found.append(data[at : at + length])
            at += length + self.between
        return found


@valueclass(kw_only=False)
class Frame:
    """The bytes before and behind the items, and what stands between two of them."""

    start: bytes
    end: bytes
    between: bytes = b""

    def fill(self, items: Iterable[bytes]) -> bytes:
        """The whole file."""
        return self.start + self.between.join(items) + self.end

    def layout(self, items: Iterable[bytes]) -> Layout:
        """Where they stand in it."""
        return Layout(len(self.start), len(self.between), [len(item) for item in items])
