"""uvicorn around the service, with its limits, until it is asked to stop."""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import uvicorn
from starlette.types import ASGIApp

from publisher.config import Site
from publisher.errors import UsageError
from publisher.garbage import collect_as_usual
from publisher.publish.letters import answer_requests
from publisher.storage import Store
from publisher.web.app import make_app
from publisher.web.guard import MOST_HEAD
from publisher.web.patience import PatientProtocol
from publisher.web.postman import Postman
from publisher.web.service import Service

_IDLE_SECONDS = 5
_STOP_SECONDS = 6
_AT_ONCE = 400  # connections


def serve(
    site: Site,
    store: Store,
    templates: Mapping[str, str],
    listening: socket.socket,
    *,
    proxies: Sequence[str],
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
    log: Callable[[str], None],
) -> None:
    """Answer on a socket until `stop` says so; whoever is being answered then still is.

    Only of `proxies` (addresses or networks) is it believed whom they ask for.
    """

    def deliver(stopped: Callable[[], bool]) -> None:
        for problem in answer_requests(site, store, templates, clock=clock, stop=stopped):
            log(problem)

    with Postman(deliver, log=log) as postman:
        service = Service(site, store, templates, clock=clock, wake=postman.wake, log=log)
        Server(make_config(make_app(service), proxies), stop).run(sockets=[listening])


def make_config(app: ASGIApp, proxies: Sequence[str]) -> uvicorn.Config:
    """How uvicorn runs an application of ours."""
    # Not a line for each request: the addresses that are asked for are readers' keys.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        limit_concurrency=_AT_ONCE,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
        h11_max_incomplete_event_size=MOST_HEAD,
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket to serve on; UsageError where it is taken or not ours."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        listening = socket.create_server((host, port), family=found[0][0], backlog=512)
    except (OSError, OverflowError, UnicodeError) as err:
        # The library says once more where it tried to.
        why = str(getattr(err, "strerror", None) or err).partition(" (while ")[0]
        raise UsageError(
            f"can't listen on {host}:{port}: {why}",
            mend="choose another --port, or stop what listens there",
        ) from None
    # Every connection has it from here; asyncio sets it only for sockets that name their protocol.
    # Without it the body of an answer waits for the other side to have seen its head: 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def check_proxies(proxies: Sequence[str]) -> list[str]:
    """The same addresses and networks; UsageError for what is neither."""
    for one in proxies:
        try:
            ipaddress.ip_network(one)
        except ValueError:
            raise UsageError(
                f"{one!r} is no address or network of a proxy",
                mend="write --behind-proxy 127.0.0.1, or 10.0.0.0/8",
            ) from None
    return list(proxies)


class Server(uvicorn.Server):
    """uvicorn, but signals are the command's business: it ends with an exit code of its own."""

    def __init__(self, config: uvicorn.Config, stop: Callable[[], bool]) -> None:
        super().__init__(config)
        self._stop = stop
        collect_as_usual()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        self.should_exit = self.should_exit or self._stop()
        return await super().on_tick(counter)
