"""Newsletters that are due: what they say at this slot, and to whom, frozen in the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from publisher.audience import choose_entries, make_segments
from publisher.checks.messages import check_message
from publisher.config import Site
from publisher.digest import Digest, browser_page
from publisher.errors import CheckError, PublisherError, TemplateError
from publisher.model import Entry, Finding, Newsletter, Rendered, Segment, Severity, Subscription
from publisher.output import Output
from publisher.pages import EditionLink, Pages
from publisher.publish.post import Post, edition_path
from publisher.publish.report import Report
from publisher.storage import Store
from publisher.timetable import due_slot, latest_slot, parse_schedule


def open_editions(
    site: Site, store: Store, templates: Mapping[str, str], now: datetime, report: Report
) -> None:
    """Open an edition of each newsletter that is due and has something new to say."""
    for newsletter in site.newsletters:
        try:
            slot = _slot(store, newsletter, now, report)
            if slot is not None:
                _open(site, store, newsletter, templates, slot, now, report)
        except (TemplateError, CheckError) as err:
            # The slot stays due: the edition leaves with the run after the mending.
            report.blame(err)


def compose(
    newsletter: Newsletter,
    subscriptions: Iterable[Subscription],
    entries: tuple[Entry, ...],
    post: Post,
    slot: datetime,
) -> list[tuple[Segment, Rendered]]:
    """Every segment with its words. Segment 0 is the public page: everything, to nobody."""
    digest = Digest(post.templates, newsletter.template)
    archive = post.site.publication.address(edition_path(edition_id(newsletter, slot)))
    everyone = Segment(number=0, entries=entries, recipients=())
    return [
        (
            segment,
            digest.render(
                newsletter,
                segment.entries[: newsletter.limit],
                slot=slot,
                publication=post.site.publication,
                archive=archive,
                more=max(0, len(segment.entries) - newsletter.limit),
            ),
        )
        for segment in (everyone, *make_segments(subscriptions, entries))
    ]


def check_segments(
    post: Post, newsletter: Newsletter, slot: datetime, parts: list[tuple[Segment, Rendered]]
) -> None:
    """Raise CheckError if a message of these segments would break a MUST."""
    identifier = edition_id(newsletter, slot)
    for segment, rendered in parts:
        template = post.template(newsletter, identifier, slot, rendered)
        data = template.fill(post.specimen(identifier, newsletter.name))
        findings = check_message(data, domain=post.domain(newsletter.sender))
        broken = [finding for finding in findings if finding.severity is Severity.ERROR]
        if broken:
            raise _refusal(f"edition {identifier}, segment {segment.number}, not opened", broken)


def _refusal(what: str, findings: list[Finding]) -> CheckError:
    """The error for a message that breaks a MUST: the first reason, and how many more."""
    first = findings[0]
    more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
    rule = f" [{first.rule}]" if first.rule else ""
    return CheckError(f"{what}: {first.what}{rule}{more}", mend=first.mend)


def edition_id(newsletter: Newsletter, slot: datetime) -> str:
    """`daily-2026-11-23-0700`: the slot as the newsletter's own zone shows it."""
    local = slot.astimezone(ZoneInfo(newsletter.timezone))
    return f"{newsletter.name}-{local:%Y-%m-%d-%H%M}"


def next_entries(store: Store, newsletter: Newsletter, now: datetime) -> tuple[Entry, ...]:
    """What has been published since the last edition and belongs in this newsletter."""
    watermark = store.editions.watermark(newsletter.name)
    released = [entry for _, entry in store.catalogue.released_after(watermark, now)]
    entries = choose_entries(newsletter, released)
    # The first edition of a newsletter introduces it: it must not carry a whole archive.
    return entries if watermark is not None else entries[: newsletter.limit]


def write_editions(site: Site, store: Store, templates: Mapping[str, str], report: Report) -> None:
    """The public page of each edition, and their list."""
    if not site.newsletters:
        return
    editions = store.editions.all()
    output = Output(site.output)
    there = output.files()
    links = []
    for edition in editions:
        path = edition_path(edition.id)
        if path not in there:
            rendered = store.editions.public_page(edition.id)
            report.written += output.replace(path, browser_page(rendered, site.publication))
        newsletter = site.newsletter(edition.newsletter)
        title = newsletter.title if newsletter else edition.newsletter
        links.append(
            EditionLink(title=edition.title, path=path, slot=edition.slot, newsletter=title)
        )
    try:
        page = Pages(templates, site.publication).editions(links)
    except PublisherError as err:
        report.blame(err)
        return
    report.written += output.replace("editions/index.html", page)


def _slot(store: Store, newsletter: Newsletter, now: datetime, report: Report) -> datetime | None:
    """The slot to serve now, if any; slots passed over are put on record."""
    schedule = parse_schedule(newsletter.schedule)
    last = store.editions.last_slot(newsletter.name)
    if last is None:
        newest = latest_slot(schedule, newsletter.timezone, now)
        if newsletter.first == "at once":
            return newest
        store.editions.record_slot(newsletter.name, newest, "start", now)
        return None
    due = due_slot(
        schedule, newsletter.timezone, now=now, last=last, since=last, catch_up=newsletter.catch_up
    )
    if due.clock_back:
        report.notes.append(
            f"{newsletter.name}: the clock stands before its last slot; nothing is opened"
        )
        return None
    for missed in due.missed:
        store.editions.record_slot(newsletter.name, missed, "missed", now)
    if due.missed:
        report.notes.append(
            f"{newsletter.name}: {len(due.missed)} slots passed while nothing ran; "
            "what they would have said goes into the next edition"
        )
    return due.slot


def _open(
    site: Site,
    store: Store,
    newsletter: Newsletter,
    templates: Mapping[str, str],
    slot: datetime,
    now: datetime,
    report: Report,
) -> None:
    subscriptions = store.subscribers.subscriptions(newsletter.name)
    if not subscriptions:
        report.notes.append(
            f"{newsletter.name}: nobody has subscribed yet "
            f"(publisher subscribers add ADDRESS --newsletter {newsletter.name})"
        )
        return
    entries = next_entries(store, newsletter, now)
    if not entries:
        store.editions.record_slot(newsletter.name, slot, "empty", now)
        return
    post = Post.of(site, templates)
    parts = compose(newsletter, subscriptions, entries, post, slot)
    check_segments(post, newsletter, slot, parts)
    identifier = edition_id(newsletter, slot)
    opened = store.editions.open(
        identifier,
        newsletter=newsletter.name,
        title=parts[0][1].subject,
        slot=slot,
        last_sequence=store.catalogue.last_sequence(),
        segments=parts,
        now=now,
    )
    if opened:
        report.opened.append(identifier)
