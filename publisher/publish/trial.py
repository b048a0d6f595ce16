"""The next edition before its time: to look at, or to send to oneself. Puts nothing on record."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from datetime import datetime

from publisher.config import Site
from publisher.errors import UsageError
from publisher.model import (
    Choice,
    Mark,
    Newsletter,
    Receipt,
    Recipient,
    Rendered,
    Selection,
    Subscriber,
    Subscription,
)
from publisher.publish.editions import check_segments, compose, edition_id, next_entries
from publisher.publish.post import Post
from publisher.sources import load_templates
from publisher.storage import Store
from publisher.timetable import next_slot, parse_schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """An edition that nobody is owed."""

    post: Post
    newsletter: Newsletter
    slot: datetime
    rendered: Rendered

    def text(self) -> str:
        """The text part as its reader would see it."""
        reader = self._reader(self.newsletter.sender)
        return self.rendered.text.replace(Mark.LEAVE, reader.leave).replace(
            Mark.PREFERENCES, reader.preferences
        )

    def html(self) -> str:
        """The HTML part as its reader would see it."""
        reader = self._reader(self.newsletter.sender)
        return self.rendered.html.replace(Mark.LEAVE, html.escape(reader.leave)).replace(
            Mark.PREFERENCES, html.escape(reader.preferences)
        )

    def message(self, address: str) -> bytes:
        """The whole message to `address`, its subject marked as a test."""
        marked = replace(self.rendered, subject=f"[Test] {self.rendered.subject}")
        identifier = self._edition()
        template = self.post.template(self.newsletter, identifier, self.slot, marked)
        return template.fill(self._reader(address))

    def send(self, address: str) -> Receipt:
        """Send it. Raises TransportError where nothing can leave."""
        with self.post.transport() as transport:
            return transport.send(
                self.post.envelope_sender(), self._reader(address), self.message(address)
            )

    def _reader(self, address: str) -> Recipient:
        nobody = Subscriber(id=0, address=address)
        return self.post.recipient(nobody, self._edition(), self.newsletter.name)

    def _edition(self) -> str:
        # Another Message-ID than the edition's own, so that a mailbox keeps both.
        return f"test-{edition_id(self.newsletter, self.slot)}"


def compose_next(
    site: Site, store: Store, newsletter: Newsletter, topics: Selection, now: datetime
) -> Trial:
    """What `newsletter` would say at its next slot to a reader who chose `topics`.

    Raises UsageError if it would say nothing, CheckError if it would break a MUST.
    """
    entries = next_entries(store, newsletter, now)
    slot = next_slot(parse_schedule(newsletter.schedule), newsletter.timezone, now)
    reader = Subscription(
        subscriber=Subscriber(id=0, address=newsletter.sender),
        newsletter=newsletter.name,
        choice=Choice(topics=topics),
    )
    post = Post.of(site, load_templates(site.folder))
    parts = compose(newsletter, [reader], entries, post, slot) if entries else []
    if len(parts) < 2:
        raise UsageError(
            f"the next edition of {newsletter.name} has nothing new to say",
            mend="`publisher run` reads new articles; an edition carries what came since the last",
        )
    check_segments(post, newsletter, slot, parts)
    return Trial(post=post, newsletter=newsletter, slot=slot, rendered=parts[1][1])
