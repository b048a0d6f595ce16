"""Feeds whose whole history stays reachable: which documents are closed is for the store."""

from __future__ import annotations

from functools import partial

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
        closed = store.archives.close(feed.label, partial(close_archives, feed))
        polled, archives = split_archives(feed, closed)
        current.append(polled)
        documents += archives
    return tuple(current), tuple(documents)
