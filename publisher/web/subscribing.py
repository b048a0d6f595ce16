"""The form to subscribe, and the one that sends a reader the link to their choices again.

Nothing here looks at who subscribes: a request is written down, the same way for every address,
and the answer is always the same page. The mail that follows is made later (publish/letters.py).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from publisher.audience import parse_address
from publisher.errors import AddressError
from publisher.model import Newsletter
from publisher.pages.schedules import spell_schedule
from publisher.web.forms import Fields, posted
from publisher.web.service import Service

_QUICKEST = timedelta(seconds=2)  # nobody fills in a form faster
_STALE = timedelta(days=1)
_TRAP = "website"  # a field that people don't see


class Subscribing:
    """Pages for who is no reader yet, or has lost the link."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[BaseRoute]:
        """What is answered here."""
        path = self._service.path
        return [
            Route(path("subscribe"), self.show, methods=["GET"]),
            Route(path("subscribe"), posted(self.take), methods=["POST"]),
            Route(path("link"), self.show_link, methods=["GET"]),
            Route(path("link"), posted(self.take_link), methods=["POST"]),
            Route(path("sent"), self.sent, methods=["GET"]),
            Route(path("embed"), self.embed, methods=["GET"]),
        ]

    def show(self, request: Request) -> Response:
        """The empty form."""
        wanted = request.query_params.getlist("newsletter")
        return self._form(request, wanted=wanted)

    def take(self, request: Request, fields: Fields) -> Response:
        """Somebody asks for newsletters."""
        service = self._service
        if fields.one(_TRAP):
            return service.go(service.path("sent"))  # what a robot wants to hear
        names = fields.all("newsletter")
        newsletters = service.newsletters(names)
        filled: dict[str, Any] = {"address": fields.one("address"), "wanted": names}
        if not newsletters:
            return self._form(request, status=422, problem="none", **filled)
        try:
            address = parse_address(fields.one("address"))
        except AddressError:
            return self._form(request, status=422, problem="address", **filled)
        if not self._is_ripe(fields.one("stamp")):
            # From another site's form, a robot, or a page left open for days: once more, here.
            return self._form(request, again=True, **filled)
        self._ask(request, "confirm", address, newsletters)
        return service.go(service.path("sent"))

    def show_link(self, request: Request) -> Response:
        """The form that asks for a reader's own link."""
        return self._link_form(request)

    def take_link(self, request: Request, fields: Fields) -> Response:
        """Somebody asks for their link."""
        service = self._service
        if fields.one(_TRAP):
            return service.go(service.path("sent"))
        filled = fields.one("address")
        try:
            address = parse_address(filled)
        except AddressError:
            return self._link_form(request, status=422, problem="address", address=filled)
        if not self._is_ripe(fields.one("stamp")):
            return self._link_form(request, again=True, address=filled)
        self._ask(request, "link", address, [])
        return service.go(service.path("sent"))

    def sent(self, request: Request) -> Response:
        """What everybody is told."""
        return self._service.page(request, "web/sent.html")

    def embed(self, request: Request) -> Response:
        """The form as plain HTML, for other web sites."""
        service = self._service
        return service.page(
            request,
            "web/embed.html",
            action=service.site.web + "subscribe",
            newsletters=service.site.newsletters,
        )

    def _ask(
        self, request: Request, kind: str, address: str, newsletters: list[Newsletter]
    ) -> None:
        service = self._service
        service.ration(request)
        service.store.requests.ask(
            kind,
            address,
            newsletters=[one.name for one in newsletters],
            language=service.words(request).language,
            network=service.network(request),
            now=service.clock(),
        )
        service.wake()

    def _is_ripe(self, stamp: str) -> bool:
        made = self._service.stamps.read(stamp)
        return made is not None and _QUICKEST <= self._service.clock() - made <= _STALE

    def _form(
        self,
        request: Request,
        *,
        status: int = 200,
        wanted: list[str],
        address: str = "",
        problem: str = "",
        again: bool = False,
    ) -> Response:
        service = self._service
        words = service.words(request)
        return service.page(
            request,
            "web/subscribe.html",
            status=status,
            action=service.path("subscribe"),
            stamp=service.stamps.stamp(service.clock()),
            address=address[:300],
            problem=problem,
            again=again,
            editions=service.site.publication.address("editions/index.html"),
            newsletters=[
                {
                    "name": one.name,
                    "title": one.title,
                    "description": one.description,
                    "language": one.language,
                    "schedule": spell_schedule(one.schedule, words),
                    "timezone": one.timezone,
                    "checked": one.name in wanted or (not wanted and not number),
                }
                for number, one in enumerate(service.site.newsletters)
            ],
        )

    def _link_form(
        self,
        request: Request,
        *,
        status: int = 200,
        address: str = "",
        problem: str = "",
        again: bool = False,
    ) -> Response:
        service = self._service
        return service.page(
            request,
            "web/link.html",
            status=status,
            action=service.path("link"),
            stamp=service.stamps.stamp(service.clock()),
            address=address[:300],
            problem=problem,
            again=again,
        )
