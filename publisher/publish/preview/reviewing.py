"""All that would leave looked through, a piece at a time, so that a change need not wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from publisher.config import Site
from publisher.model import Entry, Feed
from publisher.publish.plan import Plan
from publisher.publish.press import Press
from publisher.publish.preview.editions import Wanted, preview_edition
from publisher.publish.preview.state import Preview, Previews, bug
from publisher.publish.report import Report

_HELD = 2000  # entries in memory


def review(previews: Previews, preview: Preview) -> Iterator[None]:
    """Look through every page, feed and newsletter; after each piece, the caller may leave off.

    What was found is kept with the preview at the end. Never raises.
    """
    if preview.site is None or preview.plan is None:
        return
    report = Report()
    try:
        yield from _editions(previews, preview, preview.site, report)
        yield from _feeds(previews, preview.site, preview.templates, preview.plan, report)
    except Exception as err:  # noqa: BLE001 - whatever it is, the page stays up and says so
        report.findings.append(bug(err))
    previews.put_reviewed(preview, report.findings)


def _editions(previews: Previews, preview: Preview, site: Site, report: Report) -> Iterator[None]:
    for newsletter in site.newsletters:
        made = preview_edition(previews, preview, Wanted(newsletter=newsletter))
        where = f"newsletter {newsletter.name}"
        report.findings += [one if one.path else replace(one, path=where) for one in made.findings]
        yield


def _feeds(
    previews: Previews, site: Site, templates: Mapping[str, str], plan: Plan, report: Report
) -> Iterator[None]:
    words: dict[str, Entry] = {}
    press = Press(site, templates, words, report)
    for feed in plan.feeds:
        _load(previews, feed, words)
        if site.publication.pages:
            _page(press, feed, plan.feeds)
        for form in site.publication.formats:
            press.feed(feed, form)
            yield


def _load(previews: Previews, feed: Feed, words: dict[str, Entry]) -> None:
    if len(words) > _HELD:
        words.clear()
    wanted = {entry.id for entry in (*feed.entries, *feed.withdrawn)} - words.keys()
    words.update(previews.scratch.catalogue.load(wanted))


def _page(press: Press, feed: Feed, feeds: tuple[Feed, ...]) -> None:
    """A page of each kind is enough: all of a kind are made by the same template."""
    if not feed.folder:
        press.index(feeds)
        for entry in feed.entries[:1]:
            press.entry(entry.id, feeds)
    elif feed is feeds[1]:
        press.page(feed)
