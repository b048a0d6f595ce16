"""A run's report as a person reads it: what is to mend first, then a short table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.cli.common import show_json, show_table, tell
from publisher.config import Site

if TYPE_CHECKING:
    from publisher.publish import Report


def show_report(site: Site, report: Report, *, json: bool = False, quiet: bool = False) -> None:
    """Findings and notes to stderr, the table (or JSON) to stdout; `quiet`: findings alone."""
    for finding in report.findings:
        tell(f"{finding.severity.value}: {finding}")
    if quiet and not report.exit_code:
        return
    for note in report.notes:
        tell(f"note: {note}")
    if json:
        show_json(report.as_dict())
        return
    show_table(("what", "how many", "where"), list(_rows(site, report)))


def _rows(site: Site, report: Report) -> list[tuple[str, str, str]]:
    settings = site.settings
    rows = [
        ("articles read", str(report.articles), f"{site.articles}/"),
        ("  new, changed, gone", f"{report.new}, {report.changed}, {report.gone}", ""),
        ("  drafts, not yet due", f"{report.drafts}, {report.waiting}", ""),
        ("feeds", f"{report.feeds} in {_formats(site)}", f"{site.output}/{_first_page(site)}"),
        ("  files written", str(report.written), "" if report.written else "nothing new"),
    ]
    if report.pinged:
        rows.append(("  of which the hub was told", str(report.pinged), settings.feeds.hub or ""))
    if settings.newsletters:
        opened = ", ".join(report.opened)
        rows += [
            ("editions opened", str(len(report.opened)), opened or "none due, or nothing new"),
            ("deliveries made", str(report.sent), _where(site)),
        ]
    for name, count in (
        ("  deferred, tried again later", report.deferred),
        ("  failed", report.failed),
        ("  held, for you to decide", report.held),
        ("  in doubt after a crash", report.in_doubt),
    ):
        if count:
            rows.append((name, str(count), "publisher editions show EDITION"))
    if report.returned:
        found = f"{report.returned}, {report.suppressed}"
        rows.append(("came back, kept off for it", found, "publisher bounces list"))
    if report.stopped:
        rows.append(("stopped", "", "the next run goes on"))
    return rows


def _formats(site: Site) -> str:
    count = len(site.publication.formats)
    return f"{count} formats" if count > 1 else "1 format"


def _first_page(site: Site) -> str:
    return "index.html" if site.publication.pages else ""


def _where(site: Site) -> str:
    mail = site.settings.mail
    if mail is None:
        return ""
    if mail.transport == "smtp" and mail.smtp:
        return ", ".join(f"{relay.host}:{relay.port}" for relay in mail.smtp)
    return f"{site.folder / mail.outbox.folder}/"
