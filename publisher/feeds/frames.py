"""A feed's file with room for its items, so that an item is rendered once for all its feeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes before and behind the items, and what stands between two of them."""

    start: bytes
    end: bytes
    between: bytes = b""

    def fill(self, items: Iterable[bytes]) -> bytes:
        """The whole file."""
        return self.start + self.between.join(items) + self.end
