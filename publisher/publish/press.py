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
from publisher.publish.fragments import Items, Parts, prepare_items
from publisher.publish.report import Report

if TYPE_CHECKING:
    from publisher.pages import Pages


def prepare_files(site: Site) -> None:
    """Import what pages and feeds take; else it is when the first is wanted."""
    prepare_items()
    if site.publication.pages:
        from publisher import pages  # noqa: F401, PLC0415


class Press:
    """The renderers of one run; `words` has the entries in full, by id, when a file is asked for.

    That is, those of a feed of which `items` has none yet.

    A template that fails is named once, and no page is made after it: the last good ones stay.
    """

    def __init__(
        self,
        site: Site,
        templates: Mapping[str, str],
        words: Mapping[str, Entry],
        items: Items,
        report: Report,
    ) -> None:
        self._site = site
        self._templates = templates
        self._words = words
        self._report = report
        self._opened: Pages | None = None
        self._known = items
        self._broken = False

    def style(self) -> bytes | None:
        """publisher.css."""
        return self._page(lambda pages: pages.style)

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

    def feed(self, feed: Feed, form: FeedFormat, parts: Parts | None = None) -> bytes | None:
        """A feed; None where the check refuses it, so that the last good one stays.

        `parts` says what its items are made from, if they may be kept for the next run.
        """
        from publisher.checks.feeds import LARGE, check_feed  # noqa: PLC0415
        from publisher.feeds import render_frame  # noqa: PLC0415

        withdrawn = tuple(self._words[entry.id] for entry in feed.withdrawn)
        frame = render_frame(replace(feed, withdrawn=withdrawn), self._site.publication, form)
        items, unchecked = self._items(feed, form)
        data = frame.fill(items.values())
        shown = f"{self._site.settings.feeds.folder}/{feed.path(form)}"
        # An item in which the check found nothing in one feed is as good in the next.
        findings = check_feed(frame.fill(unchecked.values()), form, shown)
        if (findings or len(data) > LARGE) and len(unchecked) < len(items):
            findings = check_feed(data, form, shown)
        if not findings and not feed.podcast:
            self._known.checked.update((form, key) for key in unchecked)
        if not findings and parts:
            self._known.note(feed.path(form), parts, frame.layout(items.values()))
        self._report.findings += findings
        refused = any(finding.severity is Severity.ERROR for finding in findings)
        return None if refused else data

    def _items(self, feed: Feed, form: FeedFormat) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """The items of a feed by id, and those among them that were not checked yet."""
        from publisher.feeds import describe_items, render_items  # noqa: PLC0415

        publication, ids = self._site.publication, [entry.id for entry in feed.entries]
        if feed.podcast:  # which says more of an item, and checks more
            episodes = describe_items([self._words[key] for key in ids], publication)
            items = render_items(episodes, form, is_podcast=True)
            of_podcast = dict(zip(ids, items, strict=True))
            return of_podcast, of_podcast
        made, checked = self._known.made, self._known.checked
        missing = [key for key in ids if (form, key) not in made]
        described = describe_items([self._words[key] for key in missing], publication)
        items = render_items(described, form, is_podcast=False)
        made.update(((form, key), one) for key, one in zip(missing, items, strict=True))
        found = {key: made[form, key] for key in ids}
        return found, {key: one for key, one in found.items() if (form, key) not in checked}

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
        entries = tuple(self._words[entry.id] for entry in feed.entries)
        return replace(feed, entries=entries, withdrawn=())  # which no page names

    def _page(self, render: Callable[[Pages], bytes]) -> bytes | None:
        if self._broken:
            return None
        try:
            return render(self._pages())
        except TemplateError as err:
            self._broken = True
            self._report.blame(err)
            return None

    def _pages(self) -> Pages:
        from publisher.pages import Pages  # noqa: PLC0415

        if self._opened is None:
            self._opened = Pages(self._templates, self._site.publication)
        return self._opened
