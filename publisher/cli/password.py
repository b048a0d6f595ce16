"""publisher password: who may see the status page."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from publisher.cli.common import open_site, tell
from publisher.cli.options import SiteOption


def password(
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read it from standard input, for a script.")
    ] = False,
    site: SiteOption = None,
) -> None:
    """Set the password of the status page that `publisher serve` shows; ends all its sessions.

    [bold]Example[/bold]:  publisher password --site /srv/paper
    """
    from publisher.config.password import PASSWORD_NAME, save_password  # noqa: PLC0415

    place = open_site(site)
    chosen = (
        sys.stdin.readline().rstrip("\r\n")
        if stdin
        else typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    )
    save_password(place.folder, chosen)
    tell(f"kept as a hash in {place.folder / PASSWORD_NAME}; the page is {place.web}status")
