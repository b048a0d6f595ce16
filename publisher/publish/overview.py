"""How things stand: counts only, read from the store, for status and its page."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from publisher.config import Site
from publisher.errors import LedgerError
from publisher.model import Cohort, Entry, Newsletter, Peer
from publisher.publish.cohorts import cohorts_of
from publisher.publish.hidden import Hidden
from publisher.publish.weeks import Week, read_weeks
from publisher.storage import Counts, EditionRecord, Remote, Store
from publisher.timetable import next_slot, parse_schedule, schedule_of, zone_of
from publisher.valueclass import valueclass

_SHOWN = 10  # of what there may be very many
_LATELY = timedelta(days=30)


@valueclass
class NewsletterState:
    """A newsletter, when it is due next (UTC), and what it said last."""

    name: str
    schedule: str
    next_slot: datetime
    last_edition: str


@valueclass
class CohortState:
    """Readers who chose a frequency or a time zone of their own.

    `next_slot` is in UTC, None for those who get each entry at the next run.
    """

    newsletter: str
    frequency: str
    timezone: str
    readers: int
    pausing: int
    next_slot: datetime | None
    last_edition: str


@valueclass
class SourceState:
    """Somebody's feed: how many of its entries we have, and how we stand with its server.

    `fetched` is when it last gave the feed or said that it is the same, `next_try` when it is
    asked next, None for at the next run; `gone` is for good.
    """

    name: str
    url: str
    entries: int
    fetched: datetime | None
    failing_since: datetime | None
    next_try: datetime | None
    gone: bool


@valueclass
class EditionState:
    """An edition, whom it was for ("" for as scheduled), and how its deliveries stand, by state."""

    id: str
    title: str
    label: str
    slot: datetime
    state: str
    deliveries: tuple[tuple[str, int], ...]
    in_doubt: int


@valueclass
class Overview:
    """Counts of entries, subscribers and deliveries.

    `broken` says of which editions the deliveries don't add up to what was owed, `peers` which
    relays and domains of recipients fail or are slow. `newest` are the newest public entries,
    `editions` the newest editions, `returned` what came back in the last thirty days, by kind.
    """

    public: int
    newest: tuple[tuple[str, datetime], ...]
    drafts: int
    waiting: int
    subscribers: int
    subscriptions: tuple[tuple[str, int], ...]
    deliveries: tuple[tuple[str, int], ...]
    in_doubt: int
    broken: tuple[str, ...]
    newsletters: tuple[NewsletterState, ...]
    cohorts: tuple[CohortState, ...]
    editions: tuple[EditionState, ...]
    returned: tuple[tuple[str, int], ...]
    weeks: tuple[Week, ...]
    sources: tuple[SourceState, ...]
    peers: tuple[Peer, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same for a script."""
        return {
            **asdict(self),
            "subscriptions": dict(self.subscriptions),
            "deliveries": dict(self.deliveries),
            "editions": [
                {**asdict(one), "deliveries": dict(one.deliveries)} for one in self.editions
            ],
            "returned": dict(self.returned),
            "weeks": [{**asdict(week), "begins": week.begins.isoformat()} for week in self.weeks],
        }


def count_hidden(entries: Iterable[Entry], now: datetime) -> tuple[int, int]:
    """How many entries are drafts, and how many wait for their time."""
    hidden = Hidden(now)
    for entry in entries:
        hidden.count(entry)
    return hidden.drafts, hidden.waiting


