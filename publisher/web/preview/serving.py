"""The preview from its first look at the folder until it is asked to stop."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from publisher.publish.preview import Previews
from publisher.storage import Store
from publisher.web.preview.app import make_preview
from publisher.web.preview.watching import Watcher
from publisher.web.server import Server, make_config

HOST = "127.0.0.1"  # and no other: what is shown here is nobody else's business


def serve_preview(
    folder: Path,
    environ: Mapping[str, str],
    listening: socket.socket,
    *,
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
) -> None:
    """Show the site in `folder` on a socket of this machine until `stop` says so.

    What it works with lies in a folder of its own, which is gone afterwards.
    """
    port = listening.getsockname()[1]
    with (
        tempfile.TemporaryDirectory(prefix="publisher-preview-") as own,
        Store.open("sqlite:///preview.db", site=Path(own)) as scratch,
    ):
        previews = Previews(folder, environ, scratch, clock())
        with Watcher(previews, clock=clock):
            app = make_preview(previews, port=port, stop=stop)
            Server(make_config(app, ()), stop).run(sockets=[listening])
