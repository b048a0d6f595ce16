"""Leaving by one click, by a button, and coming back (RFC 8058, RFC 2369)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from publisher.model import Newsletter
from publisher.pages.translations import spoken
from publisher.storage import Reader
from publisher.web.forms import Fields, posted
from publisher.web.problems import Problem
from publisher.web.service import Service


class Leaving:
    """Where the unsubscribe links of all messages lead; they never expire."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[BaseRoute]:
        """What is answered here."""
        path = self._service.path("leave", "{token}")
        return [
            Route(path, self.show, methods=["GET"]),
            Route(path, posted(self.leave), methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """A button to leave or, for who has left, one to come back."""
        number, newsletter = self._named(request)
        reader = self._service.store.readers.get(number)
        if reader is None:
            raise Problem("gone", 410)
        return self._page(request, reader, newsletter)

    def leave(self, request: Request, fields: Fields) -> Response:
        """Do what the button or a mailbox provider asks for; anything else changes nothing."""
        service = self._service
        number, newsletter = self._named(request)
        everything = [one.name for one in service.site.newsletters] + [newsletter]
        network, now = service.network(request), service.clock()
        if fields.one("List-Unsubscribe") == "One-Click":  # RFC 8058 section 3.2
            service.store.readers.leave(
                number, [newsletter], source="one-click", network=network, now=now
            )
            return service.page(
                request,
                "web/left.html",
                language=_language(
                    service.store.readers.get(number), service.site.newsletter(newsletter)
                ),
            )
        match fields.one("do"):
            case "leave":
                names = [newsletter]
            case "leave all":
                names = everything
            case "come back":
                service.store.readers.come_back(number, newsletter, network=network, now=now)
                return service.go(request.url.path)
            case _:
                raise Problem("nothing", 400)
        service.store.readers.leave(number, names, source="link", network=network, now=now)
        return service.go(request.url.path)

    def _named(self, request: Request) -> tuple[int, str]:
        named = self._service.links.read("leave", request.path_params["token"])
        if named is None:
            raise Problem("token", 404)
        return named

    def _page(self, request: Request, reader: Reader, newsletter: str) -> Response:
        service = self._service
        known = service.site.newsletter(newsletter)
        titles = {one.name: one.title for one in service.site.newsletters}
        subscribed = reader.subscription(newsletter) is not None
        token = service.links.token("preferences", reader.subscriber.id, newsletter)
        return service.page(
            request,
            "web/leave.html",
            language=_language(reader, known),
            action=request.url.path,
            newsletter=titles.get(newsletter, newsletter),
            subscribed=subscribed,
            may_return=newsletter in reader.former and known is not None,
            others=[
                titles[one.newsletter]
                for one in reader.subscriptions
                if one.newsletter != newsletter and one.newsletter in titles
            ],
            preferences=service.path("preferences", token),
        )


def _language(reader: Reader | None, newsletter: Newsletter | None) -> str:
    """In which language a reader is spoken to: as in the mail that they come from."""
    chosen = reader.subscriber.language if reader else ""
    own = newsletter.language if newsletter else ""
    return spoken(chosen, own) or own
