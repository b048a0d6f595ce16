"""publisher schedule: the same as run, again and again, where there is no cron."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from publisher.cli.common import now, open_site, stopping, tell
from publisher.cli.options import SiteOption
from publisher.cli.show import show_report


def schedule(
    site: SiteOption = None,
    every: Annotated[int, typer.Option(min=1, help="Seconds from one run to the next.")] = 60,
) -> None:
    """Run again and again in one long-lived process (a container, a systemd service).

    What is due is decided by the slots in the store, as with cron; a restart loses nothing.

    [bold]Example[/bold]:  publisher schedule --site /srv/paper --every 60
    """
    from publisher.cli.progress import progress  # noqa: PLC0415
    from publisher.errors import PublisherError  # noqa: PLC0415
    from publisher.publish import Places, run  # noqa: PLC0415
    from publisher.scheduler import run_forever  # noqa: PLC0415

    place = open_site(site)
    tell(f"publisher: running every {every} s; stop with Ctrl-C or SIGTERM")
    with stopping() as stop:

        def tick() -> None:
            try:
                # Read again on each tick: a mended publisher.toml counts from the next run on.
                here = open_site(site)
                report = run(here, clock=now, stop=stop.is_set, progress=progress)
            except PublisherError as err:
                for line in getattr(err, "mistakes", ()) or (str(err),):
                    tell(f"publisher: {line}")
                return
            if report.written or report.opened or report.sent or report.findings:
                show_report(here.folder, Places.of(here), report)

        run_forever(tick, every=timedelta(seconds=every), stop=stop, log=tell)
    tell(f"publisher: stopped ({place.folder})")
