"""The last look at the articles as it was noted, to tell what differs from it.

It stands in blocks of lines: of a hundred thousand, an edit compares and writes few again. What
says that they are all as they were is a note of its own, and that alone is torn out when an
article changes in the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from publisher.storage import Store

_BLOCK = 1000  # lines


class Looked:
    """The note of the last look beside what is seen now: `lines`.

    It `holds` if it was taken by the rules that `recipe` names, and no article has changed since.
    """

    def __init__(self, store: Store, recipe: str, lines: Sequence[str]) -> None:
        self._notebook = store.notebook
        self._recipe = recipe
        self._now = _blocks(lines)
        head, self._blocks = store.notebook.read_blocks()
        self.holds = head == self._head(self._blocks)

    @property
    def is_same(self) -> bool:
        """Whether all is just as it was."""
        return self.holds and self._now == self._blocks

    def differing(self) -> tuple[list[str], list[str]]:
        """The lines that are seen now, and those of the note, without the blocks that both have."""
        new: list[str] = []
        old: list[str] = []
        for block, before in zip_longest(self._now, self._blocks):
            if block != before:
                new += _lines(block)
                old += _lines(before)
        return new, old

    def write(self, lines: Sequence[str]) -> None:
        """Note these lines for the next run to compare with."""
        blocks = _blocks(lines)
        pairs = enumerate(zip_longest(blocks, self._blocks))
        changed = {number: block for number, (block, before) in pairs if block != before}
        self._notebook.write_blocks(self._head(blocks), changed)

    def _head(self, blocks: Sequence[str]) -> str:
        return f"{self._recipe} {len(blocks)}"


def _lines(block: str | None) -> list[str]:
    return block.split("\n") if block else []


def _blocks(lines: Sequence[str]) -> list[str]:
    return ["\n".join(lines[at : at + _BLOCK]) for at in range(0, len(lines), _BLOCK)]
