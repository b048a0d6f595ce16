"""The pages for people: index, feeds, entries, the list of past editions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from markupsafe import Markup

from publisher.model import STYLESHEET, Entry, Feed, Newsletter, Publication
from publisher.pages.environment import Templates
from publisher.pages.language import direction
from publisher.pages.relative import relative
from publisher.pages.schedules import spell_schedule
from publisher.pages.translations import words_for
from publisher.pages.views import (
    EditionLink,
    FeedPages,
    FeedView,
    NewsletterView,
    PageView,
    Viewer,
)

EDITIONS_PAGE = "editions/index.html"
# What stands above and below the content of each page.
AROUND = ("pages/masthead.html", "pages/colophon.html")


class _Frame(NamedTuple):
    """What is the same for many pages: what their templates may know, and where their looks are."""

    names: dict[str, Any]
    style: str


class Pages:
    """Writes a publication's pages with its templates (name -> source, "pages/index.html").

    The same values give the same bytes (UTF-8, HTML): no page knows when it was built. All
    methods raise TemplateError if a template is missing or fails. `language` is that of the
    program's own words, if it is another than the publication's.

    Pages of the output folder ask for their looks in one file (`style`), which a browser loads
    once. With `in_place` each has them in itself, and stands alone.
    """

    def __init__(
        self,
        templates: Mapping[str, str],
        publication: Publication,
        *,
        language: str = "",
        in_place: bool = False,
    ) -> None:
        self._templates = Templates(templates)
        self._publication = publication
        self._has_style = publication.pages and not in_place
        self._words = words_for(language or publication.language)
        self._everything = Feed(
            kind="all", name=publication.title, title=publication.title, folder="", entries=()
        )
        self._known: tuple[Sequence[Feed], FeedPages] = ((), {})
        self._frames: dict[tuple[int | None, bool], _Frame] = {}

    @cached_property
    def style(self) -> bytes:
        """publisher.css: the looks of all pages."""
        css = self._templates.render("pages/style.css", self._names(None), self._words.language)
        return css.encode("utf-8", "replace")

    def index(
        self,
        feeds: Sequence[Feed],
        newsletters: Sequence[Newsletter],
        *,
        editions: bool = False,
        subscribe: str = "",
    ) -> bytes:
        """index.html: the newest entries, every feed, every newsletter and when it is due.

        `editions` says whether the list of past editions is there to be linked, `subscribe` where
        the form to subscribe is, if there is one.
        """
        everything = next((feed for feed in feeds if feed.kind == "all"), self._everything)
        view = Viewer(self._publication, everything.page)
        return self._render(
            "pages/index.html",
            everything.page,
            title=self._publication.title,
            description=self._publication.description,
            feed=view.feed(everything),
            entries=view.entries(everything.entries),
            queries=[view.feed(feed) for feed in feeds if feed.kind == "query"],
            sections=[view.feed(feed) for feed in feeds if feed.kind == "section"],
            tags=[view.feed(feed) for feed in feeds if feed.kind == "tag"],
            authors=[view.feed(feed) for feed in feeds if feed.kind == "author"],
            newsletters=[
                NewsletterView(
                    title=one.title,
                    description=one.description,
                    schedule=spell_schedule(one.schedule, self._words),
                    timezone=one.timezone,
                )
                for one in newsletters
            ],
            subscribe=subscribe,
            editions=relative(EDITIONS_PAGE, everything.page) if editions else "",
            opml=relative("feeds.opml", everything.page),
        )

    def feed(self, feed: Feed) -> bytes:
        """The page beside a feed: its three addresses, how to follow it, its entries."""
        view = Viewer(self._publication, feed.page)
        return self._render(
            "pages/feed.html",
            feed.page,
            title=feed.name,
            description=feed.description or feed.title,
            feed=view.feed(feed),
            entries=view.entries(feed.entries),
        )

    def entry(self, entry: Entry, feeds: Sequence[Feed] = ()) -> bytes:
        """The page of an entry that has no address of its own.

        Its tags, authors and section lead to their pages where `feeds` has a feed for them.
        """
        view = Viewer(self._publication, entry.page)
        return self._render(
            "pages/entry.html",
            entry.page,
            title=entry.title,
            description=entry.summary,
            language=entry.language,
            canonical=entry.canonical,
            entry=view.story(entry, self._paths(feeds)),
        )

    def withdrawn(self, entry: Entry) -> bytes:
        """The page of an entry that was taken back: that it was, when, and why; no word of it."""
        return self._render(
            "pages/withdrawn.html",
            entry.page,
            title=entry.title,
            description="",
            language=entry.language,
            entry=Viewer(self._publication, entry.page).withdrawn(entry),
        )

    def editions(self, editions: Sequence[EditionLink]) -> bytes:
        """editions/index.html: what the newsletters have said so far, the newest first."""
        return self._render(
            "pages/editions.html",
            EDITIONS_PAGE,
            title=self._words.text("Past editions"),
            description=self._words.text(
                "What the newsletters of {publication} have said so far."
            ).format(publication=self._publication.title),
            editions=Viewer(self._publication, EDITIONS_PAGE).editions(editions),
        )

    def service(self, template: str, **values: object) -> str:
        """A page of the web service, which stands anywhere: all its addresses are absolute."""
        rest: dict[str, Any] = values
        return self._html(
            template, None, title="", description="", language=self._words.language, **rest
        )

    def _paths(self, feeds: Sequence[Feed]) -> FeedPages:
        """Where each feed's page is. Asked for each entry with the same feeds, so kept."""
        if self._known[0] is not feeds:
            by_name: FeedPages = {
                (feed.kind, feed.folder.rstrip("/").rpartition("/")[2]): feed.page for feed in feeds
            }
            self._known = (feeds, by_name)
        return self._known[1]

    def _render(self, template: str, path: str, **values: Any) -> bytes:
        return self._html(template, path, **values).encode("utf-8", "replace")

    def _html(
        self,
        template: str,
        path: str | None,
        *,
        title: str,
        description: str,
        language: str = "",
        canonical: str = "",
        feed: FeedView | None = None,
        **values: object,
    ) -> str:
        """A page with what every page needs: `page` for its head, `publication` for its frame.

        Without a `path` it is none of the output folder's.
        """
        publication = self._publication
        names, style = self._frame(path)
        own = () if feed is None or feed.kind == "all" else feed.addresses
        page = PageView(
            title=title,
            full_title=title if title == publication.title else f"{title} – {publication.title}",
            description=description,
            language=language or publication.language,
            direction=direction(language or publication.language),
            canonical=canonical or (publication.address(path) if path else ""),
            alternates=(*own, *names["everything"].addresses),
            style=style,
        )
        return self._templates.render(
            template,
            {"page": page, "feed": feed, **names, **values},
            self._words.language,
        )

    def _frame(self, path: str | None) -> _Frame:
        """What pages that lie as deep as this one share."""
        place = (None if path is None else path.count("/"), path == "index.html")
        if place not in self._frames:
            names = self._names(path)
            above, below = (
                # Of our own engine, which has escaped what is not the template's.
                Markup(self._templates.render(template, names, self._words.language))  # noqa: S704
                for template in AROUND
            )
            names |= {"masthead": above, "colophon": below}
            self._frames[place] = _Frame(names, self._style_from(path))
        return self._frames[place]

    def _names(self, path: str | None) -> dict[str, Any]:
        """What the template of any page that lies there may know, and that of the looks."""
        view = Viewer(self._publication, path)
        frame = view.frame(is_home=path == "index.html")
        return {"publication": frame, "everything": view.feed(self._everything)}

    def _style_from(self, path: str | None) -> str:
        """The address of the looks as this page has to write it; "" where they stand in the page.

        It says what is in the file: no browser shows a new page with the looks that it has kept.
        """
        if path is None or not self._has_style:
            return ""
        return f"{relative(STYLESHEET, path)}?v={hashlib.sha256(self.style).hexdigest()[:12]}"
