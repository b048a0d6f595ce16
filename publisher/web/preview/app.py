"""The preview put together: three parts of one page, frames, and news of changes."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from publisher.audience import write_topics
from publisher.config import Site
from publisher.errors import PublisherError, TemplateError, UsageError
from publisher.model import FEED_FORMATS, Feed, FeedFormat, Finding, Newsletter, Severity
from publisher.pages.translations import languages
from publisher.publish.preview import (
    ArticleLine,
    EditionPreview,
    Preview,
    Previews,
    Wanted,
    find_feed,
    list_articles,
    preview_article,
    preview_edition,
    preview_feed,
    preview_page,
    topics_of,
)
from publisher.timetable import frequencies_of, known_zones
from publisher.web.guard import Guard
from publisher.web.preview import views
from publisher.web.preview.asking import read_wanted
from publisher.web.preview.frames import Frames
from publisher.web.preview.guard import Loopback
from publisher.web.preview.look import PAGE_HEADERS, Look

_LOOK_SECONDS = 0.05  # between two looks for a new state
_BEAT_SECONDS = 15  # a sign of life, so that who has gone is noticed
_TYPES = {
    "preview.css": "text/css",
    "preview.js": "text/javascript",
    "preview.svg": "image/svg+xml",
}


def make_preview(previews: Previews, *, port: int, stop: Callable[[], bool]) -> Starlette:
    """The ASGI application; `port` is the one that it is asked on, `stop` ends what waits."""
    return _Preview(previews, stop).app(port)


class _Preview:
    def __init__(self, previews: Previews, stop: Callable[[], bool]) -> None:
        self._previews = previews
        self._stop = stop
        self._run = secrets.token_urlsafe(9)
        self._base = f"/shown/{secrets.token_urlsafe(18)}/"
        self._look = Look()
        self._frames = Frames(previews, self._look, self._base)

    def app(self, port: int) -> Starlette:
        routes = [
            Route("/", lambda _: RedirectResponse("/articles", 303, PAGE_HEADERS)),
            Route("/articles", self.articles),
            Route("/articles/{path:path}", self.articles),
            Route("/feeds", self.feeds),
            Route("/feeds/{label:path}", self.feeds),
            Route("/newsletters", self.newsletters),
            Route("/newsletters/{name}", self.newsletters),
            Route("/events", self.events),
            Route("/{name:path}", self.asset),
        ]
        routes.insert(0, Route(self._base + "{path:path}", self._frames.show))
        guard = Middleware(Loopback, port=port, open_path=self._base)
        return Starlette(routes=routes, middleware=[Middleware(Guard), guard])

    def articles(self, request: Request) -> Response:
        """The folder, and one article of it."""
        preview = self._previews.current
        lines = list_articles(self._previews, preview)
        path, find = request.path_params.get("path"), request.query_params.get("find", "")
        line = next((one for one in lines if one.path == path), None if path else _first(lines))
        article = None
        if line is not None and preview.site is not None:
            article = self._article(preview, preview.site, line)
        return self._page(
            preview,
            "articles.html",
            status=404 if path and line is None else 200,
            find=find,
            links=views.article_links(lines, line.path if line else "", find),
            total=len(lines),
            article=article,
        )

    def _article(self, preview: Preview, site: Site, line: ArticleLine) -> dict[str, Any]:
        made = preview_article(self._previews, preview, line)
        frame, trouble = "", None
        if made.entry is not None and site.publication.pages:
            try:
                frame = self._frames.of_page(made.entry, preview_page(preview, made.entry))
            except TemplateError as err:
                trouble = views.finding_view(_told(err))
        view = views.article_view(made, frame, site.publication)
        return view | {"trouble": trouble}

    def feeds(self, request: Request) -> Response:
        """All feeds, and one of them as a reader shows it."""
        preview = self._previews.current
        label, find = request.path_params.get("label", "all"), request.query_params.get("find", "")
        feed = find_feed(preview, label)
        view = None
        if feed is not None and preview.site is not None:
            view = self._feed(request, preview, preview.site, feed)
        plan = preview.plan
        return self._page(
            preview,
            "feeds.html",
            status=404 if feed is None and "label" in request.path_params else 200,
            find=find,
            groups=views.feed_groups(plan.feeds if plan else (), label, find),
            feed=view,
        )

    def _feed(self, request: Request, preview: Preview, site: Site, feed: Feed) -> dict[str, Any]:
        forms = site.publication.formats
        asked = request.query_params.get("form", "")
        form: FeedFormat = next((one for one in FEED_FORMATS if one == asked), forms[0])
        made = preview_feed(self._previews, preview, feed, form)
        frame = self._frames.of_feed(made) if made.understood else ""
        return views.feed_view(made, frame, forms, site.publication)

    def newsletters(self, request: Request) -> Response:
        """The next edition of a newsletter, for whomever the query names."""
        preview = self._previews.current
        letters = preview.site.newsletters if preview.site else ()
        name = request.path_params.get("name", letters[0].name if letters else "")
        newsletter = next((one for one in letters if one.name == name), None)
        edition = choice = None
        if newsletter is not None:
            edition, choice = self._newsletter(request, preview, newsletter)
        return self._page(
            preview,
            "newsletters.html",
            status=404 if newsletter is None and "name" in request.path_params else 200,
            links=views.newsletter_links(letters, name),
            edition=edition,
            choice=choice,
        )

    def _newsletter(
        self, request: Request, preview: Preview, newsletter: Newsletter
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        wanted = Wanted(newsletter=newsletter)
        try:
            wanted = read_wanted(newsletter, request.query_params)
            made = preview_edition(self._previews, preview, wanted)
        except UsageError as err:
            made = EditionPreview(choice=wanted.choice, nothing="broken", findings=(_told(err),))
        frames = {}
        if made.rendered is not None:
            topics = list(write_topics(wanted.choice.topics))
            frames = {
                "light": self._frames.of_edition(wanted, topics, made.html, "light"),
                "dark": self._frames.of_edition(wanted, topics, made.html, "dark"),
            }
        zone = made.choice.timezone or newsletter.timezone
        choice = views.choice_view(
            newsletter,
            topics_of(self._previews, preview, newsletter),
            made,
            wanted,
            languages=languages(),
            frequencies=[one.value for one in frequencies_of(newsletter)],
            zones=[zone for _, some in known_zones() for zone in some],
        )
        return views.edition_view(newsletter, made, frames, zone), choice

    def _page(
        self, preview: Preview, template: str, *, status: int = 200, **values: Any
    ) -> Response:
        site, plan = preview.site, preview.plan
        html = self._look.fill(
            template,
            {
                "publication": site.publication.title if site else str(self._previews.folder),
                "run": self._run,
                "number": preview.number,
                "part": template.removesuffix(".html"),
                "counts": {
                    "articles": len(list_articles(self._previews, preview)),
                    "feeds": len(plan.feeds) if plan else 0,
                    "newsletters": len(site.newsletters) if site else 0,
                },
                "findings": views.findings_view(
                    preview.found,
                    site.settings.articles.folder if site else "",
                    reviewed=preview.reviewed is not None or plan is None,
                ),
                "status": status,
                **values,
            },
        )
        return HTMLResponse(html, status, PAGE_HEADERS)

    def asset(self, request: Request) -> Response:
        """The style, the script, or nothing."""
        name = request.path_params["name"]
        data = self._look.assets.get(name)
        if data is None:
            return HTMLResponse(self._look.message("There is no such page."), 404, PAGE_HEADERS)
        return Response(data, headers=PAGE_HEADERS, media_type=_TYPES[name])

    async def events(self, _request: Request) -> Response:
        """A line whenever there is a new state (HTML standard, server-sent events)."""
        return StreamingResponse(self._news(), headers={**PAGE_HEADERS, "Content-Type": _EVENTS})

    async def _news(self) -> AsyncIterator[str]:
        told, quiet = -1, 0.0
        yield "retry: 500\n\n"
        while not self._stop():
            number = self._previews.current.number
            if number != told:
                told, quiet = number, 0.0
                yield f"data: {json.dumps({'run': self._run, 'number': number})}\n\n"
            elif quiet >= _BEAT_SECONDS:
                quiet = 0.0
                yield ": still here\n\n"
            await asyncio.sleep(_LOOK_SECONDS)
            quiet += _LOOK_SECONDS


_EVENTS = "text/event-stream"


def _first(lines: list[ArticleLine]) -> ArticleLine | None:
    return lines[0] if lines else None


def _told(err: PublisherError) -> Finding:
    return Finding(
        severity=Severity.ERROR, what=err.what, mend=err.mend, path=err.path, line=err.line
    )
