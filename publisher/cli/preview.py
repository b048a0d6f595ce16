"""publisher preview: everything as its readers would see it."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from publisher.cli.common import find_site, now, open_site, stopping, tell
from publisher.cli.options import SiteOption


def preview(
    site: SiteOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0: any.")] = 8001,
    browser: Annotated[
        bool, typer.Option("--browser", help="Open the page in this machine's browser.")
    ] = False,
) -> None:
    """Show on this machine what readers would get: articles, feeds, newsletters, and what is wrong.

    The page follows every change of an article, a template or the configuration. Nothing is
    published, sent or kept: your database, feeds and outbox are only read.

    [bold]Example[/bold]:  publisher preview --browser
    """
    import webbrowser  # noqa: PLC0415
    from threading import Thread  # noqa: PLC0415

    from publisher.config import CONFIG_NAME  # noqa: PLC0415
    from publisher.web.preview.serving import HOST, serve_preview  # noqa: PLC0415
    from publisher.web.server import listen  # noqa: PLC0415

    folder = find_site(site)
    if not (folder / CONFIG_NAME).exists():
        open_site(site)  # which has the words for it; a broken one is shown on the page
    with listen(HOST, port) as listening, stopping() as stop:
        address = f"http://{HOST}:{listening.getsockname()[1]}/"
        tell(f"publisher: the preview is at {address} (ctrl-c ends it)")
        if browser:
            # In a thread of its own: a browser in the terminal keeps whoever starts it waiting.
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        serve_preview(folder, os.environ, listening, clock=now, stop=stop.is_set)
    tell("publisher: stopped")
