"""Items of feeds, each rendered and checked once: for all feeds of a run, and from run to run.

What a file was filled with is written down beside its fingerprint: the fingerprint and the length
of each item. As long as nobody was at the file, an item whose entry is as it was is taken from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from publisher.feeds import Layout
from publisher.model import Entry, FeedFormat
from publisher.publish.hands import in_portions, share_out
from publisher.storage import read_words

_HELD = 6000  # items in memory
_MANY = 100  # entries from which on other processes make their items
_PORTION = 50  # entries of which one process makes the items before it asks for more


class Parts(NamedTuple):
    """What the items of a file are made from: the rules, and of each entry its id and fingerprint.

    Under the same rules, and in the same format, an entry with the same fingerprint is the same
    item in every file.
    """

    rules: str
    form: FeedFormat
    ids: Sequence[str]
    prints: Sequence[str]


class Rendered(NamedTuple):
    """The items of some entries in one format; `is_checked`: there is nothing to say about any."""

    items: list[bytes]
    is_checked: bool


class _Wanted(NamedTuple):
    """An entry (its id, and its words as the store has them), and the formats of its items."""

    key: str
    text: str
    forms: tuple[FeedFormat, ...]


class _Batch(NamedTuple):
    """Items of one format, of entries by id."""

    form: FeedFormat
    keys: tuple[str, ...]
    rendered: Rendered


class Items:
    """The items that are known by now, by format and id of the entry.

    Those that are `checked` have nothing in them that there would be something to say about;
    `notes` has for the next run, by path, what the files of this one were filled with.
    """

    def __init__(self) -> None:
        self.made: dict[tuple[FeedFormat, str], bytes] = {}
        self.checked: set[tuple[FeedFormat, str]] = set()
        self.notes: dict[str, str] = {}

    @property
    def is_full(self) -> bool:
        """Whether there are as many as memory has room for."""
        return len(self.made) >= _HELD

    def trim(self) -> None:
        """Let go of them if they are many: where many feeds are made, memory must not grow."""
        if len(self.made) > _HELD:
            self.clear()

    def clear(self) -> None:
        """Let go of all of them."""
        self.made.clear()
        self.checked.clear()

    def make_all(
        self,
        parts: Iterable[Parts],
        load_texts: Callable[[Iterable[str]], Mapping[str, str]],
        render: Callable[[FeedFormat, Sequence[Entry]], Rendered],
        prepare: Callable[[], None],
    ) -> None:
        """Make what some files are made from, by several processes, unless that is little.

        Where there is more than can be held nothing is kept, and who makes a file makes its items.
        `load_texts` gives the words of entries by id, as the store has them.
        """
        wanted: set[tuple[FeedFormat, str]] = set()
        for one in parts:
            wanted.update((one.form, key) for key in one.ids)
            if len(wanted) > _HELD:
                self.clear()
                return
        if len(wanted | self.made.keys()) > _HELD:
            self.clear()
        forms: dict[str, tuple[FeedFormat, ...]] = {}
        for form, key in sorted(wanted - self.made.keys()):
            forms[key] = (*forms.get(key, ()), form)
        if len(forms) < _MANY:
            return

        def work(some: Sequence[_Wanted]) -> list[_Batch]:
            return list(_rendered(some, render))

        def portions() -> Iterator[list[_Wanted]]:
            for keys in in_portions(list(forms), _PORTION):
                texts = load_texts(keys)
                yield [_Wanted(key, texts[key], forms[key]) for key in keys]

        for batches in share_out(work, portions(), many=True, prepare=prepare):
            for form, keys, rendered in batches:
                made = {(form, key): one for key, one in zip(keys, rendered.items, strict=True)}
                self.made |= made
                if rendered.is_checked:
                    self.checked |= made.keys()

    def note(self, path: str, parts: Parts, layout: Layout) -> None:
        """Write down for the next run how this file was filled."""
        filled = [parts.rules, parts.prints, layout]
        self.notes[path] = json.dumps(filled, separators=(",", ":"))

    def recall(self, parts: Parts, note: str, data: bytes) -> None:
        """Take from a file of the last run (`data`, filled as its note says) what is as it was.

        Only what was written without any finding has such a note.
        """
        rules, prints, layout = json.loads(note)
        if rules != parts.rules:
            return
        old = dict(zip(prints, Layout(*layout).cut(data), strict=True))
        for key, print_ in zip(parts.ids, parts.prints, strict=True):
            item = old.get(print_)
            if item is not None:
                self.made[parts.form, key] = item
                self.checked.add((parts.form, key))


def _rendered(
    some: Sequence[_Wanted], render: Callable[[FeedFormat, Sequence[Entry]], Rendered]
) -> Iterator[_Batch]:
    """The items that are wanted, one format after another, each as they would follow in a feed."""
    entries = {one.key: read_words(one.text) for one in some}
    in_order = sorted(some, key=lambda one: entries[one.key].published, reverse=True)
    for form in dict.fromkeys(form for one in some for form in one.forms):
        keys = tuple(one.key for one in in_order if form in one.forms)
        yield _Batch(form, keys, render(form, [entries[key] for key in keys]))
