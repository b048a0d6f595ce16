"""Feeds whose whole history stays reachable: which documents are closed is for the store."""

from __future__ import annotations

from publisher.feeds import close_archives, split_archives
from publisher.model import Feed
from publisher.storage import Store


def file_archives(
    store: Store, feeds: tuple[Feed, ...]
) -> tuple[tuple[Feed, ...], tuple[Feed, ...]]:
    """The feeds as they are polled, and the archive documents of those that keep all.

    Documents that are full by now are closed for ever, in the store first.
    """
    current: list[Feed] = []
    documents: list[Feed] = []
    for feed in feeds:
        if not feed.keeps_all:
            current.append(feed)
            continue
        polled, archives = split_archives(feed, _close(store, feed))
        current.append(polled)
        documents += archives
    return tuple(current), tuple(documents)


def _close(store: Store, feed: Feed) -> list[tuple[str, ...]]:
    while True:
        closed = store.archives.closed(feed.label)
        more = close_archives(feed, closed)
        if store.archives.close(feed.label, len(closed), more):
            return [*closed, *more]
        # A run elsewhere closed the next one at this moment: look again.
