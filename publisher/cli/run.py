"""publisher run: the cron line."""

from __future__ import annotations

import typer

from publisher.cli.options import FullOption, JsonOption, QuietOption, SiteOption
from publisher.cli.plain import Asked, carry_out


def run(
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    full: FullOption = False,
) -> None:
    """Read the articles, write feeds and pages, open the editions due, deliver them.

    Safe to start at any moment: twice at once, killed in the middle, again and again.

    [bold]Example[/bold], the line for cron:  */10 * * * *  publisher run --quiet --site /srv/paper
    """
    raise typer.Exit(carry_out(Asked("run", site, json, quiet, full)))
