"""Only a browser on this machine, asking for our own pages by their own name, is answered.

A page on the web can make a browser ask 127.0.0.1, and can make a name of its own lead there (DNS
rebinding): such a request has another Host, or says that it comes from another site.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

_NAMES = ("127.0.0.1", "localhost")


class Loopback:
    """Turns away requests for other hosts (421), other methods (405), and from other sites (403).

    What stands below `open_path` may be asked for from anywhere: its address is a secret.
    """

    def __init__(self, app: ASGIApp, *, port: int, open_path: str) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}".encode() for name in _NAMES}
        if port == 80:
            self._hosts |= {name.encode() for name in _NAMES}
        self._open_path = open_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        status = self._refusal(scope)
        if status:
            await _answer(send, status)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> int:
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1 or named[0].lower() not in self._hosts:
            return 421  # RFC 9110 section 15.5.20
        if scope["method"] not in ("GET", "HEAD"):
            return 405
        headers = dict(scope["headers"])
        # https://www.w3.org/TR/fetch-metadata/: browsers alone say so, and no page can forge it.
        foreign = headers.get(b"sec-fetch-site", b"none") not in (b"same-origin", b"none")
        visit = headers.get(b"sec-fetch-dest") == b"document"
        if foreign and not visit and not scope["path"].startswith(self._open_path):
            return 403
        return 0


async def _answer(send: Send, status: int) -> None:
    text = {
        403: b"Only this machine's own preview is shown here.\n",
        405: b"The preview only shows; nothing can be sent to it.\n",
        421: b"The preview answers to 127.0.0.1 and localhost alone.\n",
    }[status]
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
    ]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
