"""Feeds, pages and the files beside articles: checked, then replaced whole if they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain

from publisher.checks.feeds import check_feed
from publisher.config import Site
from publisher.errors import ArticleError, CheckError, TemplateError
from publisher.feeds import choose_feeds, render_feed, render_opml
from publisher.model import FEED_FORMATS, Entry, Feed, Finding, Severity
from publisher.output import Output
from publisher.pages import Pages
from publisher.publish.report import Report
from publisher.sources import open_asset
from publisher.storage import Store

# What we may remove when no entry asks for it any more. Anything else in the output folder is
# the operator's: a CNAME, a robots.txt, the editions of past slots.
_OURS = re.compile(
    r"(?:tags|authors|sections)/[^/]+/(?:rss\.xml|atom\.xml|feed\.json|index\.html)"
    r"|entries/[^/]+\.html|media/.+"
)


def write_output(
    site: Site, store: Store, templates: Mapping[str, str], now: datetime, report: Report
) -> None:
    """Write what the public entries make, and remove what no entry makes any more."""
    entries = store.catalogue.public(now)
    _count_hidden(store.catalogue.entries(), now, report)
    feeds = choose_feeds(entries, site.publication, site.settings.feeds.limit)
    report.feeds = len(feeds)
    output = Output(site.output)
    # What a feed points to is there before the feed says so.
    kept = _copy_assets(site, output, entries, report)
    for path, data in chain(
        _pages(site, templates, feeds, entries, report), _feeds(site, feeds, report)
    ):
        kept.add(path)
        if data is not None:
            report.written += output.replace(path, data)
    for path in sorted(output.files() - kept):
        if _OURS.fullmatch(path):
            report.removed += output.remove(path)


def _pages(
    site: Site,
    templates: Mapping[str, str],
    feeds: tuple[Feed, ...],
    entries: list[Entry],
    report: Report,
) -> Iterator[tuple[str, bytes | None]]:
    """Every page by path; None where a template fails, so that the last good page stays."""
    ours = [entry for entry in entries if not entry.url]
    paths = ["index.html", *(feed.page for feed in feeds[1:]), *(entry.page for entry in ours)]
    try:
        pages = Pages(templates, site.publication)
        yield "index.html", pages.index(feeds, site.newsletters, editions=bool(site.newsletters))
        for feed in feeds[1:]:
            yield feed.page, pages.feed(feed)
        for entry in ours:
            yield entry.page, pages.entry(entry, feeds)
    except TemplateError as err:
        report.blame(err)
        yield from ((path, None) for path in paths)


def _feeds(
    site: Site, feeds: tuple[Feed, ...], report: Report
) -> Iterator[tuple[str, bytes | None]]:
    """Every feed by path; None where the check refuses it, so that the last good one stays."""
    for feed in feeds:
        for form in FEED_FORMATS:
            data = render_feed(feed, site.publication, form)
            findings = check_feed(data, form, _shown(site, feed.path(form)))
            report.findings += findings
            refused = any(finding.severity is Severity.ERROR for finding in findings)
            yield feed.path(form), None if refused else data
    yield "feeds.opml", render_opml(feeds, site.publication)


def _copy_assets(site: Site, output: Output, entries: list[Entry], report: Report) -> set[str]:
    """Publish the files beside articles; gives their paths, also of those that failed."""
    kept: set[str] = set()
    for entry in entries:
        for asset in entry.assets:
            kept.add(asset.path)
            try:
                report.written += output.copy(asset.path, open_asset(site.articles, asset.source))
            except ArticleError as err:
                path = f"{site.settings.articles.folder}/{entry.path}"
                report.blame(ArticleError(err.what, mend=err.mend, path=path))
    return kept


def _count_hidden(entries: list[Entry], now: datetime, report: Report) -> None:
    report.drafts = sum(entry.draft for entry in entries)
    report.waiting = sum(
        not entry.draft and not entry.is_public(now) and not _is_over(entry, now)
        for entry in entries
    )


def _is_over(entry: Entry, now: datetime) -> bool:
    return entry.expires is not None and entry.expires <= now


def _shown(site: Site, path: str) -> str:
    return f"{site.settings.feeds.folder}/{path}"


def refusal(what: str, findings: list[Finding]) -> CheckError:
    """The error for a message that breaks a MUST: the first reason, and how many more."""
    first = findings[0]
    more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
    rule = f" [{first.rule}]" if first.rule else ""
    return CheckError(f"{what}: {first.what}{rule}{more}", mend=first.mend)
