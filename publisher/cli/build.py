"""publisher build: feeds and pages only."""

from __future__ import annotations

import typer

from publisher.cli.common import now, open_site
from publisher.cli.options import FullOption, JsonOption, QuietOption, SiteOption
from publisher.cli.show import show_report


def build(
    context: typer.Context,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    full: FullOption = False,
) -> None:
    """Read the articles and write feeds and pages; open no edition, send nothing.

    [bold]Example[/bold]:  publisher build --site /srv/paper
    """
    from publisher.publish import Places  # noqa: PLC0415
    from publisher.publish import build as publish  # noqa: PLC0415

    place = open_site(site)
    report = publish(place, now=now(), full=full, seen=context.obj)
    show_report(place.folder, Places.of(place), report, json=json, quiet=quiet)
    raise typer.Exit(report.exit_code)
