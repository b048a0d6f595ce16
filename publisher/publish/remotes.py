"""Other people's feeds: asked when it is time, their entries kept as articles and found as such.

The network is behind us when the first article is read: what comes is kept in the store together
with what the server said, so that a run which is killed loses neither and a 304 hides nothing.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from publisher import __version__
from publisher.config import Site, SourceTable
from publisher.errors import FetchError, trace
from publisher.model import Article, Finding, Severity
from publisher.publish.report import Report
from publisher.publish.shown import REMOTE
from publisher.sources import Asked, ask_for_feed
from publisher.storage import Remote, Store
from publisher.valueclass import valueclass

_AT_ONCE = 8
_LONGEST = timedelta(days=1)  # between two tries, however often it has failed
_LOOK = 0.2  # seconds between two looks whether we are to stop


@valueclass(kw_only=False)
class _Source:
    """A feed that is to be asked now, and what we know of it."""

    name: str
    table: SourceTable
    state: Remote


def fetch_remotes(
    site: Site, store: Store, now: datetime, report: Report, stop: Callable[[], bool]
) -> None:
    """Ask the feeds that are due, some at once, and keep what they bring.

    One that fails stops nothing. Its first failure is named at once if it never worked, else
    once it has failed for a day.
    """
    if not site.settings.sources:
        return
    due = list(_due(site, store, now, report))
    for source, asked in _ask_all(site, due, now, stop):
        _take(site, store, source, asked, now, report)


def look_at_remotes(site: Site, store: Store) -> list[str]:
    """Every entry that the feeds in the configuration ever had: its path, a tab and a stamp."""
    if not site.settings.sources:
        return []
    filed = {name: _filing(table) for name, table in site.settings.sources.items()}
    # As they came, the newest first: those without a date are dated by the order they are seen in.
    return [
        f"{path}\t{digest[:30]}:{filed[path.split('/')[1]]}"
        for path, digest in store.remotes.digests(filed).items()
    ]


def read_remotes(site: Site, store: Store, paths: Iterable[str]) -> Iterator[Article]:
    """Such entries as articles among the others."""
    from publisher.content import compose_article  # noqa: PLC0415 - seldom needed

    for path in paths:
        table = site.settings.sources[path.split("/")[1]]
        data = compose_article(store.remotes.text(path), section=table.section, tags=table.tags)
        yield Article(path=path, data=data)


def _due(site: Site, store: Store, now: datetime, report: Report) -> Iterator[_Source]:
    known = store.remotes.known()
    for name, table in site.settings.sources.items():
        state = known.get(name)
        if state is None or state.url != table.url:
            state = Remote(url=table.url)
        if state.gone:
            _say(report, name, f"{table.url} is gone for good", "take it out of publisher.toml")
        elif state.next_try is None or state.next_try <= now:
            yield _Source(name, table, state)


def _ask_all(
    site: Site, due: list[_Source], now: datetime, stop: Callable[[], bool]
) -> Iterator[tuple[_Source, Asked]]:
    """Each with its answer, in the order of the configuration; fewer if we are to stop.

    Threads that nobody waits for: a server may take its time, and SIGTERM may not.
    """
    waiting: queue.SimpleQueue[tuple[int, _Source]] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[int, Asked]] = queue.SimpleQueue()
    for number, source in enumerate(due):
        waiting.put((number, source))

    def work() -> None:
        while True:
            try:
                number, source = waiting.get_nowait()
            except queue.Empty:
                return
            answers.put((number, _ask(site, source, now)))

    for _ in range(min(_AT_ONCE, len(due))):
        threading.Thread(target=work, daemon=True).start()
    there: dict[int, Asked] = {}
    while len(there) < len(due) and not stop():
        try:
            number, asked = answers.get(timeout=_LOOK)
        except queue.Empty:
            continue
        there[number] = asked
    for number in sorted(there):
        yield due[number], there[number]


def _ask(site: Site, source: _Source, now: datetime) -> Asked:
    try:
        return ask_for_feed(
            source.table.url,
            etag=source.state.etag,
            modified=source.state.modified,
            agent=f"publisher/{__version__} (+{site.publication.url})",
            now=now,
            max_bytes=int(source.table.max_megabytes * 1024 * 1024),
            seconds=source.table.timeout,
            private=source.table.allow_private,
        )
    except Exception as err:  # noqa: BLE001 - a mistake of ours must not leave the run waiting
        return _broken(err)


def _broken(err: Exception) -> Asked:
    why = f"publisher itself fails on this feed ({trace(err)})"
    return Asked(outcome="failed", why=why, mend="please report it with the address of the feed")


def _take(
    site: Site, store: Store, source: _Source, asked: Asked, now: datetime, report: Report
) -> None:
    """Keep what came of asking one feed."""
    if asked.moved:
        mend = f'write url = "{asked.moved}" under [sources.{source.name}]'
        _say(report, source.name, f"the feed has moved for good to {asked.moved}", mend)
    articles: dict[str, str] = {}
    if asked.outcome == "new":
        try:
            articles = _retell(site, store, source, asked, now, report)
        except FetchError as err:
            asked = Asked(outcome="failed", why=err.what, mend=err.mend)
        except Exception as err:  # noqa: BLE001 - feedparser too has inputs that it falls over
            asked = _broken(err)
    state = _next(source, asked, now)
    if asked.outcome == "gone":
        _say(report, source.name, f"{state.url} is gone for good", "take it out of publisher.toml")
    if state.failing_since and _is_named(state, now):
        since = f", since {state.failing_since:%Y-%m-%d %H:%M} UTC" if state.failures > 1 else ""
        _say(report, source.name, f"{asked.why}{since}", asked.mend, Severity.ERROR)
    store.remotes.save(source.name, state, articles)


def _retell(
    site: Site, store: Store, source: _Source, asked: Asked, now: datetime, report: Report
) -> dict[str, str]:
    """The articles of a feed by their path. Raises FetchError for what is no feed."""
    from publisher.content import read_feed  # noqa: PLC0415 - seldom needed

    retold = read_feed(
        asked.data,
        url=asked.url,
        media_type=asked.media_type,
        name=source.name,
        domain=site.publication.domain,
        now=now,
    )
    for problem in retold.problems:
        _say(report, source.name, problem, "the rest of the feed is taken")
    known = store.remotes.paths()
    articles: dict[str, str] = {}
    for one in retold.articles:
        path = known.get(one.key, f"{REMOTE}/{source.name}/{one.slug}-{one.key}.html")
        # Two feeds of one blog have the same entries: they stay with the first.
        if path.split("/")[1] == source.name:
            articles[path] = one.text
    return articles


def _next(source: _Source, asked: Asked, now: datetime) -> Remote:
    """How we stand with a server after its answer, and when to ask again."""
    state, every = source.state, source.table.every
    if asked.outcome == "gone":
        return Remote(url=state.url, fetched=state.fetched, gone=True)
    if asked.outcome == "failed":
        failures = state.failures + 1
        wait = min(every * 2 ** min(failures, 20), max(_LONGEST, every))
        return Remote(
            url=state.url,
            etag=state.etag,
            modified=state.modified,
            fetched=state.fetched,
            failures=failures,
            failing_since=state.failing_since or now,
            next_try=now + max(wait, asked.pause),
        )
    fresh = asked if asked.outcome == "new" else state
    return Remote(
        url=state.url,
        etag=fresh.etag,
        modified=fresh.modified,
        fetched=now,
        next_try=now + max(every, asked.pause),
    )


def _is_named(state: Remote, now: datetime) -> bool:
    """Whether a failure is worth a word: a server that is down for an hour is not."""
    return state.fetched is None or now - (state.failing_since or now) >= _LONGEST


def _filing(table: SourceTable) -> str:
    """Another one when its entries are to be filed under something else."""
    told = repr((table.section, table.tags)).encode()
    return hashlib.sha256(told).hexdigest()[:30]


def _say(
    report: Report, name: str, what: str, mend: str, severity: Severity = Severity.WARNING
) -> None:
    finding = Finding(severity=severity, what=what, mend=mend, path=f"sources.{name}")
    report.findings.append(finding)
