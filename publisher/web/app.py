"""The service put together: one list of routes, the same frame around all of them."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from publisher.errors import PublisherError
from publisher.web.choosing import Choosing
from publisher.web.confirming import Confirming
from publisher.web.files import Files, Ready
from publisher.web.guard import Guard
from publisher.web.leaving import Leaving
from publisher.web.problems import Problem
from publisher.web.service import Service
from publisher.web.status import Status
from publisher.web.subscribing import Subscribing
from publisher.web.webhooks import Webhooks


def make_app(service: Service) -> Starlette:
    """The ASGI application of a site; without newsletters it serves files alone."""
    routes: list[BaseRoute] = []
    if service.site.newsletters:
        for concern in (Subscribing, Confirming, Choosing, Leaving, Webhooks):
            routes += concern(service).routes()
    routes += Status(service).routes()
    files = Files(service)
    routes += files.routes()

    def show(request: Request, problem: Problem) -> Response:
        headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
        if problem.status in (408, 413):
            headers["Connection"] = "close"
        return service.page(
            request,
            "web/problem.html",
            status=problem.status,
            headers=headers,
            problem=problem.kind,
            has_newsletters=bool(service.site.newsletters),
        )

    def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return show(request, error)

    def on_status(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind = {404: "page", 405: "method"}.get(error.status_code, "page")
        return show(request, Problem(kind, error.status_code))

    def on_trouble(request: Request, error: Exception) -> Response:
        service.log(str(error))
        return show(request, Problem("trouble", 503, retry_after=60))

    def on_bug(request: Request, _error: Exception) -> Response:
        return show(request, Problem("trouble", 500))

    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard), Middleware(Ready, files)],
        exception_handlers={
            Problem: on_problem,
            HTTPException: on_status,
            PublisherError: on_trouble,
            Exception: on_bug,
        },
    )
