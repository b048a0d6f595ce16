"""All that would leave looked through, a piece at a time, so that a change need not wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from publisher.config import Site
from publisher.errors import ArticleError, ConfigError
from publisher.model import Entry, Feed
from publisher.publish.fragments import Items
from publisher.publish.inspecting import check_keys, check_letters
from publisher.publish.plan import Plan
from publisher.publish.post import Post
from publisher.publish.press import Press
from publisher.publish.preview.editions import Wanted, preview_edition
from publisher.publish.preview.state import Preview, Previews, bug
from publisher.publish.report import Report
from publisher.publish.templates import check_templates
from publisher.sources import open_asset

_HELD = 2000  # entries in memory


def review(previews: Previews, preview: Preview) -> Iterator[None]:
    """Look through newsletters, templates, keys, the files beside articles, and feeds.

    After each piece, the caller may leave off; what was found is kept with the preview at the
    end. Never raises.
    """
    if preview.site is None or preview.plan is None:
        return
    report = Report()
    try:
        yield from _editions(previews, preview, preview.site, report)
        yield from _setup(previews, preview, preview.site, report)
        yield from _assets(preview.site, preview.plan, report)
        yield from _feeds(previews, preview.site, preview.plan, report)
    except Exception as err:  # noqa: BLE001 - whatever it is, the page stays up and says so
        report.findings.append(bug(err))
    previews.put_reviewed(preview, report.findings)


def _editions(previews: Previews, preview: Preview, site: Site, report: Report) -> Iterator[None]:
    for newsletter in site.newsletters:
        made = preview_edition(previews, preview, Wanted(newsletter=newsletter))
        where = f"newsletter {newsletter.name}"
        report.findings += [one if one.path else replace(one, path=where) for one in made.findings]
        yield


def _assets(site: Site, plan: Plan, report: Report) -> Iterator[None]:
    """Whether the files beside articles are there to be published."""
    for article, asset in plan.assets:
        try:
            open_asset(site.articles, asset.source)
        except ArticleError as err:
            path = f"{site.settings.articles.folder}/{article}"
            report.blame(ArticleError(err.what, mend=err.mend, path=path))
        yield


def _feeds(previews: Previews, site: Site, plan: Plan, report: Report) -> Iterator[None]:
    words: dict[str, Entry] = {}
    items = Items()
    press = Press(site, {}, words, items, report)
    for feed in plan.feeds:
        _load(previews, feed, words)
        for form in site.publication.formats:
            press.feed(feed, form)
            yield
        items.trim()


def _load(previews: Previews, feed: Feed, words: dict[str, Entry]) -> None:
    if len(words) > _HELD:
        words.clear()
    wanted = {entry.id for entry in (*feed.entries, *feed.withdrawn)} - words.keys()
    words.update(previews.scratch.catalogue.load(wanted))


def _setup(previews: Previews, preview: Preview, site: Site, report: Report) -> Iterator[None]:
    """The keys, every template, and the letters to one person."""
    checks = [iter([check_keys(site)]), check_templates(site.publication, preview.templates)]
    if site.newsletters:
        try:
            post = Post.of(site, preview.templates, keys=previews.keys)
        except ConfigError:
            pass  # which each edition says
        else:
            checks.append(check_letters(site, post, preview.templates, preview.now))
    for check in checks:
        for checked in check:
            report.findings += checked.findings
            yield
