"""publisher run: the cron line."""

from __future__ import annotations

import typer

from publisher.cli.common import now, open_site, stopping
from publisher.cli.options import FullOption, JsonOption, QuietOption, SiteOption
from publisher.cli.show import show_report
from publisher.errors import BusyError


def run(
    context: typer.Context,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    full: FullOption = False,
) -> None:
    """Read the articles, write feeds and pages, open the editions due, deliver them.

    Safe to start at any moment: twice at once, killed in the middle, again and again.

    [bold]Example[/bold], the line for cron:  */10 * * * *  publisher run --quiet --site /srv/paper
    """
    from publisher.cli.progress import progress, unseen  # noqa: PLC0415
    from publisher.publish import Places  # noqa: PLC0415
    from publisher.publish import run as publish  # noqa: PLC0415

    place = open_site(site)
    shown = unseen if quiet else progress
    try:
        with stopping() as stop:
            report = publish(
                place,
                clock=now,
                stop=stop.is_set,
                progress=shown,
                full=full,
                seen=context.obj,
            )
    except BusyError:
        if quiet:  # the next run will do; nothing has to be mended
            raise typer.Exit(0) from None
        raise
    show_report(place.folder, Places.of(place), report, json=json, quiet=quiet)
    raise typer.Exit(report.exit_code)
