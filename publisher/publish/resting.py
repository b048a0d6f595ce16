"""A run that leaves nothing to do says so in the note that the next one reads first (rest.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from publisher.config import Site
from publisher.output import Output
from publisher.publish.plan import Plan
from publisher.publish.report import Places, Report
from publisher.publish.rest import Rest, Seen, digest_of_stamps
from publisher.storage import Store, Watch

# However long nothing happens, a run looks for itself that often. What is too old to be kept
# (requests, letters that came back) need not go to the minute.
_LONGEST = timedelta(hours=1)


def leave_rest(
    site: Site,
    store: Store,
    watch: Watch,
    seen: Seen,
    plan: Plan,
    command: str,
    now: datetime,
    report: Report,
) -> None:
    """Leave the note if that command, begun at `now`, would find nothing to do any more.

    The last thing that a run does with its store. In doubt there is no note.
    """
    until = min(_moments(site, store, plan, command, now))
    if not (seen.rules and until > now) or not _is_done(site, watch, command, report):
        return
    look = seen.digest(site.articles, site.max_bytes)
    if not (look and _are_seen(plan, seen, site)):
        return
    watch.settle()  # its mark has to wait until some time has gone by since
    there = Output(site.output).stamps()
    if not _is_as_remembered(there, store):
        return
    mark = watch.mark()
    if mark:
        Rest(
            command=command,
            since=now.timestamp(),
            until=until.timestamp(),
            rules=seen.rules,
            store=str(Path(store.database.place).absolute()),
            store_mark=mark,
            maildir=_maildir(site) if command == "run" else "",
            output=site.settings.feeds.folder,
            output_digest=digest_of_stamps(there),
            articles=site.settings.articles.folder,
            max_bytes=site.max_bytes,
            look_digest=look,
            report=report.again_with_nothing_new(),
            places=[*Places.of(site)],
        ).write(site.folder)


def _is_done(site: Site, watch: Watch, command: str, report: Report) -> bool:
    """Whether the same once more would do nothing, and say the same.

    That a run with mail leaves nothing to do shows in one that did nothing, and not before.
    """
    if report.findings or report.exit_code:
        return False
    if not report.notes and (command == "build" or not site.settings.mail):
        return True
    return not (watch.has_written or report.written or report.removed)


def _moments(
    site: Site, store: Store, plan: Plan, command: str, now: datetime
) -> Iterator[datetime]:
    """Moments at which there may be something to do; `now` where there is."""
    yield now + _LONGEST
    yield plan.until
    if site.settings.sources:
        known = store.remotes.known()
        for name, table in site.settings.sources.items():
            state = known.get(name)
            yield now if state is None or state.url != table.url else state.next_try or now
    if command == "run" and site.publication.hub:
        from publisher.publish.websub import next_telling  # noqa: PLC0415 - few have any

        yield next_telling(site, store, now) or now + _LONGEST
    if command == "run" and site.settings.mail:
        yield from _moments_of_mail(site, store, now)


def _moments_of_mail(site: Site, store: Store, now: datetime) -> Iterator[datetime]:
    from publisher.publish.cohorts import next_due  # noqa: PLC0415 - see conduct.py

    if site.settings.bounces.imap or store.outstanding.has_mail():
        yield now  # somebody's server can only be asked
    yield store.outstanding.next_return(now) or now + _LONGEST
    for newsletter in site.newsletters:
        yield from next_due(store, newsletter, now)


def _are_seen(plan: Plan, seen: Seen, site: Site) -> bool:
    """Whether a look at the articles tells of all files beside them that are published too."""
    look = seen.look(site.articles, site.max_bytes)
    beside = {line.partition("\t")[0] for line in look.beside} if plan.assets else set()
    return all(asset.source in beside for _, asset in plan.assets)


def _is_as_remembered(there: Mapping[str, str], store: Store) -> bool:
    """Whether nobody was at a file after it was written."""
    known = store.outputs.known()
    return all(there.get(path) == stamp for path, (_, stamp) in known.items())


def _maildir(site: Site) -> str:
    maildir = site.settings.bounces.maildir
    return str((site.folder / Path(maildir).expanduser()).absolute()) if maildir else ""
