"""Deliveries owed leave through the transport, one edition after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from publisher.config import CONFIG_NAME, Site
from publisher.errors import CheckError, LedgerError, TransportError, UsageError
from publisher.garbage import collect_as_usual
from publisher.model import Claim, DeliveryState, Newsletter, Recipient
from publisher.publish.progress import Advance, Progress
from publisher.publish.report import Report
from publisher.storage import EditionRecord, Store

if TYPE_CHECKING:  # what sends is imported when something is owed
    from publisher.delivery import Destinations, MessageTemplate, Tally, Transport
    from publisher.delivery.loop import Ledger
    from publisher.publish.post import Post

_PATIENCE = timedelta(minutes=5)  # with domains that are slow, when all others are done
_IN_MEMORY = 32  # messages ready to be filled in, some hundred kilobytes each


def send_editions(
    site: Site,
    store: Store,
    templates: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
    progress: Progress,
    report: Report,
) -> None:
    """Deliver what every open edition still owes; what a dead run left behind comes first."""
    ledger = store.ledger
    mail = site.settings.mail
    if mail is None:
        return
    report.in_doubt += ledger.recover(clock(), on_doubt=mail.on_doubt)
    broken = {edition for edition in ledger.unfinished() if not _settle(store, edition, report)}
    editions = ledger.open_editions(clock())
    if not editions or not is_the_last_seen(store, report):
        return
    from publisher.publish.post import Post  # noqa: PLC0415

    post = Post.of(site, templates)
    report.notes += [
        f"{key.path.name} can be read by others on this machine (chmod 600 {key.path.name})"
        for key in site.dkim
        if key.is_loose()
    ]
    store.peers.prune(clock())
    destinations = destinations_of(post, store, clock)
    with ledger.owner(clock()) as owner:
        try:
            with post.transport(store, clock) as transport:
                for edition in editions:
                    owed = _owed(store, edition)
                    with progress(f"Sending {edition}", owed) as advance:
                        send_edition(
                            edition,
                            post,
                            store,
                            ledger=ledger,
                            transport=transport,
                            owner=owner,
                            clock=clock,
                            stop=stop,
                            on_progress=advance,
                            report=report,
                            destinations=destinations,
                            patience=_PATIENCE,
                            owed=owed,
                        )
                    if edition not in broken:  # else it was said before
                        _settle(store, edition, report)
        except TransportError as err:
            report.blame(err)


def is_the_last_seen(store: Store, report: Report) -> bool:
    """Whether this is the database that was last sent from; else what it owes is held back."""
    held = store.instance.advance()
    for edition in held:
        report.blame(
            CheckError(
                f"edition {edition} is held back: the database is older than what was last sent "
                "from here, as one put back from a backup is, and may owe what has long been sent",
                path=store.database.place,
                mend=f"`publisher editions resume {edition}` sends what it owes, perhaps a second "
                f"time; `publisher editions cancel {edition}` lets it be",
            )
        )
    return not held


def send_edition(
    edition: str,
    post: Post,
    store: Store,
    *,
    ledger: Ledger,
    transport: Transport,
    owner: str,
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
    on_progress: Advance,
    report: Report,
    destinations: Destinations | None,
    patience: timedelta,
    owed: int = 0,
) -> None:
    """Deliver what an edition owes now, or what `ledger` gives out of it.

    For what waits for its turn with a slow domain it stays as long as `patience` says.
    Where `owed` is known to be many, other processes help; a worker is one of many already.
    """
    from publisher.delivery import deliver  # noqa: PLC0415

    mail = post.site.settings.mail
    newsletter = _newsletter(post.site, store, edition, report)
    if mail is None or newsletter is None:
        return
    record = store.editions.get(edition)
    templates = _Templates(store, post, newsletter, record)
    collect_as_usual()
    tally = deliver(
        edition,
        ledger=ledger,
        transport=transport,
        owner=owner,
        templates=templates,
        signers=post.signers(templates, owed),
        recipient_for=partial(_recipient, post, newsletter),
        sender_for=post.sender_for,
        clock=clock,
        stop=stop,
        on_progress=on_progress,
        on_doubt=mail.on_doubt,
        destinations=destinations,
        give_up_at=(record.retried or record.opened) + mail.give_up,
        patience=patience,
    )
    _count(report, tally)


def destinations_of(post: Post, store: Store, clock: Callable[[], datetime]) -> Destinations | None:
    """What is known of the domains that mail goes to; nothing where it goes into a folder."""
    from publisher.delivery import Destinations  # noqa: PLC0415

    return Destinations(store.peers, clock) if post.uses_smtp else None


def _settle(store: Store, edition: str, report: Report) -> bool:
    """Whether the deliveries of an edition add up; one that owes nothing any more is closed.

    Those that are there are delivered either way: others must not go without for a lost row.
    """
    try:
        store.ledger.settle(edition)
    except LedgerError as err:
        report.blame(err)
        return False
    return True


def _newsletter(site: Site, store: Store, edition: str, report: Report) -> Newsletter | None:
    """The newsletter of an open edition; reported, and None, if it was taken out of the site."""
    name = store.editions.get(edition).newsletter
    newsletter = site.newsletter(name)
    if newsletter is None:
        report.blame(
            UsageError(
                f"edition {edition} waits: its newsletter {name!r} is no longer configured",
                path=str(site.folder / CONFIG_NAME),
                mend=f"put [newsletters.{name}] back until its deliveries are made",
            )
        )
    return newsletter


class _Templates(Mapping[int, "MessageTemplate"]):
    """The messages of an edition by the number of the segment, a few at a time in memory.

    Deliveries are claimed segment by segment, so each is made about once.
    """

    def __init__(
        self, store: Store, post: Post, newsletter: Newsletter, record: EditionRecord
    ) -> None:
        self._words = store.editions.words(record.id)
        self._post = post
        self._edition = record.id
        self._slot = record.slot
        self._newsletter = newsletter
        self._made = lru_cache(maxsize=_IN_MEMORY)(self._make)

    def _make(self, number: int) -> MessageTemplate:
        rendered = self._words[number]
        return self._post.template(self._newsletter, self._edition, self._slot, rendered)

    def __getitem__(self, number: int) -> MessageTemplate:
        """The message of one segment."""
        return self._made(number)

    def __iter__(self) -> Iterator[int]:
        """The numbers of all segments that somebody gets."""
        return (number for number in self._words if number)  # 0 is the public page

    def __len__(self) -> int:
        """How many there are."""
        return len(self._words) - 1


def _owed(store: Store, edition: str) -> int:
    states = store.ledger.counts(edition).states
    return states.get(DeliveryState.PENDING, 0) + states.get(DeliveryState.DEFERRED, 0)


def _recipient(post: Post, newsletter: Newsletter, claim: Claim) -> Recipient:
    return post.recipient(claim.subscriber, claim.edition, newsletter.name)


def _count(report: Report, tally: Tally) -> None:
    report.sent += tally.sent
    report.failed += tally.failed
    report.deferred += tally.deferred
    report.held += tally.held
    report.notes += tally.problems
