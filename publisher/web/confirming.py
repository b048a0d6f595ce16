"""The link of the first mail: a page with a button, which makes somebody a reader."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from publisher.storage import Request as Asked
from publisher.web.forms import Fields, posted
from publisher.web.problems import Problem
from publisher.web.service import Service


class Confirming:
    """Double opt-in, second half."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[BaseRoute]:
        """What is answered here."""
        path = self._service.path("confirm", "{token}")
        return [
            Route(path, self.show, methods=["GET"]),
            Route(path, posted(self.confirm), methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """What the button will do."""
        asked = self._asked(request)
        newsletters = self._service.site.newsletters
        return self._service.page(
            request,
            "web/confirm.html",
            language=asked.language,
            newsletters=[one.title for one in newsletters if one.name in asked.newsletters],
        )

    def confirm(self, request: Request, _fields: Fields) -> Response:
        """Subscribe who asked."""
        service = self._service
        asked = self._asked(request)
        wanted = [one.name for one in service.site.newsletters if one.name in asked.newsletters]
        if not wanted:
            raise Problem("newsletter", 410)
        known = service.store.requests.confirm(
            asked, wanted, network=service.network(request), now=service.clock()
        )
        if known is None:
            raise Problem("used", 410)
        token = service.links.token("preferences", known.id, wanted[0])
        return service.go(service.path("preferences", token) + "?welcome")

    def _asked(self, request: Request) -> Asked:
        service = self._service
        named = service.links.read("confirm", request.path_params["token"])
        if named is None:
            raise Problem("token", 404)
        number, second = named
        asked = service.store.requests.get(number)
        # A newer request has another second: the newer mail is the one that counts.
        if asked is None or int(asked.asked.timestamp()) != int(second):
            raise Problem("expired", 410)
        if asked.state == "used":
            raise Problem("used", 410)
        if asked.expired(service.clock()):
            raise Problem("expired", 410)
        return asked
