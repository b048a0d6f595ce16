"""A list of subscribers comes in: rows become wishes and losses, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from publisher.config import Site
from publisher.content import slugify
from publisher.errors import AddressError, UsageError
from publisher.model import Choice, Consent, Selection
from publisher.sources import Row, SubscriberList
from publisher.storage import Loss, Store, Wish
from publisher.valueclass import valueclass

_BATCH = 1000  # people in one transaction


@dataclass(slots=True)
class Imported:
    """What became of a list: people added or changed, kept out because they had left, kept off
    from now on, skipped by what the list says, and rows that can't be used.
    """

    done: int = 0
    kept_out: int = 0
    kept_off: int = 0
    skipped: int = 0
    failed: int = 0


@valueclass
class ListImporter:
    """How a list is taken in.

    `newsletters` are for rows that name none. `suppress` says whether those who left elsewhere
    are kept off here too; they are never subscribed. `topics` are the tags of this site that
    other programs' tags may stand for; with none, everybody gets everything.
    """

    site: Site
    name: str
    newsletters: Sequence[str] = ()
    suppress: bool = True
    topics: frozenset[str] = field(default_factory=frozenset)
    on_problem: Callable[[int, AddressError | UsageError], None]

    def take(self, opened: SubscriberList, store: Store | None, now: datetime) -> Imported:
        """Take in a whole list, or without a store only look; `on_problem` hears of bad rows."""
        result = Imported()
        rows = opened.rows()
        while batch := list(islice(rows, _BATCH)):
            self._take_batch(opened, batch, store, now, result)
        return result

    def _take_batch(
        self,
        opened: SubscriberList,
        rows: Iterable[Row],
        store: Store | None,
        now: datetime,
        result: Imported,
    ) -> None:
        wishes: list[Wish] = []
        losses: list[Loss] = []
        for row in self._usable(opened, rows, result):
            if row.skip:
                result.skipped += 1
            elif not row.off:
                wishes.append(self._wish(opened, row))
            elif self.suppress:
                losses.append(self._loss(row))
            else:
                result.skipped += 1
        if store is None:
            result.done += len(wishes)
            result.kept_off += len(losses)
            return
        granted = store.subscribers.add_all(wishes, source=f"imported from {self.name}", now=now)
        result.kept_out += granted.count(None)
        result.done += len(granted) - granted.count(None)
        if losses:
            result.kept_off += store.subscribers.keep_off(losses, now=now)

    def _usable(
        self, opened: SubscriberList, rows: Iterable[Row], result: Imported
    ) -> Iterator[Row]:
        for row in rows:
            try:
                if row.problem is not None:
                    raise row.problem
                yield replace(row, newsletters=self._newsletters(opened, row))
            except (AddressError, UsageError) as err:
                result.failed += 1
                self.on_problem(row.line, err)

    def _newsletters(self, opened: SubscriberList, row: Row) -> tuple[str, ...]:
        names = row.newsletters or tuple(self.newsletters)
        for name in names:
            if self.site.newsletter(name) is None:
                there = ", ".join(one.name for one in self.site.newsletters) or "none"
                raise UsageError(f"there is no newsletter {name!r}", mend=f"there is: {there}")
        # Our own export also has people who get nothing now, and agreed to something once.
        if not names and not (row.off or row.skip or opened.format.name == "publisher"):
            raise UsageError("names no newsletter", mend="fill the column, or give --newsletter")
        return names

    def _wish(self, opened: SubscriberList, row: Row) -> Wish:
        topics = row.topics
        if tags := self.topics.intersection(map(slugify, row.tags)):
            topics = Selection(tags=tags)
        choice = Choice(topics=topics, frequency=row.frequency, timezone=row.timezone)
        source = row.source or self._source(opened)
        return Wish(
            address=row.address,
            name=row.name,
            language=row.language,
            subscriptions=dict.fromkeys(row.newsletters, choice),
            paused={name: row.paused_until for name in row.newsletters if row.paused_until},
            added=row.added,
            source=source,
            consents=self._consents(opened, row, source),
            gentle=opened.format.gentle,
        )

    def _consents(
        self, opened: SubscriberList, row: Row, source: str
    ) -> tuple[Consent, ...] | None:
        if row.consents is None or opened.format.name == "publisher":
            return row.consents
        return tuple(
            replace(one, newsletter=name, source=source)
            for name in row.newsletters
            for one in row.consents
        )

    def _source(self, opened: SubscriberList) -> str:
        """Where somebody comes from."""
        maker = opened.format.name
        named = f"{maker}, " if maker not in ("plain", "publisher") else ""
        return f"{named}imported from {self.name}"

    def _loss(self, row: Row) -> Loss:
        return Loss(
            address=row.address,
            reason=row.off,
            since=row.since,
            newsletters=() if row.left_all else row.newsletters,
        )
