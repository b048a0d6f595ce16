"""One run, from articles to deliveries: the cron line, a short step after another.

A step is imported when the publication has a use for it: importing all takes longer than a run
with nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial

from publisher.config import Site
from publisher.errors import CheckError, TemplateError, TransportError
from publisher.lock import only_run
from publisher.publish.ahead import Ahead
from publisher.publish.plan import Plan
from publisher.publish.progress import Progress, unseen
from publisher.publish.reading import read_articles
from publisher.publish.report import Report
from publisher.publish.rest import Seen
from publisher.publish.resting import leave_rest
from publisher.publish.writing import write_output
from publisher.sources import load_templates
from publisher.storage import Store, Watch


def build(
    site: Site,
    *,
    now: datetime,
    progress: Progress = unseen,
    full: bool = False,
    seen: Seen | None = None,
    ahead: Ahead | None = None,
) -> Report:
    """Feeds and pages only: nothing is opened, nothing is sent.

    `full` reads and writes everything again, whatever is known to be unchanged. Who has `seen` the
    site before its configuration was read gets a note if nothing is left to do (rest.py); who has
    begun to read `ahead` at the same moment `now` need not wait for as long.
    """
    report = Report()
    with only_run(site.folder), _store(site) as store:
        watch = Watch(store.database) if seen else None
        templates = (seen and seen.templates) or load_templates(site.folder)
        _fetch(site, store, now, report, stop=lambda: False)
        plan = _publish(
            site, store, templates, now, report,
            progress=progress, full=full, seen=seen, ahead=ahead,
        )  # fmt: skip
        if site.newsletters:
            from publisher.publish.editions import write_editions  # noqa: PLC0415

            write_editions(site, store, templates, report)
        if seen and watch:
            leave_rest(site, store, watch, seen, plan, "build", now, report)
    return report


def run(
    site: Site,
    *,
    clock: Callable[[], datetime],
    stop: Callable[[], bool] = lambda: False,
    progress: Progress = unseen,
    full: bool = False,
    seen: Seen | None = None,
    ahead: Ahead | None = None,
) -> Report:
    """Read, write, open what is due, deliver what is owed, file what came back.

    Safe at any moment, twice, or killed. `full`, `seen` and `ahead` are as in `build`.

    Raises BusyError if another run is at work, StoreError or OutputError where nothing further
    makes sense; every smaller trouble is in the Report.
    """
    report = Report()
    with only_run(site.folder), _store(site) as store:
        now = ahead.now if ahead else clock()
        watch = Watch(store.database) if seen else None
        templates = (seen and seen.templates) or load_templates(site.folder)
        _fetch(site, store, now, report, stop)
        plan = _publish(
            site, store, templates, now, report,
            progress=progress, full=full, seen=seen, ahead=ahead,
        )  # fmt: skip
        with _telling_hub(site, store, now, report):
            if site.newsletters and not stop():
                from publisher.publish.editions import open_editions, write_editions  # noqa: PLC0415

                open_editions(site, store, templates, now, report)
                write_editions(site, store, templates, report)
            if not stop():
                _answer(site, store, templates, clock, stop, report)
            if site.settings.mail:
                _mail(site, store, templates, clock, stop, progress, report)
        report.stopped = stop()
        if seen and watch:
            leave_rest(site, store, watch, seen, plan, "run", now, report)
    return report


def _fetch(
    site: Site, store: Store, now: datetime, report: Report, stop: Callable[[], bool]
) -> None:
    if site.settings.sources:
        from publisher.publish.remotes import fetch_remotes  # noqa: PLC0415

        fetch_remotes(site, store, now, report, stop)


def _publish(
    site: Site,
    store: Store,
    templates: Mapping[str, str],
    now: datetime,
    report: Report,
    *,
    progress: Progress,
    full: bool,
    seen: Seen | None,
    ahead: Ahead | None,
) -> Plan:
    """Articles become entries, what they make is written, and they get their numbers."""
    look = seen.look(site.articles, site.max_bytes) if seen else None
    read_articles(site, store, now, report, look=look, ahead=ahead, full=full, progress=progress)
    there = seen.stamps(site.output) if seen else None
    release = partial(store.catalogue.release, now)
    plan = write_output(
        site, store, templates, now, report,
        there=there, full=full, ahead=ahead, meanwhile=release, progress=progress,
    )  # fmt: skip
    release()  # if nobody else was at work
    return plan


def _telling_hub(
    site: Site, store: Store, now: datetime, report: Report
) -> AbstractContextManager[None]:
    if not site.publication.hub:
        return nullcontext()
    from publisher.publish.websub import telling_hub  # noqa: PLC0415

    return telling_hub(site, store, now, report)


def _mail(
    site: Site,
    store: Store,
    templates: Mapping[str, str],
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
    progress: Progress,
    report: Report,
) -> None:
    """What a publication without mail has none of: deliveries, and what came back."""
    from publisher.publish.returns import file_returns  # noqa: PLC0415

    mail = site.settings.mail
    if mail and mail.sent_by == "workers":
        from publisher.publish.workers import hand_over  # noqa: PLC0415 - few have any

        hand_over(store, mail, clock(), report)
    elif not stop():
        from publisher.publish.sending import send_editions  # noqa: PLC0415

        send_editions(
            site,
            store,
            templates,
            clock=clock,
            stop=stop,
            progress=progress,
            report=report,
        )
    if not stop():
        file_returns(site, store, report, clock=clock, stop=stop)


def _answer(
    site: Site,
    store: Store,
    templates: Mapping[str, str],
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
    report: Report,
) -> None:
    """The mails that people asked for on the web, where the service has not sent them."""
    from publisher.publish.letters import answer_requests  # noqa: PLC0415

    try:
        report.notes += answer_requests(site, store, templates, clock=clock, stop=stop)
    except (TransportError, TemplateError, CheckError) as err:
        report.blame(err)


def _store(site: Site) -> Store:
    return Store.open(site.settings.storage.url, site=site.folder, secret=site.secret)
