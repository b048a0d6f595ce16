"""What mail providers tell us of bounces and complaints: one address each, signatures checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from publisher.errors import FetchError
from publisher.fetch import fetch
from publisher.publish.returns import ReturnsDesk
from publisher.returns import EventError, Provider, sns_confirmation
from publisher.web.guard import read_body
from publisher.web.problems import Problem
from publisher.web.service import Service

_MOST = 2 * 2**20  # bytes: SendGrid sends what came in a while in one request
_SECONDS = 10  # that Amazon has to give its certificate
_MOST_CERTIFICATES = 8


class Webhooks:
    """Files the events of those providers whose secret is set up; of others there is no page."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._certificates: dict[str, bytes] = {}

    def routes(self) -> list[BaseRoute]:
        """What is answered here."""
        path = self._service.path("webhooks", "{provider}")
        return [Route(path, self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """File a provider's event: 204; 403 for a forged one; 503, so that it comes again."""
        provider = request.path_params["provider"]
        if provider not in self._service.site.bounces.webhooks:
            raise Problem("page", 404)
        body = await read_body(request, _MOST)
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await run_in_threadpool(self._file, cast("Provider", provider), body, headers)

    def _file(self, provider: Provider, body: bytes, headers: Mapping[str, str]) -> Response:
        service = self._service
        try:
            desk = ReturnsDesk(service.site, service.store)
            followed = desk.file_event(
                provider, body, headers, service.clock(), certificate=self._certificate
            )
            if provider == "ses" and (address := sns_confirmation(body)):
                fetch(address, seconds=_SECONDS, max_bytes=_MOST)
                service.log("the topic of Amazon SES is confirmed")
        except EventError as err:
            mark = hashlib.sha256(body).hexdigest()[:12]
            service.log(f"an event of {provider} {err.what} (body {mark}, {len(body)} bytes)")
            return Response(f"The event {err.what}.\n", 403 if err.forged else 400, _PLAIN)
        except FetchError as err:
            service.log(str(err))
            return Response("Amazon can't be asked now.\n", 503, {**_PLAIN, "Retry-After": "60"})
        if followed:
            service.log(f"{provider}: {', '.join(followed)}")
        return Response(None, 204)

    def _certificate(self, address: str) -> bytes:
        """Amazon's certificate, asked for once; only its own addresses come here."""
        if address not in self._certificates:
            answer = fetch(address, seconds=_SECONDS, max_bytes=64 * 1024)
            if not answer.ok:
                raise FetchError(f"{address} answered {answer.status}")
            if len(self._certificates) >= _MOST_CERTIFICATES:
                self._certificates.clear()
            self._certificates[address] = answer.body
        return self._certificates[address]


_PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