def read_overview(site: Site, store: Store, now: datetime) -> Overview:
    """Read the counts; the ledger's invariant is checked on the way."""
    entries = [entry for entry, _ in store.catalogue.outlines()]
    drafts, waiting = count_hidden(entries, now)
    editions = store.editions.all()
    last: dict[Cohort, str] = {}
    for edition in editions:  # the newest first
        last.setdefault(edition.cohort, edition.id)
    counted, broken = _count(store, editions)
    states: Counter[str] = Counter()
    for _, counts in counted:
        states.update({state.value: count for state, count in counts.states.items()})
    public = [entry for entry in entries if entry.is_public(now)]
    newest = heapq.nlargest(_SHOWN, public, key=lambda entry: (entry.published, entry.id))
    titles = store.catalogue.load([entry.id for entry in newest])
    return Overview(
        public=len(public),
        newest=tuple((titles[one.id].title, one.published) for one in newest if one.id in titles),
        drafts=drafts,
        waiting=waiting,
        subscribers=store.subscribers.count(),
        subscriptions=tuple(
            (one.name, store.subscribers.count_readers(one.name)) for one in site.newsletters
        ),
        deliveries=tuple(sorted(states.items())),
        in_doubt=sum(counts.in_doubt for _, counts in counted),
        broken=tuple(broken),
        newsletters=tuple(
            NewsletterState(
                name=one.name,
                schedule=one.schedule,
                next_slot=next_slot(parse_schedule(one.schedule), one.timezone, now),
                last_edition=last.get(Cohort(newsletter=one.name), ""),
            )
            for one in site.newsletters
        ),
        cohorts=tuple(
            state for one in site.newsletters for state in _cohorts(store, one, last, now)
        ),
        editions=tuple(_edition(edition, counts) for edition, counts in counted[:_SHOWN]),
        returned=tuple(sorted(store.returns.counts(now - _LATELY).items())),
        weeks=read_weeks(store, counted, now),
        sources=tuple(_sources(site, store)),
        peers=tuple(store.peers.troubled()),
    )


def _count(
    store: Store, editions: Sequence[EditionRecord]
) -> tuple[list[tuple[EditionRecord, Counts]], list[str]]:
    """How the deliveries of each stand, and what does not add up."""
    counted = []
    broken = []
    for edition in editions:
        try:
            counts = store.ledger.check(edition.id)
        except LedgerError as err:
            broken.append(str(err))
            counts = store.ledger.counts(edition.id)
        counted.append((edition, counts))
    return counted, broken


def _edition(edition: EditionRecord, counts: Counts) -> EditionState:
    return EditionState(
        id=edition.id,
        title=edition.title,
        label=edition.cohort.label,
        slot=edition.slot,
        state=edition.state,
        deliveries=tuple(
            (state.value, number) for state, number in counts.states.items() if number
        ),
        in_doubt=counts.in_doubt,
    )


def _sources(site: Site, store: Store) -> Iterator[SourceState]:
    """Other people's feeds, in the order of the configuration."""
    tables = site.settings.sources
    known = store.remotes.known() if tables else {}
    entries = store.remotes.counts() if tables else {}
    for name, table in tables.items():
        state = known.get(name)
        if state is None or state.url != table.url:
            state = Remote(url=table.url)
        yield SourceState(
            name=name,
            url=table.url,
            entries=entries.get(name, 0),
            fetched=state.fetched,
            failing_since=state.failing_since,
            next_try=state.next_try,
            gone=state.gone,
        )


def _cohorts(
    store: Store, newsletter: Newsletter, last: Mapping[Cohort, str], now: datetime
) -> Iterator[CohortState]:
    """The cohorts of a newsletter but its own, those that are due first first."""
    rows = []
    for cohort, present in cohorts_of(
        newsletter, store.readership.present(newsletter.name, now)
    ).items():
        schedule = schedule_of(newsletter, cohort.frequency)
        readers = sum(one.readers for one in present)
        rows.append(
            CohortState(
                newsletter=newsletter.name,
                frequency=cohort.frequency.value,
                timezone=cohort.timezone,
                readers=readers,
                pausing=readers - sum(one.active for one in present),
                next_slot=next_slot(schedule, zone_of(newsletter, cohort), now)
                if schedule
                else None,
                last_edition=last.get(cohort, ""),
            )
        )
    yield from sorted(
        (one for one in rows if one.frequency or one.timezone),
        key=lambda one: (one.next_slot or now, one.frequency, one.timezone),
    )
