"""Deliveries owed leave through the transport, one edition after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from publisher.config import CONFIG_NAME, Site
from publisher.delivery import MessageTemplate, Tally, deliver
from publisher.errors import LedgerError, TransportError, UsageError
from publisher.model import Claim, Newsletter, Recipient
from publisher.publish.post import Post
from publisher.publish.report import Report
from publisher.storage import Store


def send_editions(
    site: Site,
    store: Store,
    templates: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
    on_progress: Callable[[int], None] | None,
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
    if not editions:
        return
    post = Post.of(site, templates)
    report.notes += [
        f"{key.path.name} can be read by others on this machine (chmod 600 {key.path.name})"
        for key in site.dkim
        if key.is_loose()
    ]
    with ledger.owner(clock()) as owner:
        try:
            with post.transport() as transport:
                for edition in editions:
                    newsletter = _newsletter(site, store, edition, report)
                    if newsletter is None:
                        continue
                    tally = deliver(
                        edition,
                        ledger=ledger,
                        transport=transport,
                        owner=owner,
                        templates=_templates(store, post, newsletter, edition),
                        recipient_for=partial(_recipient, post, newsletter),
                        sender=post.envelope_sender(),
                        clock=clock,
                        stop=stop,
                        on_progress=on_progress,
                        on_doubt=mail.on_doubt,
                    )
                    _count(report, tally)
                    if edition not in broken:  # else it was said before
                        _settle(store, edition, report)
        except TransportError as err:
            report.blame(err)


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


def _templates(
    store: Store, post: Post, newsletter: Newsletter, edition: str
) -> Mapping[int, MessageTemplate]:
    slot = store.editions.get(edition).slot
    return {
        number: post.template(newsletter, edition, slot, rendered)
        for number, rendered in store.editions.segments(edition).items()
        if number  # 0 is the public page
    }


def _recipient(post: Post, newsletter: Newsletter, claim: Claim) -> Recipient:
    return post.recipient(claim.subscriber, claim.edition, newsletter.name)


def _count(report: Report, tally: Tally) -> None:
    report.sent += tally.sent
    report.failed += tally.failed
    report.deferred += tally.deferred
    report.held += tally.held
    report.notes += tally.problems
