"""Renders one file at a time from entries in full: its bytes, or None where it must not leave.

What renders is imported when the first file is wanted: a run with nothing to do wants none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.config import Site
from publisher.errors import TemplateError
from publisher.model import Entry, Feed, FeedFormat, Severity
from publisher.publish.report import Report

if TYPE_CHECKING:
    from publisher.pages import Pages


class Press:
    """The renderers of one run; `words` has the entries in full, by id, when a file is asked for.

    A template that fails is named once, and no page is made after it: the last good ones stay.
    """

    def __init__(
        self, site: Site, templates: Mapping[str, str], words: Mapping[str, Entry], report: Report
    ) -> None:
        self._site = site
        self._templates = templates
        self._words = words
        self._report = report
        self._opened: Pages | None = None
        self._broken = False

    def index(self, feeds: tuple[Feed, ...]) -> bytes | None:
        """index.html."""
        letters = self._site.newsletters
        shown = (self._in_full(feeds[0]), *feeds[1:])
        return self._page(
            lambda pages: pages.index(
                shown, letters, editions=bool(letters), subscribe=self._site.subscribe
            )
        )

    def page(self, feed: Feed) -> bytes | None:
        """The page beside a feed."""
        return self._page(lambda pages: pages.feed(self._in_full(feed)))

    def entry(self, identifier: str, feeds: tuple[Feed, ...]) -> bytes | None:
        """The page of an entry."""
        return self._page(lambda pages: pages.entry(self._words[identifier], feeds))

    def withdrawn(self, identifier: str) -> bytes | None:
        """The page of an entry that was taken back."""
        return self._page(lambda pages: pages.withdrawn(self._words[identifier]))

    def feed(self, feed: Feed, form: FeedFormat) -> bytes | None:
        """A feed; None where the check refuses it, so that the last good one stays."""
        from publisher.checks.feeds import check_feed  # noqa: PLC0415
        from publisher.feeds import render_feed  # noqa: PLC0415

        data = render_feed(self._in_full(feed), self._site.publication, form)
        shown = f"{self._site.settings.feeds.folder}/{feed.path(form)}"
        findings = check_feed(data, form, shown)
        self._report.findings += findings
        refused = any(finding.severity is Severity.ERROR for finding in findings)
        return None if refused else data

    def opml(self, feeds: tuple[Feed, ...]) -> bytes:
        """feeds.opml."""
        from publisher.feeds import render_opml  # noqa: PLC0415

        return render_opml(feeds, self._site.publication)

    def sitemaps(self, feeds: Sequence[Feed], entries: Sequence[Entry]) -> tuple[str, ...]:
        """The paths of the sitemap's files."""
        from publisher.feeds.sitemap import MOST, list_sitemaps, pages_of  # noqa: PLC0415

        most = len(feeds) + len(entries)
        return list_sitemaps(most if most <= MOST else len(pages_of(feeds, entries)))

    def sitemap(self, path: str, feeds: Sequence[Feed], entries: Sequence[Entry]) -> bytes:
        """One of the sitemap's files."""
        from publisher.feeds.sitemap import pages_of, render_sitemap  # noqa: PLC0415

        return render_sitemap(path, pages_of(feeds, entries), self._site.publication)

    def _in_full(self, feed: Feed) -> Feed:
        return replace(
            feed,
            entries=tuple(self._words[entry.id] for entry in feed.entries),
            withdrawn=tuple(self._words[entry.id] for entry in feed.withdrawn),
        )

    def _page(self, render: Callable[[Pages], bytes]) -> bytes | None:
        from publisher.pages import Pages  # noqa: PLC0415

        if self._broken:
            return None
        try:
            if self._opened is None:
                self._opened = Pages(self._templates, self._site.publication)
            return render(self._opened)
        except TemplateError as err:
            self._broken = True
            self._report.blame(err)
            return None
