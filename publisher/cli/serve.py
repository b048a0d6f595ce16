"""publisher serve: the web service for readers."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.common import now, open_site, open_store, stopping, tell
from publisher.cli.options import SiteOption


def serve(
    site: SiteOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0: any.")] = 8000,
    behind_proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--behind-proxy",
            help="The address or network of a web server in front, which is believed when it "
            "says whom it asks for (X-Forwarded-For); may be repeated.",
        ),
    ] = None,
) -> None:
    r"""Take subscriptions, let readers choose and leave, and serve feeds and pages.

    It answers below the address \[mail] web, and below \[publication] url with the output folder.
    Put a web server that speaks HTTPS in front of it.

    [bold]Example[/bold]:  publisher serve --port 8000 --behind-proxy 127.0.0.1
    """
    from publisher.config import load_password  # noqa: PLC0415
    from publisher.sources import load_templates  # noqa: PLC0415
    from publisher.web.server import check_proxies, listen  # noqa: PLC0415
    from publisher.web.server import serve as answer  # noqa: PLC0415

    place = open_site(site)
    proxies = check_proxies(behind_proxy or ())
    templates = load_templates(place.folder)
    with listen(host, port) as listening, open_store(place) as store, stopping() as stop:
        shown = f"[{host}]" if ":" in host else host
        tell(f"publisher: serving on http://{shown}:{listening.getsockname()[1]}/")
        if load_password(place.folder):
            tell(f"publisher: how things stand: {place.web}status")
        if place.newsletters:
            tell(f"publisher: the form is {place.web}subscribe, to embed it: {place.web}embed")
        answer(
            place,
            store,
            templates,
            listening,
            proxies=proxies,
            clock=now,
            stop=stop.is_set,
            log=lambda text: tell(f"publisher: {text}"),
        )
    tell("publisher: stopped")
