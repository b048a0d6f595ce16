"""Who gets what: readers' topics against the entries of an edition, as bits of a number.

A million readers have few thousand choices, and those come to fewer sets of entries: each set is
made once, whoever it is for. Entries stand newest first, so that entry 0 is bit 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from publisher.model import Entry, Newsletter, Selection

Released = tuple[int, Entry]  # the number under which an entry was released, and an outline of it


class Plan:
    """What a newsletter may carry of what was released, and who asked for which of it.

    `limit` is how many entries introduce the newsletter to a reader who has had no edition yet.
    """

    def __init__(self, newsletter: Newsletter, released: Iterable[Released]) -> None:
        chosen = choose_entries(newsletter, released)
        self.entries: tuple[Entry, ...] = tuple(entry for _, entry in chosen)
        self._sequences = [number for number, _ in chosen]
        self._introduction = (1 << min(newsletter.limit, len(chosen))) - 1
        self._after: dict[int | None, int] = {}
        self._tags: dict[str, int] = defaultdict(int)
        self._authors: dict[str, int] = defaultdict(int)
        self._sections: dict[str, int] = defaultdict(int)
        for place, entry in enumerate(self.entries):
            for tag in entry.tags:
                self._tags[tag.slug] |= 1 << place
            for author in entry.authors:
                self._authors[author.slug] |= 1 << place
            if entry.section is not None:
                self._sections[entry.section.slug] |= 1 << place

    def after(self, watermark: int | None) -> int:
        """Every entry that a reader who was met up to `watermark` has not been given yet."""
        found = self._after.get(watermark)
        if found is None:
            found = self._introduction
            if watermark is not None:
                found = sum(1 << n for n, one in enumerate(self._sequences) if one > watermark)
            self._after[watermark] = found
        return found

    def asked_for(self, topics: Selection, watermark: int | None) -> int:
        """Those of them that are about one of these topics; all of them if there are none."""
        new = self.after(watermark)
        if not topics or not new:
            return new
        about = 0
        for known, slugs in (
            (self._tags, topics.tags),
            (self._authors, topics.authors),
            (self._sections, topics.sections),
        ):
            for slug in slugs:
                about |= known.get(slug, 0)
        return about & new

    def entries_of(self, these: int) -> Sequence[Entry]:
        """The entries of a set, newest first."""
        return [self.entries[place] for place in bits(these)]


def bits(number: int) -> Iterable[int]:
    """The places of the ones in a number, the lowest first."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def choose_entries(newsletter: Newsletter, released: Iterable[Released]) -> list[Released]:
    """What this newsletter may carry, newest first."""
    zone = ZoneInfo(newsletter.timezone)
    wanted = (
        (number, entry)
        for number, entry in released
        if newsletter.selection.covers(entry)
        and (not newsletter.since or entry.published.astimezone(zone).date() >= newsletter.since)
    )
    return sorted(wanted, key=lambda one: (one[1].published, one[1].id), reverse=True)
