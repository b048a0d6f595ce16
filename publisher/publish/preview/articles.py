"""Each article as it was found, what became of it, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from publisher.config import Site
from publisher.content import Reason
from publisher.content.explain import explain
from publisher.errors import ArticleError
from publisher.model import Article, Entry, Finding
from publisher.pages import Pages
from publisher.publish.checking import read_for_editor
from publisher.publish.preview.state import Preview, Previews
from publisher.publish.remotes import read_remotes
from publisher.publish.shown import is_remote
from publisher.sources import open_asset, read_article_files
from publisher.valueclass import valueclass

State = Literal["public", "draft", "waiting", "over", "withdrawn", "unreadable"]
News = Literal["new", "changed", ""]

_TITLES = 2000  # of so many articles, the newest, the list has titles; of older ones paths


@valueclass
class ArticleLine:
    """An article in the list: `path` below the articles folder, `shown` as its editor knows it.

    `news` says what the next run would find it to be. `published` is None for one that can't be
    read and never could.
    """

    path: str
    shown: str
    title: str
    state: State
    news: News = ""
    published: datetime | None = None
    findings: int = 0


@valueclass
class ArticlePreview:
    """An article: its entry, the last good one if it can't be read now, and how it came about."""

    line: ArticleLine
    entry: Entry | None
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...] = ()


def list_articles(previews: Previews, preview: Preview) -> list[ArticleLine]:
    """Every article, those that can't be read first, then the newest first."""
    return preview.kept.once(("articles", preview.found), lambda: list(_list(previews, preview)))


def preview_article(previews: Previews, preview: Preview, line: ArticleLine) -> ArticlePreview:
    """What was made of one article, and why."""
    assert preview.site is not None  # there is a line
    site = preview.site
    findings = tuple(one for one in preview.found if one.path == line.shown)
    known = previews.scratch.catalogue.known([line.path]).get(line.path)
    entry = None
    if known is not None:
        entry = previews.scratch.catalogue.load([known.identity.id]).get(known.identity.id)
    reasons: tuple[Reason, ...] = ()
    found = _find(previews, site, line.path)
    if isinstance(found, Article):
        try:
            reading = read_for_editor(site, found, preview.now, known.identity if known else None)
        except ArticleError:
            pass  # which is among the findings
        else:
            reasons = explain(reading)
            entry = entry or reading.entry
    return ArticlePreview(line=line, entry=entry, findings=findings, reasons=reasons)


def preview_page(preview: Preview, entry: Entry) -> bytes:
    """The page of an entry, wherever it stands. Raises TemplateError."""
    assert preview.site is not None  # there is an entry
    pages = Pages(preview.templates, preview.site.publication, in_place=True)
    if entry.is_withdrawn(preview.now):
        return pages.withdrawn(entry)
    return pages.entry(entry, preview.plan.feeds if preview.plan else ())


def find_asset(previews: Previews, preview: Preview, path: str) -> Path | None:
    """The file beside an article that is published at `path` (below the output folder)."""

    def known() -> dict[str, str]:
        outlines = previews.scratch.catalogue.outlines()
        return {asset.path: asset.source for entry, _ in outlines for asset in entry.assets}

    source = preview.kept.once("assets", known).get(path)
    if source is None or preview.site is None:
        return None
    try:
        return open_asset(preview.site.articles, source)
    except ArticleError:
        return None


def _list(previews: Previews, preview: Preview) -> Iterator[ArticleLine]:
    if preview.site is None:
        return
    prefix = f"{preview.site.settings.articles.folder}/"
    outlines = list(previews.scratch.catalogue.outlines())
    titles = _titles(previews, outlines[:_TITLES])
    counts = Counter(one.path for one in preview.found)
    lines = [
        ArticleLine(
            path=entry.path,
            shown=entry.path if is_remote(entry.path) else prefix + entry.path,
            title=titles.get(entry.id, entry.path),
            state=_state(entry, preview.now),
            news=_news(preview, entry.id, fingerprint),
            published=entry.published,
            findings=counts[prefix + entry.path],
        )
        for entry, fingerprint in outlines
    ]
    there = {one.shown for one in lines}
    for shown in sorted(counts.keys() - there):
        if shown.startswith(prefix):
            path = shown.removeprefix(prefix)
            yield ArticleLine(
                path=path, shown=shown, title=path, state="unreadable", findings=counts[shown]
            )
    yield from lines


def _titles(previews: Previews, outlines: Sequence[tuple[Entry, str]]) -> dict[str, str]:
    """Titles by id; an outline has none, and only those that may be others are read."""
    known = previews.titles
    other = [entry.id for entry, print_ in outlines if known.get(entry.id, ("",))[0] != print_]
    read = previews.scratch.catalogue.load(other)
    prints = {entry.id: print_ for entry, print_ in outlines}
    known.update((key, (prints[key], entry.title)) for key, entry in read.items())
    return {entry.id: known[entry.id][1] for entry, _ in outlines if entry.id in known}


def _state(entry: Entry, now: datetime) -> State:
    if entry.is_public(now):
        return "public"
    if entry.draft:
        return "draft"
    if entry.is_withdrawn(now):
        return "withdrawn"
    return "over" if entry.expires is not None and entry.expires <= now else "waiting"


def _news(preview: Preview, identifier: str, fingerprint: str) -> News:
    before = preview.published.get(identifier)
    if before is None:
        return "new"
    return "" if before == fingerprint else "changed"


def _find(previews: Previews, site: Site, path: str) -> Article | ArticleError:
    if is_remote(path):
        return next(read_remotes(site, previews.scratch, [path]))
    return next(read_article_files(site.articles, [path], max_bytes=site.max_bytes))
