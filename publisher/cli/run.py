"""publisher run: the cron line."""

from __future__ import annotations

import typer

from publisher.cli.common import JsonOption, SiteOption, now, open_site, stopping
from publisher.cli.show import show_report


def run(site: SiteOption = None, json: JsonOption = False) -> None:
    """Read the articles, write feeds and pages, open the editions due, deliver them.

    Safe to start at any moment: twice at once, killed in the middle, again and again.

    [bold]Example[/bold], the line for cron:  */10 * * * *  publisher run --site /srv/paper
    """
    from publisher.publish import run as publish  # noqa: PLC0415

    place = open_site(site)
    with stopping() as stop:
        report = publish(place, clock=now, stop=stop.is_set)
    show_report(place, report, json=json)
    raise typer.Exit(report.exit_code)
