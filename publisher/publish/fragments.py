"""Items of feeds, each rendered and checked once: for all feeds of a run, and from run to run.

What a file was filled with is written down beside its fingerprint: the fingerprint and the length
of each item. As long as nobody was at the file, an item whose entry is as it was is taken from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from publisher.feeds import Layout
from publisher.model import FeedFormat, Publication
from publisher.publish.hands import in_portions, share_out
from publisher.storage import read_words

HELD = 6000  # items in memory
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


class Wanted(NamedTuple):
    """An entry (its id, and its words as the store has them), and the formats of its items."""

    key: str
    text: str
    forms: tuple[FeedFormat, ...]


class Batch(NamedTuple):
    """The items of entries (ids) in one format; `is_checked`: nothing is to be said about any."""

    form: FeedFormat
    keys: list[str]
    items: list[bytes]
    is_checked: bool


Render = Callable[[Sequence[Wanted]], list[Batch]]


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
        return len(self.made) >= HELD

    def trim(self) -> None:
        """Let go of them if they are many: where many feeds are made, memory must not grow."""
        if len(self.made) > HELD:
            self.clear()

    def clear(self) -> None:
        """Let go of all of them."""
        self.made.clear()
        self.checked.clear()

    def missing(self, parts: Iterable[Parts]) -> dict[str, tuple[FeedFormat, ...]]:
        """Of which entries (ids), and in which formats, some files need items that are not made.

        Where there is more than can be held nothing is kept, and who makes a file makes its items.
        """
        wanted: set[tuple[FeedFormat, str]] = set()
        for one in parts:
            wanted.update((one.form, key) for key in one.ids)
            if len(wanted) > HELD:
                self.clear()
                return {}
        if len(wanted | self.made.keys()) > HELD:
            self.clear()
        forms: dict[str, tuple[FeedFormat, ...]] = {}
        for form, key in sorted(wanted - self.made.keys()):
            forms[key] = (*forms.get(key, ()), form)
        return forms

    def make_all(
        self,
        parts: Iterable[Parts],
        load_texts: Callable[[Iterable[str]], Mapping[str, str]],
        render: Render,
        prepare: Callable[[], None],
    ) -> None:
        """Make what some files are made from, by several processes, unless that is little.

        `load_texts` gives the words of entries by id, as the store has them.
        """
        forms = self.missing(parts)
        if len(forms) < _MANY:
            return

        def portions() -> Iterator[list[Wanted]]:
            for keys in in_portions(list(forms), _PORTION):
                texts = load_texts(keys)
                yield [Wanted(key, texts[key], forms[key]) for key in keys]

        for batches in share_out(render, portions(), many=True, prepare=prepare):
            self.take(batches)

    def take(self, batches: Iterable[Batch]) -> None:
        """Keep items that were made elsewhere."""
        for form, keys, items, is_checked in batches:
            made = {(form, key): item for key, item in zip(keys, items, strict=True)}
            self.made |= made
            if is_checked:
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


def prepare_items() -> None:
    """Import what making items takes; else it is when the first is made."""
    from publisher.checks import feeds  # noqa: F401, PLC0415
    from publisher.feeds import generator  # noqa: F401, PLC0415
    from publisher.storage.records import form  # noqa: PLC0415

    form()


def render_batches(publication: Publication, wanted: Sequence[Wanted]) -> list[Batch]:
    """Items for feeds that are no podcasts, one format after another.

    They are checked as they would follow each other in a feed of everything.
    """
    from publisher.checks.feeds import check_feed  # noqa: PLC0415
    from publisher.feeds import (  # noqa: PLC0415
        choose_feeds,
        describe_items,
        render_frame,
        render_items,
    )

    entries = {one.key: read_words(one.text) for one in wanted}
    in_order = sorted(wanted, key=lambda one: entries[one.key].published, reverse=True)
    whole = [entries[one.key] for one in in_order]
    described = dict(
        zip((one.key for one in in_order), describe_items(whole, publication), strict=True)
    )
    (everything,) = choose_feeds((), publication, len(wanted))
    batches = []
    for form in dict.fromkeys(form for one in wanted for form in one.forms):
        keys = [one.key for one in in_order if form in one.forms]
        some = tuple(entries[key] for key in keys)
        items = render_items([described[key] for key in keys], form, is_podcast=False)
        feed = replace(everything, entries=some)
        findings = check_feed(render_frame(feed, publication, form).fill(items), form, "")
        batches.append(Batch(form, keys, items, is_checked=not findings))
    return batches
