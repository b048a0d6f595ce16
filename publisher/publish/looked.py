"""The last look at the articles as it was noted, to tell what differs from it.

It stands in blocks of lines: of a hundred thousand, an edit compares and writes few again. What
says that they are all as they were is a note of its own, and that alone is torn out when an
article changes in the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import zip_longest
from typing import NamedTuple

from publisher.errors import ArticleError
from publisher.storage import Store

_BLOCK = 1000  # lines
_AGAIN = "?"  # in place of a stamp: to be looked into next time, whatever the folder says


class News(NamedTuple):
    """What differs: lines that may be news, paths that are no longer there, or known anew.

    `again` has the paths of those that were known, and not by the stamp that they have now.
    """

    changed: list[str]
    vanished: list[str]
    again: set[str]


class Looked:
    """The note of the last look beside what is seen now: `lines`.

    It `holds` if it was taken by the rules that `recipe` names, and no article has changed since.
    """

    def __init__(self, store: Store, recipe: str, lines: list[str]) -> None:
        self._store = store
        self._notebook = store.notebook
        self._recipe = recipe
        self._lines = lines
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

    def news(self, problems: Iterable[ArticleError], *, full: bool) -> News:
        """What is to be read, and what is gone; `full`: all is to be read.

        What a problem stands in the way of is there, with a line or without one.
        """
        if self.holds:
            lines, last = self.differing()
        else:
            looks = self._store.catalogue.looks(self._recipe)
            lines = self._lines
            last = [f"{path}\t{stamp or _AGAIN}" for path, stamp in looks]
        remembered = set(last)
        changed = self._lines if full else [line for line in lines if line not in remembered]
        old = [path_of(line) for line in remembered.difference(lines)]
        there = {path_of(line) for line in (changed if old else ())}
        there.update(problem.path for problem in problems)
        closed = tuple(one.path for one in problems if one.path.endswith("/"))
        gone = {path for path in old if path not in there and not path.startswith(closed)}
        return News(changed, [path for path in old if path in gone], {*old} - gone)

    def keep(self, changed: Iterable[str], again: AbstractSet[str]) -> None:
        """Note this look for the next run, with the paths that are to be read `again`.

        Few of them, and seldom any, are not among the lines that may have `changed`.
        """
        if not again:
            self._write(self._now)
            return
        marked, left = _marked(changed, again)
        if left:
            more, left = _marked(self._lines, left)
            marked |= more
        lines = [marked.get(line, line) for line in self._lines] if marked else self._lines
        # What stands in the way of an article, or of a whole folder of them, has no line.
        self.write([*lines, *(f"{path}\t{_AGAIN}" for path in sorted(left))])

    def write(self, lines: Sequence[str]) -> None:
        """Note these lines for the next run to compare with."""
        self._write(_blocks(lines))

    def _write(self, blocks: Sequence[str]) -> None:
        pairs = enumerate(zip_longest(blocks, self._blocks))
        changed = {number: block for number, (block, before) in pairs if block != before}
        self._notebook.write_blocks(self._head(blocks), changed)

    def _head(self, blocks: Sequence[str]) -> str:
        return f"{self._recipe} {len(blocks)}"


def _lines(block: str | None) -> list[str]:
    return block.split("\n") if block else []


def _blocks(lines: Sequence[str]) -> list[str]:
    return ["\n".join(lines[at : at + _BLOCK]) for at in range(0, len(lines), _BLOCK)]


def path_of(line: str) -> str:
    """The path of an article in a line of a look."""
    return line.partition("\t")[0]


def _marked(lines: Iterable[str], again: AbstractSet[str]) -> tuple[dict[str, str], set[str]]:
    """Those of the lines that are of these paths, each with its mark; and paths without one."""
    paths = {line: path for line in lines if (path := path_of(line)) in again}
    marked = {line: f"{path}\t{_AGAIN}" for line, path in paths.items()}
    return marked, {*again} - {*paths.values()}
