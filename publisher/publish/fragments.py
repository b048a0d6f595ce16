"""Items of feeds, each rendered and checked once: for all feeds of a run, and from run to run.

What a file was filled with is written down beside its fingerprint: the fingerprint and the length
of each item. As long as nobody was at the file, an item whose entry is as it was is taken from it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from publisher.feeds import Layout
from publisher.model import FeedFormat

_HELD = 6000  # items in memory


class Parts(NamedTuple):
    """What the items of a file are made from: the rules, and of each entry its id and fingerprint.

    Under the same rules, and in the same format, an entry with the same fingerprint is the same
    item in every file.
    """

    rules: str
    form: FeedFormat
    ids: Sequence[str]
    prints: Sequence[str]


class Items:
    """The items that are known by now, by format and id of the entry.

    Those that are `checked` have nothing in them that there would be something to say about;
    `notes` has for the next run, by path, what the files of this one were filled with.
    """

    def __init__(self) -> None:
        self.made: dict[tuple[FeedFormat, str], bytes] = {}
        self.checked: set[tuple[FeedFormat, str]] = set()
        self.notes: dict[str, str] = {}

    def trim(self) -> None:
        """Let go of them if they are many: where many feeds are made, memory must not grow."""
        if len(self.made) > _HELD:
            self.made.clear()
            self.checked.clear()

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
