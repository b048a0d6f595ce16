"""Articles read for their editor alone: nothing is kept, nothing is published."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from publisher.config import Site
from publisher.content import Reason, read_article
from publisher.content.explain import explain
from publisher.errors import ArticleError, ConfigError, PublisherError, UsageError
from publisher.model import Article, Entry, Finding, Identity, Reading, Severity
from publisher.sources import look_over, read_article_files
from publisher.valueclass import valueclass


@valueclass
class Size:
    """How large a message's parts are, in bytes; `left` until Gmail clips its HTML."""

    html: int
    text: int
    left: int


@valueclass
class Checked:
    """One thing that was looked at: what is to mend in it, and why an article's entry is as it is.

    `kind` is "article", "feed", "message", "template" or "configuration".
    """

    path: str
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...] = ()
    kind: str = "article"
    size: Size | None = None
    entry: Entry | None = None


def check_articles(site: Site, paths: Sequence[Path], now: datetime) -> Iterator[Checked]:
    """Read these articles of the folder, or all of them. Raises UsageError for one not there.

    An article without a date is read as first seen `now`.
    """
    wanted = {_inside(site, path) for path in paths}
    seen: set[str] = set()
    for found in _found(site, wanted):
        seen.add(found.path)
        yield _check(site, found, now)
    for path in sorted(wanted - seen):
        raise UsageError(
            "there is no such article", path=str(site.articles / path),
            mend="give the path of a file in the articles folder",
        )  # fmt: skip


def _found(site: Site, wanted: set[str]) -> Iterator[Article | ArticleError]:
    """Articles, and what stands in the place of one, of these paths or of all."""
    look = look_over(site.articles, max_bytes=site.max_bytes)
    paths = [line.partition("\t")[0] for line in look.lines]
    yield from (one for one in look.problems if not wanted or one.path in wanted)
    paths = [path for path in paths if not wanted or path in wanted]
    yield from read_article_files(site.articles, paths, max_bytes=site.max_bytes)


def _inside(site: Site, path: Path) -> str:
    """The path below the articles folder, given as that or as it is seen from here."""
    folder = os.path.realpath(site.articles)
    for one in (path, site.articles / path):
        # Of the folder the name, for the article itself may be a link, which is what is wrong.
        whole = Path(os.path.realpath(one.parent), one.name)
        if whole.is_relative_to(folder) and os.path.lexists(whole):
            return whole.relative_to(folder).as_posix()
    return path.as_posix()


def is_article(site: Site, path: Path) -> bool:
    """Whether a path, as it is seen from here or in the articles folder, lies in that folder."""
    inside = Path(_inside(site, path))
    return not inside.is_absolute() and os.path.lexists(site.articles / inside)


def _check(site: Site, found: Article | ArticleError, now: datetime) -> Checked:
    shown = f"{site.settings.articles.folder}/{found.path}"
    try:
        if isinstance(found, ArticleError):
            raise found
        return _read(site, found, shown, now)
    except ArticleError as err:
        error = err
    finding = Finding(
        severity=Severity.ERROR, what=error.what, mend=error.mend, path=shown, line=error.line
    )
    return Checked(path=shown, findings=(finding,))


def _read(site: Site, article: Article, shown: str, now: datetime) -> Checked:
    reading = read_for_editor(site, article, now)
    findings = tuple(replace(one, path=shown) for one in reading.findings)
    return Checked(path=shown, findings=findings, reasons=explain(reading), entry=reading.entry)


def read_for_editor(
    site: Site, article: Article, now: datetime, identity: Identity | None = None
) -> Reading:
    """An article as the next run would read it. Raises ArticleError.

    But for the summary that a program of the operator's own would write.
    """
    return read_article(
        article,
        site.publication,
        identity=identity,
        now=now,
        summary_limit=site.settings.articles.summary_length,
        summary_method=site.summary_method,
        vocabulary=site.vocabulary,
        max_bytes=site.max_bytes,
    )


def failed(path: str, kind: str, err: PublisherError) -> Checked:
    """What could not be looked at as it should, and why."""
    what = "; ".join(err.mistakes) if isinstance(err, ConfigError) and err.mistakes else err.what
    finding = Finding(
        severity=Severity.ERROR,
        what=what,
        mend=err.mend,
        path=err.path or path,
        line=err.line,
        rule="it can't be used as it is",
    )
    return Checked(path=path, kind=kind, findings=(finding,))
