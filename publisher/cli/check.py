"""publisher check: what is to mend in articles, and why their entries are as they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from publisher.cli.common import JsonOption, SiteOption, now, open_site, show_json, show_table

if TYPE_CHECKING:
    from publisher.publish.checking import Checked


def check(
    articles: Annotated[
        list[Path] | None, typer.Argument(help="Files in the articles folder; else all of them.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say of each value where it was read, and why.")
    ] = False,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Read articles and say what is to mend, with file, line and how; publish nothing.

    The exit code is 1 if there is anything. With --explain it says what was read from where, and
    why each tag and the summary.

    [bold]Example[/bold]:  publisher check articles/ferry.txt --explain
    """
    from publisher.publish.checking import check_articles  # noqa: PLC0415

    place = open_site(site)
    count = found = 0
    told: list[dict[str, Any]] = []
    for checked in check_articles(place, articles or [], now()):
        count += 1
        found += len(checked.findings)
        if json:
            told.append(_as_dict(checked, explain=explain))
            continue
        for finding in checked.findings:
            typer.echo(f"{finding.severity.value}: {finding}")
        if explain and checked.reasons:
            typer.echo(checked.path)
            rows = [(one.what, one.value, one.source) for one in checked.reasons]
            show_table(("what", "value", "from"), rows)
    if json:
        show_json(told)
    elif not explain or found:
        typer.echo(f"{count} articles, {found or 'nothing'} to mend")
    raise typer.Exit(1 if found else 0)


def _as_dict(checked: Checked, *, explain: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "path": checked.path,
        "findings": [
            {
                "severity": one.severity.value,
                "what": one.what,
                "mend": one.mend,
                "path": one.path,
                "line": one.line,
            }
            for one in checked.findings
        ],
    }
    if explain:
        told["explain"] = [
            {"what": one.what, "value": one.value, "from": one.source} for one in checked.reasons
        ]
    return told
