"""What there is to publish now: which feeds, what each carries, which pages beside them.

Where no page stands beside the feeds, the plan is kept in the store's notebook. It holds as long
as no outline of an entry changes (the store tears it out then) and until the moment at which one
becomes public or ends; an edit of some words costs no look at all the other articles.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from publisher.config import Site
from publisher.feeds import Chooser
from publisher.model import Asset, Entry, Feed, Form
from publisher.publish.ahead import Ahead
from publisher.publish.archiving import file_archives
from publisher.publish.fragments import Items
from publisher.publish.hidden import Hidden
from publisher.publish.report import Report
from publisher.publish.waiting import read_waiting
from publisher.sources import program_stamp
from publisher.storage import Store
from publisher.valueclass import valueclass

_NOTE = "plan"
_FORM = 2  # of the note
_FOREVER = datetime.max.replace(tzinfo=UTC)


@valueclass
class Plan:
    """The feeds, their archive documents, and the files beside articles (each with its article).

    `entries` are all that are public and `withdrawn` all that were taken back, newest first, if
    pages are made; else both are empty. Entries are outlines; those of a plan that was kept say no
    more than which they are, and when they changed. `until` is when it is over.
    """

    feeds: tuple[Feed, ...]
    archives: tuple[Feed, ...]
    assets: tuple[tuple[str, Asset], ...]
    entries: tuple[Entry, ...]
    withdrawn: tuple[Entry, ...]
    drafts: int
    waiting: int
    until: datetime

    def carried(self) -> dict[str, Entry]:
        """The entries that feeds and archives carry or name, by id."""
        return {
            entry.id: entry
            for feed in (*self.feeds, *self.archives)
            for entry in (*feed.entries, *feed.withdrawn)
        }


def make_plan(
    site: Site,
    store: Store,
    now: datetime,
    report: Report,
    items: Items,
    *,
    full: bool,
    ahead: Ahead | None = None,
) -> tuple[Plan, Mapping[str, str]]:
    """The plan, and the fingerprints of its entries by id; their words have been read.

    `items` gets those of the entries whose words were read just now; by the hands that have read
    `ahead`, if there are any.
    """
    if not full and (known := _recall(site, store, now)):
        found, unread = store.catalogue.fingerprints(known.carried())
        if not unread:
            return known, found
    while True:
        prints: dict[str, str] = {}
        plan = _choose(site, store, now, prints)
        if not site.publication.pages:
            store.notebook.write(_NOTE, _written(plan, _key(site), now))
        carried = plan.carried()
        found, unread = store.catalogue.fingerprints(carried)
        if not unread:
            return plan, prints or found
        if read_waiting(site, store, now, report, carried, unread, items, ahead):
            return plan, prints or store.catalogue.fingerprints(carried)[0]


def _choose(site: Site, store: Store, now: datetime, prints: dict[str, str]) -> Plan:
    """Look at every entry; `prints` gets the fingerprints of all if there are pages."""
    settings, pages = site.settings.feeds, site.publication.pages
    chooser = Chooser(
        site.publication,
        settings.limit,
        queries=site.queries,
        archived=frozenset(settings.archive),
    )
    entries: list[Entry] = []
    withdrawn: list[Entry] = []
    assets: list[tuple[str, Asset]] = []
    hidden = Hidden(now)
    until = _FOREVER
    moment = now.astimezone(UTC).replace(microsecond=0).isoformat()
    for outline, print_ in store.catalogue.walk():
        passes = outline.is_simple(moment) and chooser.passes(outline.filed())
        if passes and not pages:
            continue
        entry = outline.entry()
        if pages:
            prints[entry.id] = print_
        if passes:
            entries.append(entry)
            continue
        if entry.is_public(now):
            chooser.take(entry)
            assets += [(entry.path, asset) for asset in entry.assets]
            if pages:
                entries.append(entry)
        elif entry.is_withdrawn(now):
            chooser.take_back(entry)
            if pages:
                withdrawn.append(entry)
        else:
            hidden.count(entry)
        until = min(until, _next_turn(entry, now))
    feeds, archives = file_archives(store, chooser.feeds())
    return Plan(
        feeds=feeds,
        archives=archives,
        assets=tuple(assets),
        entries=tuple(entries),
        withdrawn=tuple(withdrawn),
        drafts=hidden.drafts,
        waiting=hidden.waiting,
        until=until,
    )


def _next_turn(entry: Entry, now: datetime) -> datetime:
    """When it becomes public, or ceases to be."""
    turns = (entry.published, entry.embargo, entry.expires, entry.withdrawn)
    return min((turn for turn in turns if turn is not None and turn > now), default=_FOREVER)


def _key(site: Site) -> str:
    """What a plan depends on beside the entries."""
    settings = site.settings.feeds
    said = (
        _FORM,
        program_stamp(),
        site.publication,
        site.queries,
        settings.limit,
        settings.archive,
    )
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _recall(site: Site, store: Store, now: datetime) -> Plan | None:
    """The plan of the last run, if it still holds."""
    text = store.notebook.read(_NOTE)
    if not text or site.publication.pages:
        return None
    said = json.loads(text)
    began, until = (datetime.fromisoformat(said[key]) for key in ("began", "until"))
    if said["key"] != _key(site) or not began <= now < until:
        return None
    entries = {key: _named(key, changed) for key, changed in said["entries"].items()}
    podcasts = {f"feeds/{query.name}/": query.podcast for query in site.queries}

    def feeds(rows: Iterable[Mapping[str, Any]]) -> tuple[Feed, ...]:
        return tuple(
            Feed(
                **{
                    **row,
                    "entries": tuple(entries[key] for key in row["entries"]),
                    "withdrawn": tuple(entries[key] for key in row["withdrawn"]),
                    "podcast": podcasts.get(row["folder"]),
                }
            )
            for row in rows
        )

    return Plan(
        feeds=feeds(said["feeds"]),
        archives=feeds(said["archives"]),
        assets=tuple(
            (path, Asset(source=source, path=goes)) for path, source, goes in said["assets"]
        ),
        entries=(),
        withdrawn=(),
        drafts=said["drafts"],
        waiting=said["waiting"],
        until=until,
    )


def _named(key: str, changed: str) -> Entry:
    """The entry of this id, of which nothing is known but when it changed."""
    return Entry(
        id=key,
        slug="",
        path="",
        form=Form.WIRE,
        title="",
        published=datetime.fromisoformat(changed),
        published_from="first seen",
        language="",
        html="",
        summary="",
    )


def _written(plan: Plan, key: str, now: datetime) -> str:
    return json.dumps(
        {
            "key": key,
            "began": now.isoformat(),
            "until": plan.until.isoformat(),
            "entries": {key: entry.changed.isoformat() for key, entry in plan.carried().items()},
            "feeds": [_row(feed) for feed in plan.feeds],
            "archives": [_row(feed) for feed in plan.archives],
            "assets": [(path, asset.source, asset.path) for path, asset in plan.assets],
            "drafts": plan.drafts,
            "waiting": plan.waiting,
        },
        ensure_ascii=False,
    )


_SAID = (
    *("kind", "name", "title", "folder", "description", "limit", "keeps_all"),
    *("archive", "previous"),
)


def _row(feed: Feed) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(feed, name) for name in _SAID}
    row["entries"] = [entry.id for entry in feed.entries]
    row["withdrawn"] = [entry.id for entry in feed.withdrawn]
    return row
