"""Articles become entries in the store: new, changed, same or gone, told by their content.

An entry of somebody's feed is an article like any other, but nobody here can mend it: what is odd
about it is passed over, and where nothing can be made of it that is said once.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from publisher.config import Site
from publisher.content import RECIPE, one_spelling, read_article
from publisher.errors import ArticleError, PublisherError
from publisher.model import Article, Entry, Finding, Reading, Severity
from publisher.publish.enclosing import measure, outgrown
from publisher.publish.remotes import find_remotes, is_remote, shown_remote
from publisher.publish.report import Report
from publisher.publish.summaries import Summaries
from publisher.sources import find_articles
from publisher.storage import Known, Store


def read_articles(
    site: Site, store: Store, now: datetime, report: Report, *, full: bool = False
) -> None:
    """Bring the store up to date with all articles that there are; `full` reads all again.

    An article that can't be read keeps its last good entry; it is tried again on each run, and
    so is one that was read with findings: they are named until they are mended.
    """
    known = store.catalogue.known()
    recipe = _recipe(site)
    enclosing = store.enclosed.known()
    again = known.keys() if full else outgrown(site, enclosing)
    different, restamped, present = _find(site, store, known, recipe, report, again)
    store.catalogue.stamp(restamped)
    _follow_renames(store, known, different, present)
    holders = _Holders(known.values())
    summaries = Summaries(site, store)
    spellings = store.catalogue.spellings(recipe) if different else {}
    seen = now
    for article, digest, stamp in different:
        before = known.get(article.path)
        try:
            reading = summaries.told(_read(article, site, before, seen))
            holders.take(reading.entry, before)
        except ArticleError as err:
            if is_remote(article.path) and before is None:
                report.findings.append(_passed_over(err, site))
                store.remotes.forget([article.path])
            else:
                report.blame(_named(err, site, kept=before is not None and not before.gone))
            continue
        findings = () if is_remote(article.path) else reading.findings
        report.findings += [
            replace(finding, path=_shown(site, finding.path or article.path))
            for finding in findings
        ]
        if findings:
            digest = stamp = ""  # noqa: PLW2901 - to be read again
        entry, sizes = measure(site, reading.entry)
        entry = replace(entry, tags=one_spelling(entry.tags, spellings))
        if sizes != enclosing.get(article.path, {}):
            store.enclosed.save(article.path, sizes)
        store.catalogue.save(entry, digest=digest, recipe=recipe, now=seen, stamp=stamp)
        if before is None and reading.entry.published_from == "first seen":
            # Articles without a date that come together stand a second apart: feed readers sort
            # by this moment, and the W3C validator warns of two that are the same.
            seen -= timedelta(seconds=1)
        if before is None or before.gone:
            report.new += 1
        else:
            report.changed += 1
    missing = [path for path, one in known.items() if not one.gone and not present(path)]
    store.catalogue.gone(missing, now)
    report.gone = len(missing)


_Different = list[tuple[Article, str, str]]


def _find(
    site: Site,
    store: Store,
    known: dict[str, Known],
    recipe: str,
    report: Report,
    again: AbstractSet[str],
) -> tuple[_Different, dict[str, str], Callable[[str], bool]]:
    """Articles that differ from what the store knows, with the hash of their content and their
    stamp; new stamps of those that don't; and a test whether a path is still there. Those to be
    read `again` count as different.
    """
    different: _Different = []
    restamped: dict[str, str] = {}
    # A file is told by its stamp where it may be; everything else is opened and hashed.
    stamps = {
        one.path: one.stamp
        for one in known.values()
        if one.stamp
        and one.digest
        and not one.gone
        and one.recipe == recipe
        and one.path not in again
    }
    there: set[str] = set()
    closed: list[str] = []  # folders that can't be opened: what is in them is not gone
    for found in chain(
        find_articles(site.articles, max_bytes=site.max_bytes, stamps=stamps),
        find_remotes(site, store, stamps),
    ):
        report.articles += 1
        there.add(found.path)
        if found.problem is not None:
            closed += [found.path] if found.path.endswith("/") else []
            report.blame(_named(found.problem, site, kept=found.path in known))
        if found.article is None:
            continue
        digest = hashlib.sha256(found.article.data).hexdigest()
        before = known.get(found.path)
        if (
            found.path in again
            or before is None
            or before.gone
            or (before.digest, before.recipe) != (digest, recipe)
        ):
            different.append((found.article, digest, found.stamp))
        elif found.stamp != before.stamp:
            restamped[found.path] = found.stamp
    folders = tuple(closed)
    return different, restamped, lambda path: path in there or path.startswith(folders)


def _follow_renames(
    store: Store,
    known: dict[str, Known],
    different: _Different,
    present: Callable[[str], bool],
) -> None:
    """A file that went and one that came with the same content are one article that moved."""
    lost = {
        one.digest: one
        for one in known.values()
        if one.digest and not one.gone and not present(one.path)
    }
    for article, digest, _ in different if lost else ():
        if article.path not in known and (moved := lost.pop(digest, None)):
            store.catalogue.rename(moved.path, article.path)
            del known[moved.path]
            known[article.path] = replace(moved, path=article.path)


def _read(article: Article, site: Site, before: Known | None, now: datetime) -> Reading:
    """An article's entry; ArticleError also where it trips a mistake of ours.

    That one article must not keep all the others from their readers, so here, and only here, a
    bug does not end the run. Where it is stands in the message.
    """
    try:
        return read_article(
            article,
            site.publication,
            identity=before.identity if before else None,
            now=now,
            summary_limit=site.settings.articles.summary_length,
            summary_method=site.summary_method,
            vocabulary=site.vocabulary,
            max_bytes=site.max_bytes,
        )
    except PublisherError:
        raise
    except Exception as err:
        last = traceback.extract_tb(err.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        raise ArticleError(
            f"publisher itself fails on this article ({type(err).__name__} in {place})",
            path=article.path,
            mend="please report it with the article; until then keep it out of the folder",
        ) from err


class _Holders:
    """Who has which slug and id: two articles can't share them, and the first one keeps them."""

    def __init__(self, known: Iterable[Known]) -> None:
        there = [one for one in known if not one.gone]
        self._slugs = {one.identity.slug: one.path for one in there}
        self._ids = {one.identity.id: one.path for one in there}

    def take(self, entry: Entry, before: Known | None) -> None:
        """Take both for an entry; ArticleError if another article has one of them."""
        for key, holders, value in (
            ("slug", self._slugs, entry.slug),
            ("id", self._ids, entry.id),
        ):
            holder = holders.get(value)
            if holder is not None and holder != entry.path:
                raise ArticleError(
                    f"its {key} {value!r} belongs to {holder} already",
                    path=entry.path,
                    line=1,
                    mend=f"give one of them another by '{key}: ...' in its front matter",
                )
        if before is not None:
            self._slugs.pop(before.identity.slug, None)
            self._ids.pop(before.identity.id, None)
        self._slugs[entry.slug] = self._ids[entry.id] = entry.path


def _named(error: ArticleError, site: Site, *, kept: bool) -> ArticleError:
    """The same error with the path as the operator sees it."""
    what = error.what + ("; its last good version stays published" if kept else "")
    return ArticleError(what, mend=error.mend, path=_shown(site, error.path), line=error.line)


def _passed_over(error: ArticleError, site: Site) -> Finding:
    """The same of an entry of somebody's feed."""
    what = f"{error.what}, so it is left out"
    return Finding(severity=Severity.WARNING, what=what, path=_shown(site, error.path))


def _shown(site: Site, path: str) -> str:
    if is_remote(path):
        return shown_remote(path)
    return f"{site.settings.articles.folder}/{path}"


def _recipe(site: Site) -> str:
    """What else an entry is made from: when it changes, every article is read again."""
    articles = site.settings.articles
    how = (articles.summary_length, articles.summary, site.vocabulary)
    words = f"{RECIPE}\n{site.publication!r}\n{how!r}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]
