"""Sending from more than one machine: `run` hands out parts of editions, workers deliver them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from publisher.config import KEY_NAME, MailTable, Site
from publisher.counting import counted
from publisher.delivery.jobs import Jobs
from publisher.errors import LedgerError, LimitError, PublisherError, UsageError
from publisher.model import Claim, Part, Result
from publisher.publish.post import Post
from publisher.publish.progress import Advance, Progress, unseen
from publisher.publish.report import Report
from publisher.publish.sending import destinations_of, is_the_last_seen, send_edition
from publisher.sources import load_templates
from publisher.storage import Ledger, Store
from publisher.valueclass import valueclass

_PATIENCE = timedelta(minutes=1)  # with slow domains, where no other part waits
SWEEP = 60.0  # seconds from one look at what nobody works on to the next


def open_jobs(store: Store) -> Jobs:
    """The queue in the store's own database, with its tables made or brought up to date."""
    jobs = Jobs(store.database.conninfo)
    with store.database.read() as connection:
        ready = jobs.is_ready(connection.connection.dbapi_connection)
    if not ready:
        with store.database.write(alone=True) as connection:
            jobs.prepare(connection.connection.dbapi_connection)
    return jobs


def hand_over(store: Store, mail: MailTable, now: datetime, report: Report) -> None:
    """What `run` does instead of sending: hand out what is owed, if anything is."""
    if store.ledger.unfinished() and is_the_last_seen(store, report):
        hand_out(store, mail, open_jobs(store), now, report)


def hand_out(store: Store, mail: MailTable, jobs: Jobs, now: datetime, report: Report) -> None:
    """Take back what the dead held, close what is done, and hand out what is owed and waits."""
    ledger = store.ledger
    report.in_doubt += ledger.recover(now, on_doubt=mail.on_doubt)
    for edition in ledger.unfinished():
        if parts := ledger.hand_out(edition, jobs, now):
            report.notes.append(f"{edition}: {counted(parts, 'part')} handed to the workers")
            continue
        try:
            ledger.settle(edition)
        except LedgerError as err:
            report.blame(err)


@dataclass(slots=True, kw_only=True)
class Worker:
    """Delivers parts of editions from this machine; `log` gets a line for the operator."""

    site: Site
    store: Store
    clock: Callable[[], datetime]
    stop: Callable[[], bool]
    log: Callable[[str], None]
    progress: Progress = unseen
    _shown: ExitStack = field(default_factory=ExitStack)
    _advance: dict[str, Advance] = field(default_factory=dict)

    def work(self, *, once: bool = False) -> None:
        """Deliver until `stop` says so, or, with `once`, until nothing is left."""
        mail = self._mail()
        jobs = open_jobs(self.store)
        idle = True

        def sweep() -> None:
            nonlocal idle
            if idle:
                self._show_no_more()
            idle = True
            report = Report()
            hand_out(self.store, mail, jobs, self.clock(), report)
            self._tell(report)

        def carry_out(edition: str, part: Part) -> None:
            nonlocal idle
            idle = False
            try:
                self._carry_out(edition, part, jobs)
            except LimitError as err:
                self.log(f"{edition}: {err}")
                self._rest(min(err.seconds, SWEEP))
            except PublisherError as err:
                self.log(f"{edition}: {err}")
            if self.stop():  # whether or not anything of it is left
                with self.store.database.write() as connection:
                    jobs.defer(connection.connection.dbapi_connection, edition, [part])

        with self._shown:
            jobs.work(carry_out, sweep=sweep, every=SWEEP, stop=self.stop, once=once)

    def _rest(self, seconds: float) -> None:
        """Do nothing for a while, unless we are asked to stop: other parts would fare no better."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.stop():
            time.sleep(0.2)

    def _advance_of(self, edition: str) -> Advance:
        """Shows how far we have come with an edition, over all the parts that come our way."""
        if edition not in self._advance:
            self._show_no_more()
            begun = self.progress(f"Sending {edition}")
            self._advance[edition] = self._shown.enter_context(begun)
        return self._advance[edition]

    def _show_no_more(self) -> None:
        self._shown.close()
        self._advance.clear()

    def _mail(self) -> MailTable:
        mail = self.site.settings.mail
        if mail is None or mail.sent_by != "workers":
            raise UsageError(
                "here `publisher run` sends, and a worker finds nothing to do",
                mend="to have workers send, say [mail] sent_by = 'workers' on every host",
            )
        if not (self.site.folder / KEY_NAME).exists():
            raise UsageError(
                f"{KEY_NAME} is missing: without the site's own, readers' links would not open",
                path=str(self.site.folder / KEY_NAME),
                mend="copy it from the host that runs `publisher run`, with mode 0600",
            )
        return mail

    def _carry_out(self, edition: str, part: Part, jobs: Jobs) -> None:
        report = Report()
        with self.store.database.read() as connection:
            others = jobs.are_left(connection.connection.dbapi_connection)
        ledger = PartLedger(self.store.ledger, part)
        post = Post.of(self.site, load_templates(self.site.folder))
        with (
            self.store.ledger.owner(self.clock()) as owner,
            post.transport(self.store, self.clock) as transport,
        ):
            send_edition(
                edition,
                post,
                self.store,
                ledger=ledger,
                transport=transport,
                owner=owner,
                clock=self.clock,
                stop=self.stop,
                on_progress=self._advance_of(edition),
                report=report,
                destinations=destinations_of(post, self.store, self.clock),
                patience=timedelta(0) if others else _PATIENCE,
            )
        self._tell(report)

    def _tell(self, report: Report) -> None:
        for finding in report.findings:
            self.log(f"{finding.severity.value}: {finding}")
        for note in report.notes:
            self.log(f"note: {note}")
        if report.in_doubt:
            self.log(f"{report.in_doubt} deliveries of a dead worker are in doubt, and flagged")


@valueclass(kw_only=False)
class PartLedger:
    """The ledger, for who may claim of one part only."""

    ledger: Ledger
    part: Part

    def claim(self, edition: str, owner: str, limit: int, now: datetime) -> list[Claim]:
        """Take up to `limit` deliveries of the part."""
        return self.ledger.claim(edition, owner, limit, now, part=self.part)

    def mark(self, started: Sequence[Claim], finished: Sequence[Result], now: datetime) -> None:
        """Mark what is about to leave, and what became of others."""
        self.ledger.mark(started, finished, now)

    def release(self, claims: Sequence[Claim]) -> None:
        """Hand back what has not left."""
        self.ledger.release(claims)
