"""Endpoints that a form is posted to, run beside the loop, since the store makes them wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from publisher.web.guard import read_form


class Fields:
    """What was filled in, as text."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    def one(self, name: str) -> str:
        """The value of a field, or an empty string."""
        found = self._form.get(name)
        return found if isinstance(found, str) else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field that may be there more than once."""
        return [one for one in self._form.getlist(name) if isinstance(one, str)]


def posted(
    handle: Callable[[Request, Fields], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that reads the form and hands it on."""

    async def endpoint(request: Request) -> Response:
        fields = Fields(await read_form(request))
        return await run_in_threadpool(handle, request, fields)

    return endpoint
