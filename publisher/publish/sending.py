"""Deliveries owed leave through the transport, one edition after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from publisher.config import Site
from publisher.delivery import MessageTemplate, Tally, deliver
from publisher.errors import TransportError
from publisher.model import Claim, Recipient
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
    editions = ledger.open_editions(clock())
    if not editions:
        return
    post = Post.of(site, templates)
    with ledger.owner(clock()) as owner:
        try:
            with post.transport() as transport:
                for edition in editions:
                    tally = deliver(
                        edition,
                        ledger=ledger,
                        transport=transport,
                        owner=owner,
                        templates=_templates(site, store, post, edition),
                        recipient_for=_recipients(store, post, edition),
                        sender=post.envelope_sender(),
                        clock=clock,
                        stop=stop,
                        on_progress=on_progress,
                        on_doubt=mail.on_doubt,
                    )
                    _count(report, tally)
                    ledger.settle(edition)
        except TransportError as err:
            report.blame(err)


def _templates(site: Site, store: Store, post: Post, edition: str) -> Mapping[int, MessageTemplate]:
    frozen = store.editions.get(edition)
    newsletter = site.newsletter(frozen.newsletter)
    assert newsletter is not None
    return {
        number: MessageTemplate(post.message(newsletter, edition, frozen.slot, rendered))
        for number, rendered in store.editions.segments(edition).items()
        if number
    }


def _recipients(store: Store, post: Post, edition: str) -> Callable[[Claim], Recipient]:
    newsletter = store.editions.get(edition).newsletter

    def recipient(claim: Claim) -> Recipient:
        return post.recipient(claim.subscriber, edition, newsletter)

    return recipient


def _count(report: Report, tally: Tally) -> None:
    report.sent += tally.sent
    report.failed += tally.failed
    report.deferred += tally.deferred
    report.held += tally.held
    report.notes += tally.problems
