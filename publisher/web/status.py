"""The operator's page: how things stand, behind a password; and the same for machines."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from publisher.config import check_password, load_password
from publisher.errors import StoreError
from publisher.publish.overview import Overview, read_overview
from publisher.publish.showing import show_overview
from publisher.web.forms import Fields, posted
from publisher.web.metrics import CONTENT_TYPE, write_metrics
from publisher.web.problems import Problem
from publisher.web.service import COMMON, PRIVATE, Service
from publisher.web.sessions import LASTS

_COOKIE = "session"
_FRESH = timedelta(seconds=30)  # how old figures may be: many may ask, and counting takes time
_STALE = timedelta(days=1)  # of a form


class Status:
    """The page behind the login, `/healthz`, and `/metrics` for who has the token."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._path = service.path("status")
        self._guessing = Lock()
        self._reading = Lock()
        self._known: tuple[datetime, Overview] | None = None

    def routes(self) -> list[BaseRoute]:
        """What is answered here."""
        return [
            Route(self._path, self.show, methods=["GET"]),
            Route(self._path, posted(self.enter), methods=["POST"]),
            Route("/healthz", self.health, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    def show(self, request: Request) -> Response:
        """How things stand, or the form to log in."""
        password = self._password()
        session = request.cookies.get(_COOKIE, "")
        if not self._service.sessions.holds(session, password, self._service.clock()):
            return self._login(request)
        overview = self._overview()
        return self._service.page(
            request,
            "web/status.html",
            action=self._path,
            proof=self._service.sessions.proof(session),
            **show_overview(
                overview,
                zone=self._service.site.publication.timezone,
                language=self._service.words(request).language,
                now=self._service.clock(),
            ),
        )

    def enter(self, request: Request, fields: Fields) -> Response:
        """Log in with the password, or out."""
        password = self._password()
        service = self._service
        if _is_from_elsewhere(request):
            raise Problem("elsewhere", 403)
        if fields.one("do") == "log out":
            session = request.cookies.get(_COOKIE, "")
            if not service.sessions.proves(fields.one("proof"), session):
                raise Problem("elsewhere", 403)
            answer = service.go(self._path)
            answer.delete_cookie(_COOKIE, path=self._path)
            return answer
        made = service.stamps.read(fields.one("stamp"))
        if made is None or not timedelta() <= service.clock() - made <= _STALE:
            raise Problem("elsewhere", 403)
        service.ration(request, "login")
        with self._guessing:  # one at a time: each takes 32 MiB
            known = check_password(fields.one("password"), password)
        if not known:
            return self._login(request, wrong=True)
        answer = service.go(self._path)
        answer.set_cookie(
            _COOKIE,
            service.sessions.begin(password, service.clock()),
            max_age=int(LASTS.total_seconds()),
            path=self._path,
            secure=not _is_here(request),
            httponly=True,
            samesite="strict",
        )
        return answer

    def health(self, request: Request) -> Response:  # noqa: ARG002
        """Whether the service can do its work: 200, or 503."""
        try:
            self._service.store.figures.check()
        except StoreError as err:
            self._service.log(str(err))
            return PlainTextResponse("the store can't be used\n", 503, {**COMMON, **PRIVATE})
        return PlainTextResponse("ok\n", headers={**COMMON, **PRIVATE})

    def metrics(self, request: Request) -> Response:
        """The figures in Prometheus' text format; there is no such page without a token."""
        token = self._service.site.metrics_token
        if token is None:
            raise Problem("page", 404)
        wanted = f"Bearer {token.get_secret_value()}".encode()
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, wanted):
            headers = {**COMMON, **PRIVATE, "WWW-Authenticate": "Bearer"}
            return PlainTextResponse("a token is needed\n", 401, headers)
        return Response(write_metrics(self._overview()), 200, {**COMMON, **PRIVATE}, CONTENT_TYPE)

    def _password(self) -> str:
        """The hash of the password; Problem where the operator has set none."""
        stored = load_password(self._service.site.folder)
        if not stored:
            raise Problem("page", 404)
        return stored

    def _login(self, request: Request, *, wrong: bool = False) -> Response:
        service = self._service
        return service.page(
            request,
            "web/login.html",
            status=403 if wrong else 200,
            action=self._path,
            stamp=service.stamps.stamp(service.clock()),
            wrong=wrong,
        )

    def _overview(self) -> Overview:
        service = self._service
        with self._reading:
            now = service.clock()
            if self._known is None or not self._known[0] <= now < self._known[0] + _FRESH:
                self._known = now, read_overview(service.site, service.store, now)
            return self._known[1]


def _is_from_elsewhere(request: Request) -> bool:
    """Whether another site had this form sent. Browsers say so themselves (Fetch Metadata).

    An old one may name the origin alone; "null" says nothing, and the form's own proof counts.
    """
    site = request.headers.get("sec-fetch-site", "")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "")
    return origin not in ("", "null") and urlsplit(origin).netloc != request.headers.get("host", "")


def _is_here(request: Request) -> bool:
    """Whether it is asked for by a name of this machine, where there is no HTTPS to insist on."""
    return request.url.hostname in ("127.0.0.1", "localhost", "::1")
