"""Segments: readers who get the same entries share one rendering; who gets none gets no mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from publisher.model import Entry, Newsletter, Segment, Selection, Subscriber, Subscription


def choose_entries(newsletter: Newsletter, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Which of `entries` this newsletter may carry, newest first."""
    zone = ZoneInfo(newsletter.timezone)
    wanted = (
        entry
        for entry in entries
        if newsletter.selection.covers(entry)
        and (not newsletter.since or entry.published.astimezone(zone).date() >= newsletter.since)
    )
    return tuple(sorted(wanted, key=lambda entry: (entry.published, entry.id), reverse=True))


def make_segments(
    subscriptions: Iterable[Subscription], entries: Sequence[Entry]
) -> tuple[Segment, ...]:
    """One segment for each distinct set of entries that somebody asked for, the largest first."""
    by_topics: dict[Selection, list[Subscriber]] = defaultdict(list)
    for subscription in subscriptions:
        by_topics[subscription.choice.topics].append(subscription.subscriber)
    by_entries: dict[tuple[Entry, ...], list[Subscriber]] = defaultdict(list)
    for topics, readers in by_topics.items():
        chosen = tuple(entry for entry in entries if topics.covers(entry))
        if chosen:
            by_entries[chosen].extend(readers)
    ordered = sorted(
        by_entries.items(), key=lambda item: (-len(item[0]), [entry.id for entry in item[0]])
    )
    return tuple(
        Segment(
            number=number,
            entries=chosen,
            recipients=tuple(sorted(readers, key=lambda reader: reader.id)),
        )
        for number, (chosen, readers) in enumerate(ordered, 1)
    )
