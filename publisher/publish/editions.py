"""Newsletters that are due: what they say at this slot, and to whom, frozen in the store."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from publisher.audience import Plan
from publisher.config import Site
from publisher.counting import counted
from publisher.errors import CheckError, PublisherError, TemplateError, is_bug, trace
from publisher.model import Entry, Finding, Frequency, Newsletter, Rendered
from publisher.output import Output
from publisher.publish.cohorts import DueCohort, due_cohorts
from publisher.publish.report import Report
from publisher.sources import program_stamp
from publisher.storage import Audience, EditionRecord, Group, Store, Wording

if TYPE_CHECKING:  # what writes editions is imported when one is due: seldom
    from publisher.digest import Digest
    from publisher.publish.composing import Composer
    from publisher.publish.post import Post


def open_editions(
    site: Site, store: Store, templates: Mapping[str, str], now: datetime, report: Report
) -> None:
    """Open an edition for each cohort that is due and has something new to get."""
    desk = _Desk(site, templates)
    for newsletter in site.newsletters:
        try:
            for due in due_cohorts(store, newsletter, now, report):
                _open(desk, store, newsletter, due, now, report)
        except (TemplateError, CheckError) as err:
            # The slot stays due: the edition leaves with the run after the mending.
            report.blame(err)
        except Exception as err:
            if not is_bug(err):
                raise
            report.blame(_bug(newsletter, err))


def _bug(newsletter: Newsletter, err: Exception) -> CheckError:
    """A mistake of ours that keeps one newsletter's edition from opening, and no other."""
    return CheckError(
        f"publisher itself fails on an edition of {newsletter.name} ({trace(err, 6)})",
        mend="please report it; the edition leaves with the first run after it is mended",
    )


class Share(NamedTuple):
    """What some readers of an edition get: a set of entries, and the language of the words.

    The language is empty for the newsletter's own, as `spoken` gives it.
    """

    entries: int
    language: str = ""


class _Desk:
    """What it takes to write editions, made when the first one is due."""

    def __init__(self, site: Site, templates: Mapping[str, str]) -> None:
        self._site = site
        self._templates = templates
        self._digests: dict[str, Digest] = {}
        self._used: set[str] = set()

    @cached_property
    def post(self) -> Post:
        """Who sends, and how."""
        from publisher.publish.post import Post  # noqa: PLC0415

        return Post.of(self._site, self._templates)

    def digest(self, template: str) -> Digest:
        """A newsletter's templates, compiled once however many cohorts are due."""
        from publisher.digest import Digest  # noqa: PLC0415

        if template not in self._digests:
            self._digests[template] = Digest(self._templates, template)
        return self._digests[template]

    def is_first(self, template: str) -> bool:
        """Whether no edition of this run has asked so for this template."""
        first = template not in self._used
        self._used.add(template)
        return first


def write_editions(site: Site, store: Store, templates: Mapping[str, str], report: Report) -> None:
    """The public page of each edition, and the list of those of newsletters' own schedules."""
    if not site.newsletters:
        return
    editions = store.editions.all()
    output = Output(site.output)
    paths = [f"editions/{edition.id}.html" for edition in editions] + [_LIST]
    made_from = _made_from(site, templates, editions)

    def stand() -> str:
        return f"{made_from} {[output.stamp(path) for path in paths]}"

    # As the last run left them, and of the same words: nothing is to be looked at further.
    if store.notebook.read(_NOTE) == stand():
        return
    if _write_editions(site, store, templates, editions, report):
        store.notebook.write(_NOTE, stand())


_NOTE = "editions"
_LIST = "editions/index.html"


def _made_from(site: Site, templates: Mapping[str, str], editions: Sequence[EditionRecord]) -> str:
    """The hash of all that the pages of editions are made from."""
    looks = [(name, templates[name]) for name in sorted(templates) if name.startswith("pages/")]
    titles = [(one.name, one.title) for one in site.newsletters]
    said = repr((program_stamp(), site.publication, titles, looks, editions))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _write_editions(
    site: Site,
    store: Store,
    templates: Mapping[str, str],
    editions: Sequence[EditionRecord],
    report: Report,
) -> bool:
    """Write what is missing or other; whether all could be."""
    from publisher.digest import browser_page  # noqa: PLC0415
    from publisher.pages import EditionLink, Pages  # noqa: PLC0415
    from publisher.publish.post import edition_path  # noqa: PLC0415

    output = Output(site.output)
    links = []
    for edition in editions:
        path = edition_path(edition.id)
        if not output.stamp(path):
            rendered = store.editions.words(edition.id)[0]
            report.written += output.replace(path, browser_page(rendered, site.publication))
        if edition.cohort.label:
            continue  # the newsletter's own says the same, some hours earlier or later
        newsletter = site.newsletter(edition.newsletter)
        title = newsletter.title if newsletter else edition.newsletter
        links.append(
            EditionLink(title=edition.title, path=path, slot=edition.slot, newsletter=title)
        )
    try:
        page = Pages(templates, site.publication).editions(links)
    except PublisherError as err:
        report.blame(err)
        return False
    report.written += output.replace(_LIST, page)
    return True


