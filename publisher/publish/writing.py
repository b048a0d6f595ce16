"""Feeds, pages and the files beside articles: checked, then replaced whole if they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import chain
from typing import NamedTuple

from publisher.config import Site
from publisher.errors import ArticleError
from publisher.late import late_pattern
from publisher.model import STYLESHEET, Entry, Feed, FeedFormat
from publisher.output import Output
from publisher.publish import fingerprints
from publisher.publish.ahead import Ahead
from publisher.publish.compressing import compressed
from publisher.publish.fingerprints import Fingerprints
from publisher.publish.fragments import Items, render_batches
from publisher.publish.plan import Plan, make_plan
from publisher.publish.press import Press, prepare_files
from publisher.publish.progress import Progress, unseen
from publisher.publish.report import Report
from publisher.publish.workbench import Piece, Workbench
from publisher.sources import asset_stamp, open_asset, program_stamp
from publisher.storage import Store

# What we may remove when no entry asks for it any more. Anything else in the output folder is
# the operator's: a CNAME, a robots.txt, the editions of past slots.
_OURS = late_pattern(
    r"(?:(?:tags|authors|sections|feeds)/[^/]+/(?:rss\.xml|atom\.xml|feed\.json|index\.html)"
    r"|(?:(?:tags|authors|sections|feeds)/[^/]+/)?archive/[0-9]+/(?:rss\.xml|atom\.xml|feed\.json)"
    r"|entries/[^/]+\.html|sitemap-[0-9]+\.xml)(?:\.gz)?|media/.+"
    r"|(?:index\.html|rss\.xml|atom\.xml|feed\.json|feeds\.opml|sitemap\.xml|publisher\.css)\.gz"
)


class _Step(NamedTuple):
    """Files that may be made in any order, `most` of them at most, and what to call that.

    Feeds that are made `later` may have their items made with them.
    """

    what: str
    pieces: Iterable[Piece]
    most: int | None = None
    later: Sequence[Piece] = ()


def write_output(
    site: Site,
    store: Store,
    templates: Mapping[str, str],
    now: datetime,
    report: Report,
    *,
    there: Mapping[str, str] | None = None,
    full: bool = False,
    ahead: Ahead | None = None,
    meanwhile: Callable[[], object] = lambda: None,
    progress: Progress = unseen,
) -> Plan:
    """Write what the public entries make, and remove what no entry makes any more.

    Only what is made from something else than last time is made again; `full` makes all of it.
    `there` has the files that are there with their stamps, if somebody has looked just now, and
    `ahead` who has read the articles of a new publication. `meanwhile` may be done any number of
    times, while others are at work.
    """
    items = Items()
    plan, entries = make_plan(site, store, now, report, items, full=full, ahead=ahead)
    if ahead:
        ahead.close()  # others make the files, who have to know the plan
    store.catalogue.sync()
    report.drafts, report.waiting, report.feeds = plan.drafts, plan.waiting, len(plan.feeds)
    prints = Fingerprints(site, templates, program_stamp(), entries)
    bench = Workbench(
        Output(site.output),
        store,
        report,
        items,
        render=partial(render_batches, site.publication),
        ready=partial(prepare_files, site),
        meanwhile=meanwhile,
        there=there,
        full=full,
    )
    press = Press(site, templates, bench.words, items, report)
    paths: list[str] = []
    try:
        # What a feed points to is there before the feed says so.
        _copy_assets(site, bench, plan, report)
        for step in _steps(site, press, prints, plan, paths):
            with progress(step.what, step.most) as advance:
                bench.make(_noting(step.pieces, paths), later=step.later, advance=advance)
    finally:
        bench.finish()
    bench.remove(_OURS)
    return plan


def _steps(
    site: Site, press: Press, prints: Fingerprints, plan: Plan, paths: list[str]
) -> Iterator[_Step]:
    """What is made, one after the other; `paths` grows by what the steps before have made."""
    settings, formats = site.settings.feeds, site.publication.formats
    feeds, entries, withdrawn = plan.feeds, plan.entries, plan.withdrawn
    later = list(_feeds(press, prints, feeds, formats))
    if site.publication.pages:
        if settings.sitemap:
            later += _sitemap(press, prints, feeds, entries)
        # A page asks for the looks by what is in them, so they are there before the first one.
        style = Piece(STYLESHEET, prints.style, (), press.style)
        yield _Step("Making the style", [style], 1)
        pages = chain(_pages(press, prints, feeds, entries), _withdrawn(press, prints, withdrawn))
        most = len(feeds) + len(entries) + len(withdrawn)
        yield _Step("Making pages", pages, most, later)
    # A feed leads to its archives, so they are there before it is; a list to what it lists.
    archives = _feeds(press, prints, plan.archives, formats)
    yield _Step("Making archives", archives, len(plan.archives) * len(formats))
    yield _Step("Making feeds", later, len(later))
    opml = Piece("feeds.opml", partial(prints.opml, feeds), (), partial(press.opml, feeds))
    yield _Step("Making the list of feeds", [opml], 1)
    if settings.gzip:
        yield _Step("Compressing", compressed(site.output, tuple(paths)), len(paths))


def _pages(
    press: Press, prints: Fingerprints, feeds: tuple[Feed, ...], entries: Sequence[Entry]
) -> Iterator[Piece]:
    """Every page."""
    newest = tuple(entry.id for entry in feeds[0].entries)
    index = partial(press.index, feeds)
    yield Piece("index.html", partial(prints.index, feeds), newest, index)
    for feed in feeds[1:]:
        ids = tuple(entry.id for entry in feed.entries)
        yield Piece(feed.page, partial(prints.page, feed), ids, partial(press.page, feed))
    names = frozenset((feed.kind, feed.folder.split("/")[-2]) for feed in feeds[1:])
    for entry in entries:
        if not entry.url:
            fingerprint = partial(prints.entry, entry, names)
            make = partial(press.entry, entry.id, feeds)
            yield Piece(entry.page, fingerprint, (entry.id,), make)


def _withdrawn(press: Press, prints: Fingerprints, entries: Sequence[Entry]) -> Iterator[Piece]:
    """The pages of what was taken back."""
    for entry in entries:
        if not entry.url:
            fingerprint = partial(prints.withdrawn, entry)
            make = partial(press.withdrawn, entry.id)
            yield Piece(entry.page, fingerprint, (entry.id,), make)


def _feeds(
    press: Press, prints: Fingerprints, feeds: tuple[Feed, ...], formats: tuple[FeedFormat, ...]
) -> Iterator[Piece]:
    """Every feed in each of the formats, one format after another."""
    of_feeds = [
        (
            *(feed, cache(partial(prints.feed, feed)), prints.items(feed, formats)),
            tuple(entry.id for entry in (*feed.entries, *feed.withdrawn)),
        )
        for feed in feeds
    ]
    for number, form in enumerate(formats):
        for feed, fingerprint, parts, ids in of_feeds:
            make = partial(press.feed, feed, form, parts[number])
            yield Piece(feed.path(form), fingerprint, ids, make, parts[number])


def _sitemap(
    press: Press, prints: Fingerprints, feeds: tuple[Feed, ...], entries: Sequence[Entry]
) -> Iterator[Piece]:
    """The list of all pages, in one file or several."""
    fingerprint = cache(partial(prints.sitemap, feeds, entries))
    for path in press.sitemaps(feeds, entries):
        yield Piece(path, fingerprint, (), partial(press.sitemap, path, feeds, entries))


def _noting(pieces: Iterable[Piece], paths: list[str]) -> Iterator[Piece]:
    """The pieces as they are, with their paths written down."""
    for piece in pieces:
        paths.append(piece.path)
        yield piece


def _copy_assets(site: Site, bench: Workbench, plan: Plan, report: Report) -> None:
    """Publish the files beside articles."""
    for article, asset in plan.assets:
        try:
            bench.keep(asset.path)
            source = open_asset(site.articles, asset.source)
            stamp = asset_stamp(source)
            bench.copy(asset.path, source, fingerprints.asset(stamp) if stamp else "")
        except ArticleError as err:
            path = f"{site.settings.articles.folder}/{article}"
            report.blame(ArticleError(err.what, mend=err.mend, path=path))
