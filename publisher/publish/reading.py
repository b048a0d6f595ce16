"""Articles become entries in the store: new, changed, same or gone, told by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from publisher.config import Site
from publisher.content import RECIPE, read_article
from publisher.errors import ArticleError
from publisher.model import Article, Entry
from publisher.publish.report import Report
from publisher.sources import find_articles
from publisher.storage import Known, Store


def read_articles(site: Site, store: Store, now: datetime, report: Report) -> None:
    """Bring the store up to date with the articles folder.

    An article that can't be read keeps its last good entry; it is tried again on each run, and
    so is one that was read with findings: they are named until they are mended.
    """
    known = store.catalogue.known()
    articles, present = _find(site, report)
    recipe = _recipe(site)
    _follow_renames(store, known, articles, present)
    slugs = {
        one.entry.slug: one.path for one in known.values() if one.entry is not None and not one.gone
    }
    for article in articles:
        before = known.get(article.path)
        digest = hashlib.sha256(article.data).hexdigest()
        if before and not before.gone and (before.digest, before.recipe) == (digest, recipe):
            continue
        try:
            reading = read_article(
                article,
                site.publication,
                identity=before.identity if before else None,
                now=now,
                summary_limit=site.settings.articles.summary_length,
                max_bytes=site.max_bytes,
            )
            _claim_slug(slugs, reading.entry, before)
        except ArticleError as err:
            report.blame(_named(err, site, kept=bool(before and before.entry and not before.gone)))
            continue
        report.findings += [
            replace(finding, path=_shown(site, finding.path or article.path))
            for finding in reading.findings
        ]
        store.catalogue.save(
            reading.entry, digest="" if reading.findings else digest, recipe=recipe, now=now
        )
        _count(report, before)
    missing = [path for path, one in known.items() if not one.gone and path not in present]
    store.catalogue.gone(missing, now)
    report.gone = len(missing)


def _find(site: Site, report: Report) -> tuple[list[Article], set[str]]:
    """All articles that can be opened, and the paths of all that are there."""
    articles: list[Article] = []
    present: set[str] = set()
    for found in find_articles(site.articles, max_bytes=site.max_bytes):
        present.add(found.path)
        report.articles += 1
        if found.article is not None:
            articles.append(found.article)
        elif found.problem is not None:
            report.blame(_named(found.problem, site, kept=False))
    return articles, present


def _follow_renames(
    store: Store, known: dict[str, Known], articles: Iterable[Article], present: set[str]
) -> None:
    """A file that went and one that came with the same content are one article that moved."""
    lost = {
        one.digest: one
        for one in known.values()
        if one.digest and not one.gone and one.path not in present
    }
    for article in articles if lost else ():
        if article.path in known:
            continue
        moved = lost.pop(hashlib.sha256(article.data).hexdigest(), None)
        if moved is not None:
            store.catalogue.rename(moved.path, article.path)
            del known[moved.path]
            # Read it again: what stands beside it may be somewhere else now.
            known[article.path] = replace(moved, path=article.path, digest="")


def _claim_slug(slugs: dict[str, str], entry: Entry, before: Known | None) -> None:
    """Two articles can't share an address: the one that had it first keeps it."""
    holder = slugs.get(entry.slug)
    if holder is not None and holder != entry.path:
        raise ArticleError(
            f"its slug {entry.slug!r} belongs to {holder} already",
            path=entry.path,
            line=1,
            mend="give one of them another by 'slug: ...' in its front matter, or rename its file",
        )
    if before is not None and before.entry is not None:
        slugs.pop(before.entry.slug, None)
    slugs[entry.slug] = entry.path


def _count(report: Report, before: Known | None) -> None:
    if before is None or before.entry is None or before.gone:
        report.new += 1
    else:
        report.changed += 1


def _named(error: ArticleError, site: Site, *, kept: bool) -> ArticleError:
    """The same error with the path as the operator sees it."""
    what = error.what + ("; its last good version stays published" if kept else "")
    return ArticleError(what, mend=error.mend, path=_shown(site, error.path), line=error.line)


def _shown(site: Site, path: str) -> str:
    return f"{site.settings.articles.folder}/{path}"


def _recipe(site: Site) -> str:
    """What else an entry is made from: when it changes, every article is read again."""
    words = f"{RECIPE}\n{site.publication!r}\n{site.settings.articles.summary_length}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]
