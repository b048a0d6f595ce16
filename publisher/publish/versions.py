"""A story that comes again in a newer version stays one entry, under one id.

Every article of such a story is remembered with the entry that it would be alone. The newest of
those that are there tells the story, first published with the first of them; when its file goes,
the one before it tells it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from publisher.model import Entry
from publisher.publish.desk import Answer
from publisher.storage import Known, Record, Store, VersionRecord, read_words, record

_MOST_LIKELY = 20  # articles under one headline that are looked at, the newest first


@dataclass(slots=True)
class Versions:
    """The versions that come in one run, at `now`."""

    store: Store
    now: datetime
    told: set[str] = field(default_factory=set)  # stories and slugs that the store has
    begun: set[str] = field(default_factory=set)  # articles that are no longer alone, by path

    def look_up(self, answers: Iterable[Answer]) -> None:
        """Find out which of these articles may be a version of something."""
        records = [one.record for one in answers if one.record and one.record.story]
        stories, slugs = {one.story for one in records}, {one.slug for one in records}
        telling = self.store.catalogue.telling(stories, slugs) if records else ()
        self.told = {value for _, *both in telling for value in both} & (stories | slugs)

    def current(self, before: Known) -> Known:
        """What the store knew of an article when the run began, as it is now."""
        return replace(before, is_version=before.is_version or before.path in self.begun)

    def known(self, answer: Answer) -> Known | None:
        """What the store knows of the story of which a new article is a version."""
        one = answer.record
        if one is None or one.words is None or self.told.isdisjoint(keys_of(one)):
            return None
        from publisher.content import belongs_to  # noqa: PLC0415 - only agencies send versions

        entry = read_words(one.words)
        if entry.embargo and entry.embargo > self.now:
            return None  # until then the version that readers know stands
        likely = self.store.catalogue.telling([one.story], [one.slug])[:_MOST_LIKELY]
        holders = self.store.catalogue.known(path for path, *_ in likely)
        for holder in (holders[path] for path, *_ in likely):
            versions = self.store.versions.of_entry(holder.identity.id)
            alone = [] if versions else [self._alone(holder)]
            if belongs_to(entry, [version.entry for version in versions or alone]):
                if alone:
                    self._tell(alone, holder.identity.id)
                    self.begun.add(holder.path)
                return replace(holder, path=entry.path, is_version=True)
        return None

    def tell(self, answer: Answer, before: Known) -> tuple[Record, Known]:
        """What the story says now that one of its versions was read; `before` as `known` has it.

        With what the store knew of the article that says it: that may be another one.
        """
        assert answer.record is not None
        assert answer.record.words is not None
        one, versions = answer.record, self.store.versions.of_entry(before.identity.id)
        mine = [version for version in versions if version.entry.path == one.path]
        seen = mine[0].seen if mine else self.now.replace(microsecond=0)
        mine = [
            VersionRecord(
                entry=_as_seen(read_words(answer.record.words), seen),
                digest=one.digest,
                recipe=one.recipe,
                stamp=one.stamp,
                seen=seen,
            )
        ]
        others = [version for version in versions if version.entry.path != one.path]
        told = self._tell([*others, *mine], before.identity.id)
        return told, replace(before, path=told.path)

    def without(self, paths: AbstractSet[str]) -> tuple[list[Record], set[str]]:
        """What stories say once these articles are gone, and those that no other one replaces."""
        told: list[Record] = []
        gone = set(paths)
        for entry_id in self.store.versions.entries_of(sorted(paths)):
            versions = [
                replace(version, gone=version.gone or version.entry.path in paths)
                for version in self.store.versions.of_entry(entry_id)
            ]
            one = self._tell(versions, entry_id)
            gone -= {version.entry.path for version in versions}
            if all(version.gone for version in versions):
                gone.add(one.path)
            else:
                told.append(one)
        return told, gone

    def _alone(self, holder: Known) -> VersionRecord:
        """The only version so far of the story that an article tells."""
        key = holder.identity.id
        return VersionRecord(
            entry=self.store.catalogue.load([key])[key],
            digest=holder.digest,
            recipe=holder.recipe,
            stamp=holder.stamp,
            seen=holder.identity.first_seen,
        )

    def _tell(self, versions: Sequence[VersionRecord], entry_id: str) -> Record:
        """Keep the versions of a story, and what the newest that is there makes of it."""
        from publisher.content import Version, in_order, tell_as_one  # noqa: PLC0415 - see `known`

        by_path = {version.entry.path: version for version in versions}
        order = in_order(Version(version.entry, version.seen) for version in versions)
        here = [at for at, one in enumerate(order, 1) if not by_path[one.entry.path].gone]
        entry = tell_as_one(order[: max(here, default=len(order))])
        newest = by_path[entry.path]
        self.store.versions.save(entry_id, versions, entry.path)
        return record(
            entry,
            digest=newest.digest,
            recipe=newest.recipe,
            now=newest.seen,
            stamp=newest.stamp,
        )


def keys_of(one: Record) -> set[str]:
    """By what a version of it would be found; nothing for what never has one."""
    return {one.story, one.slug} if one.story else set()


def _as_seen(entry: Entry, seen: datetime) -> Entry:
    """A version without a date is of the moment at which it came, not of that of the first one."""
    return replace(entry, published=seen) if entry.published_from == "first seen" else entry
