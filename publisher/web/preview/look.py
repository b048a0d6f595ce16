"""The preview's own templates, style and script, and the headers that its answers have."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from starlette.requests import Request

from publisher.pages.environment import Templates

_COMMON = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
PAGE_HEADERS = {
    **_COMMON,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
_FRAME_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src {here} data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)


class Look:
    """Fills in the templates that come with the preview; nobody restyles them."""

    def __init__(self) -> None:
        folder = files(__package__)
        self._templates = Templates(
            {
                one.name: one.read_text(encoding="utf-8")
                for one in folder.joinpath("templates").iterdir()
                if one.name.endswith(".html")
            }
        )
        self.assets = {
            name: folder.joinpath("static", name).read_bytes()
            for name in ("preview.css", "preview.js", "preview.svg")
        }

    def fill(self, template: str, values: Mapping[str, object]) -> str:
        """A document."""
        return self._templates.render(template, values)

    def message(self, text: str) -> str:
        """A document that says one thing."""
        return self.fill("message.html", {"text": text})

    def frame_headers(self, request: Request) -> dict[str, str]:
        """Headers of what is not trusted: no script, and pictures from here alone.

        A sandboxed document is of no origin, so that 'self' would be nobody.
        """
        here = f"http://{request.headers['host']}"
        return {**_COMMON, "Content-Security-Policy": _FRAME_POLICY.format(here=here)}
