"""publisher worker: deliver parts of editions from this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.common import now, open_site, open_store, stopping, tell
from publisher.cli.options import SiteOption


def worker(
    site: SiteOption = None,
    once: Annotated[
        bool, typer.Option("--once", help="End when nothing is left, instead of waiting for more.")
    ] = False,
) -> None:
    """Deliver what `publisher run` hands out, here and on as many other hosts as you like.

    Each host has the same publisher.toml, templates and keys; the database is PostgreSQL. On
    SIGTERM what is in flight is finished and the rest handed back.

    [bold]Example[/bold]:  publisher worker --site /srv/paper
    """
    from publisher.cli.progress import progress  # noqa: PLC0415
    from publisher.publish.workers import Worker  # noqa: PLC0415

    place = open_site(site)
    with open_store(place) as store, stopping() as stop:
        Worker(
            site=place, store=store, clock=now, stop=stop.is_set, log=tell, progress=progress
        ).work(once=once)
