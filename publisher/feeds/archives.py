"""The whole history of a feed, in documents that stay as they are (RFC 5005 section 4).

A feed carries its newest entries; what is older stands in archive documents, each of which links
to the one before. A document is closed with as many entries as the feed carries, and from then on
it holds these and no others: whoever polls the feed fetches each of them once. An entry that is
edited is shown as it is now also in its document, one that is gone is missing there; no entry
ever moves from one document to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from publisher.model import Entry, Feed

# The ids of the entries in each closed document, the oldest document first.
History = Sequence[Sequence[str]]


def close_archives(feed: Feed, closed: History) -> list[tuple[str, ...]]:
    """The documents that are to be closed now, beyond those that are; mostly none.

    `feed` has all its entries. A document is closed once more entries wait for one than the feed
    carries by itself, so that every entry is in the feed or in a document.
    """
    there = {id_ for document in closed for id_ in document}
    waiting = [entry.id for entry in reversed(feed.entries) if entry.id not in there]
    size = feed.limit
    documents = []
    while len(waiting) > size:
        documents.append(tuple(waiting[:size]))
        waiting = waiting[size:]
    return documents


def split_archives(feed: Feed, closed: History) -> tuple[Feed, tuple[Feed, ...]]:
    """The feed as its readers poll it, and its archive documents, the oldest first.

    `feed` has all its entries; those that stand in no document yet stay in the feed, also where
    an old date would have put them further down.
    """
    by_id = {entry.id: entry for entry in feed.entries}
    there = {id_ for document in closed for id_ in document}
    newest = feed.entries[: feed.limit]
    late = tuple(entry for entry in feed.entries[feed.limit :] if entry.id not in there)
    current = replace(feed, entries=newest + late, keeps_all=False, previous=len(closed))
    documents = tuple(
        replace(
            feed,
            entries=_newest_first([by_id[id_] for id_ in document if id_ in by_id]),
            withdrawn=(),
            keeps_all=False,
            archive=number,
            previous=number - 1,
        )
        for number, document in enumerate(closed, 1)
    )
    return current, documents


def _newest_first(entries: list[Entry]) -> tuple[Entry, ...]:
    in_order = sorted(entries, key=lambda entry: entry.id)
    return tuple(sorted(in_order, key=lambda entry: entry.published, reverse=True))
