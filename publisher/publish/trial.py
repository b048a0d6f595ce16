"""The next edition before its time: to look at, or to send to oneself. Puts nothing on record."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from publisher.checks.links import Known
from publisher.config import Site
from publisher.digest import Digest
from publisher.errors import UsageError
from publisher.model import (
    Choice,
    Cohort,
    Finding,
    Newsletter,
    Receipt,
    Recipient,
    Rendered,
    Subscriber,
)
from publisher.pages.translations import spoken
from publisher.publish.composing import Composer, load_shown
from publisher.publish.editions import Share, compose_share, plan_after
from publisher.publish.post import Post, with_links
from publisher.sources import load_templates
from publisher.storage import Slot, Store
from publisher.timetable import cohort_of, local_time, next_slot, schedule_of, zone_of
from publisher.valueclass import valueclass


@valueclass
class Trial:
    """An edition that nobody is owed."""

    post: Post
    newsletter: Newsletter
    edition: str
    slot: datetime
    rendered: Rendered
    warnings: tuple[Finding, ...] = ()

    def text(self, reader: Recipient | None = None) -> str:
        """The text part as its reader would see it."""
        return with_links(self.rendered.text, reader or self._reader(self.newsletter.sender))

    def html(self, reader: Recipient | None = None) -> str:
        """The HTML part as its reader would see it."""
        reader = reader or self._reader(self.newsletter.sender)
        return with_links(self.rendered.html, reader, html.escape)

    def message(self, address: str) -> bytes:
        """The whole message to `address`, its subject marked as a test."""
        marked = replace(self.rendered, subject=f"[Test] {self.rendered.subject}")
        identifier = self._edition()
        template = self.post.template(self.newsletter, identifier, self.slot, marked)
        return template.fill(self._reader(address))

    def as_sent(self, reader: Recipient) -> bytes:
        """The whole message as it will leave to this reader."""
        template = self.post.template(self.newsletter, self.edition, self.slot, self.rendered)
        return template.fill(reader)

    def send(self, address: str, store: Store, clock: Callable[[], datetime]) -> Receipt:
        """Send it. Raises TransportError where nothing can leave."""
        with self.post.transport(store, clock) as transport:
            return transport.send(
                self.post.envelope_sender(), self._reader(address), self.message(address)
            )

    def _reader(self, address: str) -> Recipient:
        nobody = Subscriber(id=0, address=address)
        return self.post.recipient(nobody, self._edition(), self.newsletter.name)

    def _edition(self) -> str:
        # Another Message-ID than the edition's own, so that a mailbox keeps both.
        return f"test-{self.edition}"


def compose_next(
    site: Site,
    store: Store,
    newsletter: Newsletter,
    choice: Choice,
    now: datetime,
    *,
    language: str = "",
    again: bool = False,
) -> Trial:
    """What `newsletter` would say at its next slot to a reader who chose this, and a language.

    A reader who has had what the readers of the same frequency and clock had so far; where that
    leaves nothing to say and it may be said `again`, one who has had nothing. Raises UsageError if
    it would say nothing, CheckError if it would break a MUST.
    """
    post = Post.of(site, load_templates(site.folder))
    digest = Digest(post.templates, newsletter.template)
    had = had_so_far(store, newsletter, choice)
    draft = draft_next(post, digest, store, newsletter, choice, had, now, language=language)
    if draft is None and again:
        draft = draft_next(post, digest, store, newsletter, choice, None, now, language=language)
    if draft is None:
        raise UsageError(
            f"the next edition of {newsletter.name} has nothing new to say",
            mend="`publisher run` reads new articles; an edition carries what came since the last",
        )
    composer, trial = draft
    composer.check(1, trial.rendered)
    return replace(trial, warnings=tuple(composer.warnings))


def draft_next(
    post: Post,
    digest: Digest,
    store: Store,
    newsletter: Newsletter,
    choice: Choice,
    had: int | None,
    now: datetime,
    *,
    language: str = "",
    known: Known | None = None,
) -> tuple[Composer, Trial] | None:
    """The same unchecked, for a reader who has had everything up to `had` (None: nothing).

    None if there is nothing to say. `known` is for the checks (`Composer`). Raises TemplateError.
    """
    cohort = cohort_of(newsletter, choice)
    last = store.catalogue.last_sequence()
    plan = plan_after(store, newsletter, had, last, now)
    these = plan.asked_for(choice.topics, had)
    if not these:
        return None
    slot = _next_slot(newsletter, cohort, now)
    composer = Composer(post, digest, newsletter, cohort, slot, known=known)
    full = load_shown(store.catalogue, plan, [these], newsletter.limit)
    share = Share(these, spoken(language, newsletter.language))
    _, rendered = compose_share(plan, share, full, newsletter, composer)
    return composer, Trial(
        post=post,
        newsletter=newsletter,
        edition=composer.identifier,
        slot=slot.moment,
        rendered=rendered,
    )


def had_so_far(store: Store, newsletter: Newsletter, choice: Choice) -> int | None:
    """Up to which entry the readers of this frequency and clock have been served."""
    watermark = store.editions.watermark(cohort_of(newsletter, choice))
    if watermark is None:
        watermark = store.editions.watermark(Cohort(newsletter=newsletter.name))
    return watermark


def _next_slot(newsletter: Newsletter, cohort: Cohort, now: datetime) -> Slot:
    schedule, zone = schedule_of(newsletter, cohort.frequency), zone_of(newsletter, cohort)
    if schedule is None:
        return Slot(now)
    moment = next_slot(schedule, zone, now)
    return Slot(moment, local_time(schedule, zone, moment))
