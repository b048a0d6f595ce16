"""publisher doctor: whether this machine and this installation are fit for the site."""

from __future__ import annotations

import typer

from publisher.cli.common import open_site, show_json
from publisher.cli.options import JsonOption, SiteOption


def doctor(site: SiteOption = None, json: JsonOption = False) -> None:
    """Look at versions, files, modes, the disk and templates; change nothing.

    The exit code is 1 if there is an error; warnings don't count.

    [bold]Example[/bold]:  publisher doctor --site /srv/paper
    """
    from publisher.model import Severity  # noqa: PLC0415
    from publisher.publish.doctor import examine  # noqa: PLC0415

    findings = list(examine(open_site(site)))
    if json:
        show_json([one.as_dict() for one in findings])
    else:
        for one in findings:
            typer.echo(f"{one.severity.value}: {one}")
        if not findings:
            typer.echo("nothing to see to")
    raise typer.Exit(any(one.severity is Severity.ERROR for one in findings))
