"""Makes again only what differs from the last run: what is made from something else, what is gone.

A file stays as it is if the store has for it the fingerprint that it would have now, and the stamp
that it has. So whatever a crash leaves out of the store, or somebody does to the folder, costs
work and nothing else. Where there is much to make, as many processes make it as there are cores.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from math import ceil
from pathlib import Path
from typing import NamedTuple, TypeAlias

from publisher.cores import usable_cores
from publisher.model import Entry, FeedFormat, Finding
from publisher.output import Output
from publisher.publish.fragments import Batch as ItemBatch
from publisher.publish.fragments import Items, Parts, Render, Wanted
from publisher.publish.hands import in_portions, share_out
from publisher.publish.progress import Advance
from publisher.publish.report import Report
from publisher.storage import Store, Written, read_words

_FEW = 50  # files that one process makes and that wait for the disk together, where there are few
_MOST = 500  # the same where there are many; more, and whoever is last is last by much
_MANY = 100  # files from which on starting processes pays
_LISTED = 20_000  # files to be made that are known at a time
_TOGETHER = 100  # files that are rendered before the first of them is written
_HELD = 2000  # entries in memory at most, so that a long archive costs no more than a short one

_Forms: TypeAlias = Mapping[str, tuple[FeedFormat, ...]]  # formats of items, by id of the entry


class Piece(NamedTuple):
    """A file to be made: from what, from which entries (ids), and how; None: leave the old one.

    Its fingerprint is asked for where there is one to compare it with, and when it is made.
    `parts` says of a feed's file what its items are made from, if they may be kept.
    """

    path: str
    fingerprint: Callable[[], str]
    entries: tuple[str, ...]
    make: Callable[[], bytes | None]
    parts: Parts | None = None


class Batch(NamedTuple):
    """Some pieces, by number, and the words of their entries as the store has them."""

    first: int
    end: int
    words: Mapping[str, str]


class Made(NamedTuple):
    """What came of a batch: each file by path, and items of files that are made later.

    There is no fingerprint, but "", where the file is to be made again next time.
    """

    files: dict[str, Written]
    changed: int
    findings: list[Finding]
    items: list[ItemBatch]


class Workbench:
    """The output folder and what the store knows of it.

    `words` has the entries in work, and `items` what is known of feeds' items, which `render`
    makes. `ready` does what every process would have to do first, before there are any;
    `meanwhile` is done here, at times while others are at work.
    """

    def __init__(
        self,
        output: Output,
        store: Store,
        report: Report,
        items: Items,
        *,
        render: Render,
        ready: Callable[[], None],
        meanwhile: Callable[[], object],
        there: Mapping[str, str] | None = None,
        full: bool,
    ) -> None:
        self.words: dict[str, Entry] = {}
        self.items = items
        self._output = output
        self._store = store
        self._report = report
        self._render = render
        self._ready = ready
        self._meanwhile = meanwhile
        self._there = output.stamps() if there is None else there
        self._remembered = store.outputs.known()
        self._known = {} if full else self._remembered
        self._kept: set[str] = set()
        self._made: dict[str, Written] = {}
        self._doubtful: set[str] = set()

    def keep(self, path: str) -> None:
        """Say that this file is wanted, whether or not we succeed in making it."""
        self._kept.add(path)

    def make(
        self,
        pieces: Iterable[Piece],
        *,
        later: Sequence[Piece] = (),
        advance: Advance = lambda _done: None,
    ) -> None:
        """Make those of the files that differ, by several processes where there are many.

        In no order: what has to come after is for a later call. Of feeds that are made `later` the
        items are made now, where several processes read the words of their entries. `advance` is
        told of each file that is done.
        """
        differing = self._differing(pieces, advance)
        while some := list(islice(differing, _LISTED)):
            many = len(some) > _MANY
            self._recall(some)
            load = self._store.catalogue.load_texts
            self.items.make_all(_parts(some), load, self._render, self._ready)
            forms: _Forms = {}
            if many:
                self._output.clean()
                feeds = list(self._differing(later))
                self._recall(feeds)
                forms = self.items.missing(_parts(feeds))
            work = partial(self._make_batches, some, forms)
            # Each of these waits for the disk, so there are as many as processes, and seldom more.
            size = min(max(ceil(len(some) / usable_cores()), _FEW), _MOST)
            for made in share_out(
                work,
                self._batches(some, size),
                many=many,
                prepare=self._ready,
                meanwhile=self._do_meanwhile if many else self.remember,
            ):
                for one in made:
                    self._take(one)
                    advance(len(one.files))

    def _do_meanwhile(self) -> None:
        self.remember()
        self._meanwhile()

    def _differing(
        self, pieces: Iterable[Piece], advance: Advance = lambda _done: None
    ) -> Iterator[Piece]:
        for piece in pieces:
            if self._differs(piece.path, piece.fingerprint):
                yield piece
            else:
                advance(1)

    def _batches(self, pieces: Sequence[Piece], size: int) -> Iterator[list[Batch]]:
        for first in range(0, len(pieces), size):
            end = first + size
            wanted = {key for piece in pieces[first:end] for key in self._unmade(piece)}
            yield [Batch(first, end, self._store.catalogue.load_texts(wanted))]

    def _recall(self, pieces: Iterable[Piece]) -> None:
        """Take from the old files what need not be rendered again, as far as it can be held."""
        old = {
            piece.path: piece.parts
            for piece in pieces
            if piece.parts and self._is_untouched(piece.path)
        }
        for some in in_portions(list(old), _FEW):
            if self.items.is_full:
                return
            for path, note in self._store.outputs.parts(some).items():
                data = self._output.read(path, self._there[path])
                if data is not None:
                    self.items.recall(old[path], note, data)

    def _is_untouched(self, path: str) -> bool:
        """Whether a file is there as the last run left it."""
        known = self._known.get(path)
        return known is not None and known[1] == self._there.get(path)

    def _unmade(self, piece: Piece) -> Iterable[str]:
        """The entries of which it takes the words."""
        if piece.parts is None:
            return piece.entries
        form, made = piece.parts.form, self.items.made
        return [key for key in piece.entries if (form, key) not in made]

    def _make_batches(
        self, pieces: Sequence[Piece], forms: _Forms, batches: Sequence[Batch]
    ) -> list[Made]:
        return [self._make(pieces[one.first : one.end], one.words, forms) for one in batches]

    def _make(self, pieces: Sequence[Piece], texts: Mapping[str, str], forms: _Forms) -> Made:
        """What each hand does, in any process; it leaves nothing behind here but `words`.

        Of entries whose page is among the pieces it makes the items in these `forms`.
        """
        if len(self.words) + len(texts) > _HELD:
            self.words.clear()
        new = texts.keys() - self.words.keys()
        self.words.update((key, read_words(texts[key])) for key in new)
        found = self._report.findings
        began = len(found)
        fingerprints: dict[str, str] = {}
        # A processor that goes on doing the same is a sixth faster than one to and fro.
        rendered = (
            one
            for some in in_portions(pieces, _TOGETHER)
            for one in list(self._rendered(some, fingerprints))
        )
        changed = len(self._output.replace_all(rendered, len(pieces)))
        files = {
            path: Written(print_, self._output.stamp(path), self.items.notes.pop(path, ""))
            for path, print_ in fingerprints.items()
        }
        self.items.trim()
        said, found[began:] = found[began:], []
        wanted = [
            Wanted(key, texts[key], forms[key])
            for key, *others in (piece.entries for piece in pieces if piece.entries)
            if key in forms and not others
        ]
        return Made(files, changed, said, self._render(wanted) if wanted else [])

    def _rendered(
        self, pieces: Iterable[Piece], fingerprints: dict[str, str]
    ) -> Iterator[tuple[str, bytes]]:
        """Each file that may leave, as it is made; `fingerprints` gets those of all."""
        found = self._report.findings
        for piece in pieces:
            before = len(found)
            data = piece.make()
            # What there was something to say about is made, and said, again next time.
            good = data is not None and len(found) == before
            fingerprints[piece.path] = piece.fingerprint() if good else ""
            if data is not None:
                yield piece.path, data

    def _take(self, made: Made) -> None:
        """Note what was made. What several processes came upon is said once."""
        self.items.take(made.items)
        self._report.written += made.changed
        self._report.findings += [one for one in made.findings if one not in self._report.findings]
        for path, written in made.files.items():
            self._record(path, written)

    def copy(self, path: str, source: Path, fingerprint: str) -> None:
        """Copy a file, unless it is known to be the same; "" as fingerprint: look."""
        if not fingerprint or self._differs(path, lambda: fingerprint):
            self._report.written += self._output.copy(path, source)
            self._record(path, Written(fingerprint, self._output.stamp(path)))

    def remember(self, forgotten: Iterable[str] = ()) -> None:
        """Tell the store what was made by now, and what it is to know no more of."""
        self._store.outputs.save(self._made, forgotten)
        self._made = {}

    def finish(self) -> None:
        """Tell it what was made in all, and what is gone; also of a run that fails half-way."""
        gone = self._remembered.keys() - self._kept
        self.remember(gone | (self._doubtful & self._remembered.keys()))

    def remove(self, ours: re.Pattern[str]) -> None:
        """Remove the files of ours that nothing makes any more: by their path, or made before."""
        for path in sorted(self._there.keys() - self._kept):
            if ours.fullmatch(path) or path in self._remembered:
                self._report.removed += self._output.remove(path)

    def _differs(self, path: str, fingerprint: Callable[[], str]) -> bool:
        self._kept.add(path)
        known = self._known.get(path)
        return known is None or known != (fingerprint(), self._there.get(path))

    def _record(self, path: str, written: Written) -> None:
        if written.fingerprint:
            self._made[path] = written
        else:
            self._doubtful.add(path)


def _parts(pieces: Iterable[Piece]) -> list[Parts]:
    return [piece.parts for piece in pieces if piece.parts]
