"""Which feeds a publication has: everything, its queries, each section, tag and author."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from publisher.feeds.characters import line
from publisher.model import Entry, Feed, Publication, Query

_Kind = Literal["section", "tag", "author"]
_FOLDERS: dict[_Kind, str] = {"section": "sections", "tag": "tags", "author": "authors"}
# What no query may be called, so that an editor's word for a feed means one of them.
RESERVED = frozenset({"all", *_FOLDERS.values()})


@dataclass(slots=True)
class _Bucket:
    """The entries of one feed so far, newest first, and how its name was spelt each time."""

    entries: list[Entry] = field(default_factory=list)
    withdrawn: list[Entry] = field(default_factory=list)
    spellings: Counter[str] = field(default_factory=Counter)

    def name(self) -> str:
        """The most frequent spelling; of two as frequent, the one that sorts first."""
        return min(self.spellings, key=lambda name: (-self.spellings[name], name))


_Buckets = dict[tuple[_Kind, str], _Bucket]


def choose_feeds(
    entries: Iterable[Entry],
    publication: Publication,
    limit: int,
    *,
    queries: Sequence[Query] = (),
    withdrawn: Iterable[Entry] = (),
    archived: frozenset[str] = frozenset(),
) -> tuple[Feed, ...]:
    """The feed of everything, those of queries in their order, then those of sections, tags and
    authors, each sorted by slug.

    `entries` are those that readers may see now, in any order; every feed carries at most
    `limit` of them, newest first (by id where the moment is the same), unless an entry is left
    out of it. Names that give the same slug share a feed. The feeds of everything and of queries
    are there even without entries.

    `withdrawn` are entries that were taken back: each feed names those that it would have
    carried, the last `limit` of them. `archived` has the feeds (`Feed.label`) or the kinds
    ("tags") that keep all their entries, for archives.py to cut.
    """
    newest = _newest_first(entries)
    taken_back = sorted(withdrawn, key=lambda entry: (entry.withdrawn or entry.changed, entry.id))
    taken_back.reverse()
    title = line(publication.title) or publication.domain
    everything = Feed(
        kind="all",
        name=title,
        title=title,
        folder="",
        entries=tuple(entry for entry in newest if not is_left_out(entry, "all")),
        withdrawn=tuple(taken_back),
    )
    asked = [_ask(query, newest, taken_back, title, limit) for query in queries]
    named = _in_order(_sort_in(newest, taken_back), title)
    return tuple(_cut(feed, limit, archived) for feed in (everything, *asked, *named))


def is_left_out(entry: Entry, label: str) -> bool:
    """Whether an editor wants the entry kept out of the feed of this label."""
    return bool(entry.left_out_of) and not {"*", label, label.partition("/")[0]}.isdisjoint(
        entry.left_out_of
    )


def _cut(feed: Feed, limit: int, archived: frozenset[str]) -> Feed:
    most = feed.limit or limit
    keeps_all = bool(archived) and not archived.isdisjoint(
        {feed.label, feed.label.partition("/")[0]}
    )
    return Feed(
        kind=feed.kind,
        name=feed.name,
        title=feed.title,
        folder=feed.folder,
        entries=feed.entries if keeps_all else feed.entries[:most],
        withdrawn=feed.withdrawn[:most],
        description=feed.description,
        podcast=feed.podcast,
        limit=most,
        keeps_all=keeps_all,
    )


def _ask(
    query: Query, newest: list[Entry], withdrawn: list[Entry], publication: str, limit: int
) -> Feed:
    """What a query of the operator asks for."""
    asked, back = (
        tuple(one for one in some if query.covers(one) and not is_left_out(one, query.name))
        for some in (newest, withdrawn)
    )
    return Feed(
        kind="query",
        name=query.title,
        # A podcast is known by its own name alone.
        title=query.title if query.podcast else f"{query.title} – {publication}",
        folder=f"feeds/{query.name}/",
        entries=asked,
        withdrawn=back,
        description=query.description,
        podcast=query.podcast,
        limit=query.limit or limit,
    )


def _newest_first(entries: Iterable[Entry]) -> list[Entry]:
    # An id may stand only once in a feed (RFC 4287 section 4.1.1; the validator warns too).
    once = {entry.id: entry for entry in entries}
    in_order = sorted(once.values(), key=lambda entry: entry.id)
    return sorted(in_order, key=lambda entry: entry.published, reverse=True)


def _sort_in(newest: list[Entry], withdrawn: list[Entry]) -> _Buckets:
    """Every entry in the feeds of its section, tags and authors."""
    buckets: _Buckets = {}
    for entry in newest:
        for kind, slug, spellings in _names(entry):
            bucket = buckets.get((kind, slug))
            if bucket is None:
                bucket = buckets[kind, slug] = _Bucket()
            bucket.spellings.update(spellings)
            bucket.entries.append(entry)
    for entry in withdrawn:
        for kind, slug, _ in _names(entry):
            # A feed that is left without an entry is gone, and names nothing any more.
            if bucket := buckets.get((kind, slug)):
                bucket.withdrawn.append(entry)
    return buckets


def _names(entry: Entry) -> Iterator[tuple[_Kind, str, list[str]]]:
    """Slugs that an entry stands under, with the spellings of each; blank ones have no feed."""
    sections = () if entry.section is None else (entry.section,)
    things = {"section": sections, "tag": entry.tags, "author": entry.authors}
    for kind, folder in _FOLDERS.items():
        found: dict[str, list[str]] = {}
        for thing in things[kind]:
            name = line(thing.name)
            if thing.slug and name:
                found.setdefault(thing.slug, []).append(name)
        for slug, spellings in found.items():
            if not is_left_out(entry, f"{folder}/{slug}"):
                yield kind, slug, spellings


def _in_order(buckets: _Buckets, publication: str) -> Iterator[Feed]:
    for kind, folder in _FOLDERS.items():
        for slug in sorted(slug for one, slug in buckets if one == kind):
            bucket = buckets[kind, slug]
            name = bucket.name()
            yield Feed(
                kind=kind,
                name=name,
                # The name first: in the narrow list of a feed reader the end is cut off.
                title=f"{name} – {publication}",
                folder=f"{folder}/{slug}/",
                entries=tuple(bucket.entries),
                withdrawn=tuple(bucket.withdrawn),
            )
