"""publisher build: feeds and pages only."""

from __future__ import annotations

import typer

from publisher.cli.options import FullOption, JsonOption, QuietOption, SiteOption
from publisher.cli.plain import Asked, carry_out


def build(
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    full: FullOption = False,
) -> None:
    """Read the articles and write feeds and pages; open no edition, send nothing.

    [bold]Example[/bold]:  publisher build --site /srv/paper
    """
    raise typer.Exit(carry_out(Asked("build", site, json, quiet, full)))
