"""The pages for people: index, feeds, entries, the list of past editions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

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
    FrameView,
    NewsletterView,
    PageView,
    Viewer,
)

EDITIONS_PAGE = "editions/index.html"


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
        self._frames: dict[tuple[int | None, bool], tuple[FeedView, FrameView, str]] = {}

    @cached_property
    def style(self) -> bytes:
        """publisher.css: the looks of all pages."""
        everything, frame, _ = self._around(None)
        context = {"publication": frame, "everything": everything}
        css = self._templates.render("pages/style.css", context, self._words.language)
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
        everything, frame, style = self._around(path)
        own = () if feed is None or feed.kind == "all" else feed.addresses
        page = PageView(
            title=title,
            full_title=title if title == publication.title else f"{title} – {publication.title}",
            description=description,
            language=language or publication.language,
            direction=direction(language or publication.language),
            canonical=canonical or (publication.address(path) if path else ""),
            alternates=(*own, *everything.addresses),
            style=style,
        )
        return self._templates.render(
            template,
            {"page": page, "publication": frame, "everything": everything, "feed": feed, **values},
            self._words.language,
        )

    def _around(self, path: str | None) -> tuple[FeedView, FrameView, str]:
        """The feed of all entries, the frame, and where the looks are.

        They are the same for all pages that lie equally deep.
        """
        is_home = path == "index.html"
        place = (None if path is None else path.count("/"), is_home)
        if place not in self._frames:
            view = Viewer(self._publication, path)
            self._frames[place] = (
                view.feed(self._everything),
                view.frame(is_home=is_home),
                self._style_from(path),
            )
        return self._frames[place]

    def _style_from(self, path: str | None) -> str:
        """The address of the looks as this page has to write it; "" where they stand in the page.

        It says what is in the file: no browser shows a new page with the looks that it has kept.
        """
        if path is None or not self._has_style:
            return ""
        return f"{relative(STYLESHEET, path)}?v={hashlib.sha256(self.style).hexdigest()[:12]}"
