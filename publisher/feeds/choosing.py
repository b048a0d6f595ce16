"""Which feeds a publication has: everything, each section, each tag, each author."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from publisher.feeds.characters import line
from publisher.model import Entry, Feed, Publication

_Kind = Literal["section", "tag", "author"]
_FOLDERS: dict[_Kind, str] = {"section": "sections", "tag": "tags", "author": "authors"}


@dataclass(slots=True)
class _Bucket:
    """The entries of one feed so far, newest first, and how its name was spelt each time."""

    entries: list[Entry] = field(default_factory=list)
    spellings: Counter[str] = field(default_factory=Counter)

    def name(self) -> str:
        """The most frequent spelling; of two as frequent, the one that sorts first."""
        return min(self.spellings, key=lambda name: (-self.spellings[name], name))


def choose_feeds(
    entries: Iterable[Entry], publication: Publication, limit: int
) -> tuple[Feed, ...]:
    """The feed of everything, then those of sections, tags and authors, each sorted by slug.

    `entries` are those that readers may see now, in any order; every feed carries at most
    `limit` of them, newest first (by id where the moment is the same). Names that give the same
    slug share a feed. The feed of everything is there even without entries.
    """
    newest = _newest_first(entries)
    buckets: dict[_Kind, dict[str, _Bucket]] = {"section": {}, "tag": {}, "author": {}}
    for entry in newest:
        for kind, names in _names(entry):
            for slug, spellings in names.items():
                bucket = buckets[kind].setdefault(slug, _Bucket())
                bucket.spellings.update(spellings)
                if len(bucket.entries) < limit:
                    bucket.entries.append(entry)
    title = line(publication.title) or publication.domain
    everything = Feed(kind="all", name=title, title=title, folder="", entries=tuple(newest[:limit]))
    return (everything, *_in_order(buckets, title))


def _newest_first(entries: Iterable[Entry]) -> list[Entry]:
    # An id may stand only once in a feed (RFC 4287 section 4.1.1; the validator warns too).
    once = {entry.id: entry for entry in entries}
    in_order = sorted(once.values(), key=lambda entry: entry.id)
    return sorted(in_order, key=lambda entry: entry.published, reverse=True)


def _names(entry: Entry) -> Iterator[tuple[_Kind, dict[str, list[str]]]]:
    """Slugs that an entry stands under, with the spellings of each; blank ones have no feed."""
    sections = () if entry.section is None else (entry.section,)
    things = {"section": sections, "tag": entry.tags, "author": entry.authors}
    for kind in _FOLDERS:
        found: dict[str, list[str]] = {}
        for thing in things[kind]:
            name = line(thing.name)
            if thing.slug and name:
                found.setdefault(thing.slug, []).append(name)
        yield kind, found


def _in_order(buckets: dict[_Kind, dict[str, _Bucket]], publication: str) -> Iterator[Feed]:
    for kind, folder in _FOLDERS.items():
        for slug, bucket in sorted(buckets[kind].items()):
            name = bucket.name()
            yield Feed(
                kind=kind,
                name=name,
                # The name first: in the narrow list of a feed reader the end is cut off.
                title=f"{name} – {publication}",
                folder=f"{folder}/{slug}/",
                entries=tuple(bucket.entries),
            )
