"""Makes again only what differs from the last run: what is made from something else, what is gone.

A file stays as it is if the store has for it the fingerprint that it would have now, and the stamp
that it has. So whatever a crash leaves out of the store, or somebody does to the folder, costs
work and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from publisher.model import Entry
from publisher.output import Output
from publisher.publish.report import Report
from publisher.storage import Store

_BATCH = 100  # files that wait for the disk together: of their entries, each is loaded once
_HELD = 2000  # entries in memory at most, so that a long archive costs no more than a short one


class Piece(NamedTuple):
    """A file to be made: from what, from which entries (ids), and how; None: leave the old one."""

    path: str
    fingerprint: str
    entries: tuple[str, ...]
    make: Callable[[], bytes | None]


class Workbench:
    """The output folder and what the store knows of it; `words` has the entries in work."""

    def __init__(self, output: Output, store: Store, report: Report, *, full: bool) -> None:
        self.words: dict[str, Entry] = {}
        self._output = output
        self._store = store
        self._report = report
        self._there = output.stamps()
        self._remembered = store.outputs.known()
        self._known = {} if full else self._remembered
        self._kept: set[str] = set()
        self._made: dict[str, tuple[str, str]] = {}
        self._doubtful: set[str] = set()

    def keep(self, path: str) -> None:
        """Say that this file is wanted, whether or not we succeed in making it."""
        self._kept.add(path)

    def make(self, pieces: Iterable[Piece]) -> None:
        """Make those of the files that differ. In no order: what has to come after is for a
        later call.
        """
        differing = (piece for piece in pieces if self._differs(piece.path, piece.fingerprint))
        while batch := list(islice(differing, _BATCH)):
            self._load(batch)
            self._make(batch)

    def _make(self, batch: list[Piece]) -> None:
        made: dict[str, bytes] = {}
        fingerprints: dict[str, str] = {}
        for piece in batch:
            before = len(self._report.findings)
            data = piece.make()
            if data is not None:
                made[piece.path] = data
            # What there was something to say about is made, and said, again next time.
            good = data is not None and len(self._report.findings) == before
            fingerprints[piece.path] = piece.fingerprint if good else ""
        self._report.written += len(self._output.replace_all(made))
        for path, fingerprint in fingerprints.items():
            self._record(path, fingerprint)

    def copy(self, path: str, source: Path, fingerprint: str) -> None:
        """Copy a file, unless it is known to be the same; "" as fingerprint: look."""
        if self._differs(path, fingerprint):
            self._report.written += self._output.copy(path, source)
            self._record(path, fingerprint)

    def remember(self) -> None:
        """Tell the store what was made, also of a run that fails half-way."""
        gone = self._remembered.keys() - self._kept
        self._store.outputs.save(self._made, gone | (self._doubtful & self._remembered.keys()))
        self._made = {}

    def remove(self, ours: re.Pattern[str]) -> None:
        """Remove the files of ours that nothing makes any more: by their path, or made before."""
        for path in sorted(self._there.keys() - self._kept):
            if ours.fullmatch(path) or path in self._remembered:
                self._report.removed += self._output.remove(path)

    def _differs(self, path: str, fingerprint: str) -> bool:
        self._kept.add(path)
        known = self._known.get(path)
        return not fingerprint or known != (fingerprint, self._there.get(path))

    def _record(self, path: str, fingerprint: str) -> None:
        if fingerprint:
            self._made[path] = (fingerprint, self._output.stamp(path))
        else:
            self._doubtful.add(path)

    def _load(self, batch: list[Piece]) -> None:
        """Have the entries of these files in memory."""
        wanted = {key for piece in batch for key in piece.entries}
        if len(self.words) + len(wanted) > _HELD:
            self.words.clear()
        self.words.update(self._store.catalogue.load(wanted - self.words.keys()))
