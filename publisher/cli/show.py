"""A run's report as a person reads it: what is to mend first, then a short table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from publisher.cli.common import show_json, tell
from publisher.cli.tables import show_table
from publisher.counting import counted

if TYPE_CHECKING:
    from publisher.publish import Places, Report


def show_report(
    folder: Path, places: Places, report: Report, *, json: bool = False, quiet: bool = False
) -> None:
    """Findings and notes to stderr, the table (or JSON) to stdout; `quiet`: findings alone.

    `folder` is the site's, `places` are those in it.
    """
    for finding in report.findings:
        tell(f"{finding.severity.value}: {finding}")
    if quiet and not report.exit_code:
        return
    for note in report.notes:
        tell(f"note: {note}")
    if json:
        show_json(report.as_dict())
        return
    show_table(("what", "how many", "where"), list(_rows(folder, places, report)))


def _rows(folder: Path, places: Places, report: Report) -> list[tuple[str, str, str]]:
    formats = counted(places.formats, "format")
    first_page = "index.html" if places.has_pages else ""
    rows = [
        ("articles read", str(report.articles), f"{folder / places.articles}/"),
        ("  new, changed, gone", f"{report.new}, {report.changed}, {report.gone}", ""),
        ("  drafts, not yet due", f"{report.drafts}, {report.waiting}", ""),
        ("feeds", f"{report.feeds} in {formats}", f"{folder / places.output}/{first_page}"),
        ("  files written", str(report.written), "" if report.written else "nothing new"),
    ]
    if report.pinged:
        rows.append(("  of which the hub was told", str(report.pinged), places.hub))
    if places.has_newsletters:
        opened = ", ".join(report.opened)
        rows += [
            ("editions opened", str(len(report.opened)), opened or "none due, or nothing new"),
            ("deliveries made", str(report.sent), places.relays or f"{folder / places.outbox}/"),
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
