"""Which feeds a publication has: everything, its queries, each section, tag and author."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from typing import Any, Literal

from publisher.feeds.characters import line
from publisher.model import Author, Entry, Feed, Publication, Query, Section, Tag

_Kind = Literal["section", "tag", "author"]
_FOLDERS: dict[_Kind, str] = {"section": "sections", "tag": "tags", "author": "authors"}
# What no query may be called, so that an editor's word for a feed means one of them.
RESERVED = frozenset({"all", *_FOLDERS.values()})


@dataclass(slots=True)
class _Bucket:
    """The entries of one feed so far, newest first, as many as it carries (`room`).

    `spellings` counts how its name was spelt each time, also by entries that find no room.
    """

    room: float
    entries: list[Entry] = field(default_factory=list)
    withdrawn: list[Entry] = field(default_factory=list)
    spellings: dict[str, int] = field(default_factory=dict)

    def name(self) -> str:
        """The most frequent spelling; of two as frequent, the one that sorts first."""
        return min(self.spellings, key=lambda name: (-self.spellings[name], name))


def choose_feeds(
    entries: Iterable[Entry],
    publication: Publication,
    limit: int,
    *,
    queries: Sequence[Query] = (),
    withdrawn: Iterable[Entry] = (),
    archived: frozenset[str] = frozenset(),
) -> tuple[Feed, ...]:
    """The feeds of some entries in any order: a Chooser, given the newest first."""
    chooser = Chooser(publication, limit, queries=queries, archived=archived)
    # An id may stand only once in a feed (RFC 4287 section 4.1.1; the validator warns too).
    once = {entry.id: entry for entry in entries}
    in_order = sorted(once.values(), key=lambda entry: entry.id)
    for entry in sorted(in_order, key=lambda entry: entry.published, reverse=True):
        chooser.take(entry)
    for entry in withdrawn:
        chooser.take_back(entry)
    return chooser.feeds()


class Chooser:
    """Chooses the feeds of a publication while its entries go by, and keeps only what they carry.

    The feed of everything, those of queries in their order, then those of sections, tags and
    authors, each sorted by slug; every feed carries at most `limit` entries. Names that give the
    same slug share a feed. The feeds of everything and of queries are there even without entries.
    `archived` has the feeds (`Feed.label`) or the kinds ("tags") that keep all their entries, for
    archives.py to cut.
    """

    def __init__(
        self,
        publication: Publication,
        limit: int,
        *,
        queries: Sequence[Query] = (),
        archived: frozenset[str] = frozenset(),
    ) -> None:
        self._title = line(publication.title) or publication.domain
        self._limit = limit
        self._archived = archived
        self._everything = _Bucket(self._room("all", limit))
        self._asked = [
            (query, _Bucket(self._room(query.name, query.limit or limit))) for query in queries
        ]
        self._named: dict[tuple[_Kind, str], _Bucket] = {}
        self._withdrawn: list[Entry] = []
        self._is_full = False  # whether the feed of everything and those of queries have no room

    def take(self, entry: Entry) -> None:
        """An entry that readers may see now, older than all before (by id at the same moment)."""
        everything = self._everything
        if len(everything.entries) < everything.room and not is_left_out(entry, "all"):
            everything.entries.append(entry)
        for query, bucket in self._asked:
            if len(bucket.entries) < bucket.room and _is_asked(query, entry):
                bucket.entries.append(entry)
        for kind, slug, name in _names(entry):
            key = kind, slug
            named = self._named.get(key)
            if named is None:
                label = f"{_FOLDERS[kind]}/{slug}"
                named = self._named[key] = _Bucket(self._room(label, self._limit))
            named.spellings[name] = named.spellings.get(name, 0) + 1
            entries = named.entries
            # One that spells a name in two ways stands once.
            if len(entries) < named.room and not (entries and entries[-1] is entry):
                entries.append(entry)

    def passes(self, filed: Iterable[tuple[_Kind, str, str]]) -> bool:
        """Let an entry go by that no feed has room for; False: it has to be taken.

        `filed` has kind, name and slug of all that a public entry stands under that no editor has
        left out of a feed. Of a long archive these are nearly all, and this is all that they cost.
        """
        if not self._is_full:
            buckets = (self._everything, *(bucket for _, bucket in self._asked))
            self._is_full = all(len(bucket.entries) >= bucket.room for bucket in buckets)
        if not self._is_full:
            return False
        named: list[tuple[_Bucket, str]] = []
        for kind, name, slug in filed:
            bucket = self._named.get((kind, slug))
            if bucket is None or len(bucket.entries) < bucket.room:
                return False
            named.append((bucket, _shown(name)))
        for bucket, name in named:
            bucket.spellings[name] = bucket.spellings.get(name, 0) + 1
        return True

    def take_back(self, entry: Entry) -> None:
        """An entry that was withdrawn: each feed names those that it would have carried."""
        self._withdrawn.append(entry)

    def feeds(self) -> tuple[Feed, ...]:
        """The feeds of what has gone by."""
        self._sort_in_withdrawn()
        everything = self._feed(
            self._everything,
            self._limit,
            kind="all",
            name=self._title,
            title=self._title,
            folder="",
        )
        asked = [
            self._feed(
                bucket,
                query.limit or self._limit,
                kind="query",
                name=query.title,
                # A podcast is known by its own name alone.
                title=query.title if query.podcast else f"{query.title} – {self._title}",
                folder=f"feeds/{query.name}/",
                description=query.description,
                podcast=query.podcast,
            )
            for query, bucket in self._asked
        ]
        return (everything, *asked, *self._in_order())

    def _room(self, label: str, limit: int) -> float:
        keeps_all = bool(self._archived) and not self._archived.isdisjoint(
            {label, label.partition("/")[0]}
        )
        return inf if keeps_all else limit

    def _sort_in_withdrawn(self) -> None:
        """The last ones of each feed, the newest first."""
        gone = sorted(self._withdrawn, key=lambda one: (one.withdrawn or one.changed, one.id))
        self._withdrawn = []
        for entry in reversed(gone):
            self._everything.withdrawn.append(entry)
            for query, bucket in self._asked:
                if _is_asked(query, entry):
                    bucket.withdrawn.append(entry)
            for kind, slug in dict.fromkeys((kind, slug) for kind, slug, _ in _names(entry)):
                # A feed that is left without an entry is gone, and names nothing any more.
                if named := self._named.get((kind, slug)):
                    named.withdrawn.append(entry)

    def _in_order(self) -> Iterator[Feed]:
        for kind, folder in _FOLDERS.items():
            for slug in sorted(slug for one, slug in self._named if one == kind):
                bucket = self._named[kind, slug]
                name = bucket.name()
                yield self._feed(
                    bucket,
                    self._limit,
                    kind=kind,
                    name=name,
                    # The name first: in the narrow list of a feed reader the end is cut off.
                    title=f"{name} – {self._title}",
                    folder=f"{folder}/{slug}/",
                )

    @staticmethod
    def _feed(bucket: _Bucket, limit: int, **about: Any) -> Feed:
        return Feed(
            entries=tuple(bucket.entries),
            withdrawn=tuple(bucket.withdrawn[:limit]),
            limit=limit,
            keeps_all=bucket.room == inf,
            **about,
        )


def is_left_out(entry: Entry, label: str) -> bool:
    """Whether an editor wants the entry kept out of the feed of this label."""
    return bool(entry.left_out_of) and not {"*", label, label.partition("/")[0]}.isdisjoint(
        entry.left_out_of
    )


def _is_asked(query: Query, entry: Entry) -> bool:
    return query.covers(entry) and not is_left_out(entry, query.name)


def _names(entry: Entry) -> Iterator[tuple[_Kind, str, str]]:
    """Slugs and names that an entry stands under; blank ones have no feed."""
    if entry.section is not None:
        yield from _named("section", (entry.section,), entry)
    yield from _named("tag", entry.tags, entry)
    yield from _named("author", entry.authors, entry)


def _named(
    kind: _Kind, things: Sequence[Section | Tag | Author], entry: Entry
) -> Iterator[tuple[_Kind, str, str]]:
    for thing in things:
        slug, name = thing.slug, _shown(thing.name)
        if slug and name and not is_left_out(entry, f"{_FOLDERS[kind]}/{slug}"):
            yield kind, slug, name


_shown = lru_cache(maxsize=4096)(line)  # the same few names stand in many entries