def _open(
    desk: _Desk, store: Store, newsletter: Newsletter, due: DueCohort, now: datetime, report: Report
) -> None:
    """Freeze what this cohort gets at its slot; or put on record that there was nothing."""
    from publisher.pages.translations import spoken  # noqa: PLC0415

    last_sequence = store.catalogue.last_sequence()
    before = store.editions.watermark(due.cohort)
    groups = store.readership.groups(newsletter.name, due.clocks, now) if due.clocks else []
    plan = plan_after(store, newsletter, _oldest(due, before, last_sequence), last_sequence, now)
    asked = [
        Share(
            plan.asked_for(group.topics, group.watermark),
            spoken(group.language, newsletter.language),
        )
        for group in groups
    ]
    page = _page(plan, groups, asked, due, before)
    numbers = _numbers(groups, asked)
    audience = Audience(
        newsletter=newsletter.name,
        clocks=due.clocks,
        segments={group.id: numbers[share] for group, share in zip(groups, asked, strict=True)},
        drop_paused=newsletter.after_pause == "drop",
    )
    if not page:
        slot = None if due.cohort.frequency is Frequency.EACH else due.slot
        store.editions.pass_over(
            audience, cohort=due.cohort, slot=slot, last_sequence=last_sequence, now=now
        )
        return
    from publisher.publish.composing import Composer  # noqa: PLC0415

    composer = Composer(
        desk.post,
        desk.digest(newsletter.template),
        newsletter,
        due.cohort,
        due.slot,
        looks=desk.is_first(newsletter.template),
    )
    # A share's place among the segments is its number: readers are owed it by that.
    written = sorted(
        (share for share, number in numbers.items() if number), key=numbers.__getitem__
    )
    shares = [Share(page), *written]
    wording = write_shares(store, newsletter, plan, shares, composer)
    _warn(composer.warnings, report)
    opened = store.editions.open(
        composer.identifier,
        wording,
        audience,
        cohort=due.cohort,
        slot=due.slot,
        last_sequence=last_sequence,
        to_nobody=not due.cohort.label,
        now=now,
    )
    if opened:
        report.opened.append(composer.identifier)


def _warn(warnings: Sequence[Finding], report: Report) -> None:
    """The first of an edition's warnings: with many segments one cause may have many."""
    report.findings += warnings[:_WARNINGS]
    if len(warnings) > _WARNINGS:
        report.notes.append(
            f"{counted(len(warnings) - _WARNINGS, 'more warning')} on the edition: "
            "publisher check has them"
        )


_WARNINGS = 5


def plan_after(
    store: Store, newsletter: Newsletter, watermark: int | None, last: int, now: datetime
) -> Plan:
    """What this newsletter may carry of what was released after `watermark`, up to `last`."""
    released = store.catalogue.released_after(watermark, now)
    return Plan(newsletter, [(number, entry) for number, entry in released if number <= last])


def write_shares(
    store: Store, newsletter: Newsletter, plan: Plan, shares: Sequence[Share], composer: Composer
) -> Wording:
    """The words for each of these; the first is the public page.

    Raises CheckError if a message with them would break a MUST.
    """
    from publisher.publish.composing import load_shown  # noqa: PLC0415

    sets = dict.fromkeys(share.entries for share in shares)
    full = load_shown(store.catalogue, plan, list(sets), newsletter.limit)
    wording = Wording()
    for number, share in enumerate(shares):
        ids, rendered = compose_share(plan, share, full, newsletter, composer)
        composer.check(number, rendered)
        wording.add(number, ids, rendered)
    return wording


def compose_share(
    plan: Plan, share: Share, full: Mapping[str, Entry], newsletter: Newsletter, composer: Composer
) -> tuple[list[str], Rendered]:
    """The ids of a share's entries, and the words for it; `full` has those that are shown."""
    ids = [entry.id for entry in plan.entries_of(share.entries)]
    shown = [full[one] for one in ids[: newsletter.limit]]
    more = len(ids) - len(shown)
    return ids, composer.compose(shown, more=more, language=share.language)


def _oldest(due: DueCohort, before: int | None, last: int) -> int | None:
    """From where on released entries matter to these readers, and to the newsletter's own page."""
    marks = [due.lowest] if due.active else []
    if not due.cohort.label:
        marks.append(before)
    return None if None in marks else min((one for one in marks if one is not None), default=last)


def _page(
    plan: Plan, groups: Sequence[Group], asked: Sequence[Share], due: DueCohort, before: int | None
) -> int:
    """The entries of the public page: all that are new to most of the readers who get something.

    The newsletter's own edition has a page also where nobody does.
    """
    marks: Counter[int | None] = Counter()
    for group, share in zip(groups, asked, strict=True):
        if share.entries:
            marks[group.watermark] += group.readers
    if marks:
        return plan.after(marks.most_common(1)[0][0])
    return 0 if due.cohort.label else plan.after(before)


def _numbers(groups: Sequence[Group], asked: Sequence[Share]) -> dict[Share, int]:
    """A number for each distinct share, from 1 for that of most readers; 0 for nothing."""
    readers: Counter[Share] = Counter()
    for group, share in zip(groups, asked, strict=True):
        readers[share] += group.readers
    ordered = sorted(
        (share for share in readers if share.entries), key=lambda share: (-readers[share], share)
    )
    numbers = {share: number for number, share in enumerate(ordered, 1)}
    return {share: numbers.get(share, 0) for share in readers}
