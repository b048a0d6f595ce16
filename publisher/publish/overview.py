"""How things stand: counts only, read from the store, for status and its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from publisher.config import Site
from publisher.errors import LedgerError
from publisher.model import Entry
from publisher.storage import Store
from publisher.timetable import next_slot, parse_schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsletterState:
    """A newsletter, when it is due next (UTC), and what it said last."""

    name: str
    schedule: str
    next_slot: datetime
    last_edition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Counts of entries, subscribers and deliveries.

    `broken` says of which editions the deliveries don't add up to what was owed.
    """

    public: int
    drafts: int
    waiting: int
    subscribers: int
    subscriptions: tuple[tuple[str, int], ...]
    deliveries: tuple[tuple[str, int], ...]
    in_doubt: int
    broken: tuple[str, ...]
    newsletters: tuple[NewsletterState, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same for a script."""
        return {
            **asdict(self),
            "subscriptions": dict(self.subscriptions),
            "deliveries": dict(self.deliveries),
        }


def count_hidden(entries: Iterable[Entry], now: datetime) -> tuple[int, int]:
    """How many entries are drafts, and how many wait for their time; what is over, or
    was taken back, is neither.
    """
    drafts = waiting = 0
    for entry in entries:
        drafts += entry.draft
        over = entry.expires is not None and entry.expires <= now
        over = over or entry.is_withdrawn(now)
        waiting += not (entry.draft or over or entry.is_public(now))
    return drafts, waiting


def look_over(site: Site, store: Store, now: datetime) -> Overview:
    """Read the counts; the ledger's invariant is checked on the way."""
    entries = [entry for entry, _ in store.catalogue.outlines()]
    drafts, waiting = count_hidden(entries, now)
    editions = store.editions.all()
    states: Counter[str] = Counter()
    in_doubt = 0
    broken = []
    for edition in editions:
        try:
            counts = store.ledger.check(edition.id)
        except LedgerError as err:
            broken.append(str(err))
            counts = store.ledger.counts(edition.id)
        states.update({state.value: count for state, count in counts.states.items()})
        in_doubt += counts.in_doubt
    return Overview(
        public=sum(entry.is_public(now) for entry in entries),
        drafts=drafts,
        waiting=waiting,
        subscribers=store.subscribers.count(),
        subscriptions=tuple(
            (one.name, store.subscribers.count_readers(one.name)) for one in site.newsletters
        ),
        deliveries=tuple(sorted(states.items())),
        in_doubt=in_doubt,
        broken=tuple(broken),
        newsletters=tuple(
            NewsletterState(
                name=one.name,
                schedule=one.schedule,
                next_slot=next_slot(parse_schedule(one.schedule), one.timezone, now),
                last_edition=next((ed.id for ed in editions if ed.newsletter == one.name), ""),
            )
            for one in site.newsletters
        ),
    )
