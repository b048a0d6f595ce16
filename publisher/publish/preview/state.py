"""The publication as it stands now: read again when asked, and whatever is wrong with it beside."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import TypeVar, cast

from publisher.config import SITE_FILES, Site, load_site
from publisher.errors import ConfigError, PublisherError, trace
from publisher.model import Finding, Severity
from publisher.publish.fragments import Items
from publisher.publish.plan import Plan, make_plan
from publisher.publish.reading import read_articles
from publisher.publish.report import Report
from publisher.sources import Marks, load_templates, mark_files
from publisher.storage import Store, copy_into, store_mark
from publisher.timetable import next_slot, parse_schedule
from publisher.valueclass import valueclass

_T = TypeVar("_T")


def bug(err: Exception) -> Finding:
    """A mistake of ours, as something that can be reported."""
    return Finding(
        severity=Severity.ERROR,
        what=f"publisher itself fails here: {trace(err)}",
        mend="please report it, with what was changed last",
    )


class Kept:
    """What was made of one state, each thing once, however many ask at the same time."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._things: dict[object, object] = {}

    def once(self, key: object, make: Callable[[], _T]) -> _T:
        """The thing under `key`, made if it is not there; what raises is made again."""
        with self._lock:
            if key not in self._things:
                self._things[key] = make()
            return cast("_T", self._things[key])


@valueclass
class Preview:
    """One state of the publication, `number` of those that there were.

    `site` and `plan` are the last good ones, None before there was any; all of it holds `until` an
    entry comes out or an edition is due. `findings` are those of
    the configuration, the templates and the articles; `reviewed` those of all that would leave,
    None until it has been looked through. `published` has the fingerprints of what the
    publication's own store holds, by id.
    """

    number: int = 0
    now: datetime
    until: datetime | None = None
    site: Site | None = None
    templates: Mapping[str, str] = field(default_factory=dict)
    plan: Plan | None = None
    findings: tuple[Finding, ...] = ()
    reviewed: tuple[Finding, ...] | None = None
    published: Mapping[str, str] = field(default_factory=dict)
    kept: Kept = field(default_factory=Kept)

    @property
    def found(self) -> tuple[Finding, ...]:
        """Everything that somebody should mend, as far as it is known by now."""
        return (*self.findings, *(self.reviewed or ()))


class Previews:
    """Keeps the newest one; `scratch` is an empty store that is ours alone.

    `keys` sign the links in messages that are shown and nothing else: none of them leads anywhere.
    Safe to use from many threads, of which one at a time refreshes.
    """

    def __init__(
        self, folder: Path, environ: Mapping[str, str], scratch: Store, now: datetime
    ) -> None:
        self.folder = folder
        self.scratch = scratch
        self.keys = (secrets.token_bytes(32),)
        self.current = Preview(now=now)
        self._environ = environ
        self.titles: dict[str, tuple[str, str]] = {}  # by id: fingerprint and title of an entry
        self._borrowed = ""
        self._published: Mapping[str, str] = {}

    def watched(self) -> tuple[Marks, str]:
        """How all that a preview depends on stands; unlike an earlier one, if any of it changed."""
        site = self.current.site
        places = [self.folder / name for name in (*SITE_FILES, "templates")]
        marks = mark_files([*places, *([site.articles] if site else [])])
        try:
            return marks, store_mark(site.settings.storage.url, self.folder) if site else ""
        except PublisherError as err:  # which refreshing will say
            return marks, str(err)

    def refresh(self, now: datetime) -> Preview:
        """Read what has changed. Never raises what a person can mend: it is a finding then."""
        before, report = self.current, Report()
        site = self._site(before.site, report)
        templates = self._templates(before.templates, report)
        plan = before.plan
        if site is not None:
            self._borrow(site, report)
            plan = self._read(site, now, report) or plan
        self.current = Preview(
            number=before.number + 1,
            now=now,
            until=self._until(site, now) if site else None,
            site=site,
            templates=templates,
            plan=plan,
            findings=tuple(report.findings),
            published=self._published,
        )
        return self.current

    def put_reviewed(self, preview: Preview, findings: Sequence[Finding]) -> None:
        """Keep what was found in all that would leave, if that is still the newest state."""
        if self.current is preview:
            self.current = replace(
                preview, number=preview.number + 1, reviewed=tuple(dict.fromkeys(findings))
            )

    def _site(self, before: Site | None, report: Report) -> Site | None:
        try:
            return load_site(self.folder, self._environ)
        except ConfigError as err:
            lines = err.mistakes or (str(err),)
            report.findings += [Finding(severity=Severity.ERROR, what=line) for line in lines]
        return before

    def _templates(self, before: Mapping[str, str], report: Report) -> Mapping[str, str]:
        try:
            return load_templates(self.folder)
        except PublisherError as err:
            report.blame(err)
        return before

    def _borrow(self, site: Site, report: Report) -> None:
        """Begin anew from the publication's store if that is another by now."""
        url = site.settings.storage.url
        try:
            mark = f"{url} {store_mark(url, self.folder)}"
            if mark != self._borrowed:
                copy_into(self.scratch, url, self.folder)
                self._published = {
                    entry.id: print_ for entry, print_ in self.scratch.catalogue.outlines()
                }
                self._borrowed = mark
        except PublisherError as err:
            report.blame(err)

    def _read(self, site: Site, now: datetime, report: Report) -> Plan | None:
        try:
            read_articles(site, self.scratch, now, report)
            self.scratch.catalogue.release(now)
            return make_plan(site, self.scratch, now, report, Items(), full=False)[0]
        except PublisherError as err:
            report.blame(err)
        except Exception as err:  # noqa: BLE001 - whatever it is, the page stays up and says so
            report.findings.append(bug(err))
        return None

    def _until(self, site: Site, now: datetime) -> datetime | None:
        slots = [
            next_slot(parse_schedule(one.schedule), one.timezone, now) for one in site.newsletters
        ]
        turn = self.scratch.catalogue.next_turn(now)
        return min([*slots, *([turn] if turn else [])], default=None)
