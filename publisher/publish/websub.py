"""Tells the WebSub hub which feeds have changed, while the run goes on with its work.

What the hub is sent is the one request that all hubs know, hub.mode=publish with the topics as
hub.url (PubSubHubbub 0.4 section 7.1; WebSub leaves it to them).
"""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from publisher import __version__
from publisher.config import Site
from publisher.counting import counted
from publisher.errors import FetchError
from publisher.model import Finding, Severity
from publisher.output import Output
from publisher.publish.report import Report
from publisher.storage import Ping, Store

_SECONDS = 10.0
_TOPICS = 50  # in one request
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)
_NAMED_AFTER = 9  # failures, which by these pauses take a day
# The feeds that name the hub: archive documents do not, as nothing new will come in them.
_FEEDS = re.compile(r"(?:(?:tags|authors|sections|feeds)/[^/]+/)?(?:rss\.xml|atom\.xml|feed\.json)")

# By topic: "" if the hub has taken it, or why not.
_Results = queue.SimpleQueue[tuple[Sequence[str], str]]


@contextmanager
def telling_hub(site: Site, store: Store, now: datetime, report: Report) -> Iterator[None]:
    """Tell the hub of the feeds that changed while the body runs; it waits ten seconds at most.

    What the hub did not take is told by a later run, ever more seldom. Nothing else depends on it.
    """
    hub = site.publication.hub
    known = store.pings.known() if hub else {}
    stamps = _stamps(site) if hub else {}
    due = [path for path, stamp in stamps.items() if _is_due(known.get(path), stamp, now)]
    if not due:
        yield
        return
    results: _Results = queue.SimpleQueue()
    ends = time.monotonic() + _SECONDS
    work = threading.Thread(target=_tell, args=(site, hub, due, ends, results), daemon=True)
    work.start()
    try:
        yield
    finally:
        work.join(max(0.0, ends + 0.5 - time.monotonic()))
        told = _note(due, results, stamps, known, now)
        _say(hub, told, report)
        store.pings.save({path: ping for path, (ping, _) in told.items()}, known.keys() - stamps)


def next_telling(site: Site, store: Store, now: datetime) -> datetime | None:
    """When the hub is to be told of something next, `now` at the earliest; None: of nothing."""
    known = store.pings.known()
    pings = [(known.get(path, Ping()), stamp) for path, stamp in _stamps(site).items()]
    return min((one.retry_at or now for one, stamp in pings if one.stamp != stamp), default=None)


def _stamps(site: Site) -> dict[str, str]:
    there = Output(site.output).stamps()
    return {path: there[path] for path in sorted(there) if _FEEDS.fullmatch(path)}


def _is_due(ping: Ping | None, stamp: str, now: datetime) -> bool:
    if ping is None:
        return True
    return ping.stamp != stamp and (ping.retry_at is None or ping.retry_at <= now)


def _tell(site: Site, hub: str, due: Sequence[str], ends: float, results: _Results) -> None:
    """In a thread: it touches the network and the queue, and nothing else."""
    for start in range(0, len(due), _TOPICS):
        some = due[start : start + _TOPICS]
        left = ends - time.monotonic()
        if left <= 0:
            return
        results.put((some, _post(site, hub, some, left)))


def _post(site: Site, hub: str, paths: Sequence[str], seconds: float) -> str:
    from publisher.feeds.names import web_address  # noqa: PLC0415
    from publisher.fetch import fetch, is_literal  # noqa: PLC0415

    topics = [site.publication.address(path) for path in paths]
    fields = [("hub.mode", "publish"), *(("hub.url", web_address(one) or one) for one in topics)]
    try:
        answer = fetch(
            hub,
            headers={"User-Agent": f"publisher/{__version__} (+{site.publication.url})"},
            form=urlencode(fields).encode(),
            seconds=seconds,
            max_bytes=100_000,
            # A hub of one's own is given by its address; no name may lead there.
            private=is_literal(urlsplit(hub).hostname or ""),
        )
    except FetchError as err:
        return err.what
    return "" if answer.ok else f"it answers {answer.status}"


def _note(
    due: Sequence[str],
    results: _Results,
    stamps: Mapping[str, str],
    known: Mapping[str, Ping],
    now: datetime,
) -> dict[str, tuple[Ping, str]]:
    """What is to be remembered of each feed that was due, and why the hub did not take it."""
    said = dict.fromkeys(due, "it did not answer in time")
    while not results.empty():
        paths, why = results.get()
        said |= dict.fromkeys(paths, why)
    told: dict[str, tuple[Ping, str]] = {}
    for path, why in said.items():
        before = known.get(path, Ping())
        if not why:
            told[path] = (Ping(stamp=stamps[path]), "")
            continue
        pause = min(_FIRST_PAUSE * 2 ** min(before.failures, 20), _LONGEST_PAUSE)
        ping = Ping(stamp=before.stamp, failures=before.failures + 1, retry_at=now + pause)
        told[path] = (ping, why)
    return told


def _say(hub: str, told: Mapping[str, tuple[Ping, str]], report: Report) -> None:
    report.pinged = sum(not why for _, why in told.values())
    failed = [(ping.failures, why) for ping, why in told.values() if why]
    if not failed:
        return
    failures, why = max(failed)
    what = f"the hub {hub} was not told of {counted(len(failed), 'feed')}: {why}"
    if failures < _NAMED_AFTER:
        report.notes.append(f"{what}; a later run tells it")
        return
    mend = "it has failed for a day; see to hub under [feeds]"
    report.findings.append(Finding(severity=Severity.WARNING, what=what, mend=mend))
