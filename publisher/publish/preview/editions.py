"""The next edition of a newsletter, for anybody: as it would leave, whether or not it may."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import datetime

from publisher.audience import Topic, offer_topics
from publisher.config import Site
from publisher.digest import Digest
from publisher.errors import ConfigError, PublisherError
from publisher.model import Choice, Finding, Newsletter, Recipient, Rendered, Severity
from publisher.publish.composing import Composer
from publisher.publish.post import Post
from publisher.publish.preview.addresses import planned_addresses
from publisher.publish.preview.state import Preview, Previews
from publisher.publish.trial import Trial, draft_next, had_so_far
from publisher.storage import Reader, glance
from publisher.valueclass import valueclass


@valueclass
class Wanted:
    """For whom an edition is looked at: who made a choice, or one reader by their address.

    `language` is that which they chose, if any; `afresh`: as somebody gets it who has had nothing
    yet.
    """

    newsletter: Newsletter
    choice: Choice = field(default_factory=Choice)
    address: str = ""
    language: str = ""
    afresh: bool = False


@valueclass
class EditionPreview:
    """The message that would leave, and what is wrong with it.

    Where there is none, `nothing` says why; `reader` is whom it was asked for by address, with
    `choice` what they, or the one who asked, chose.
    """

    choice: Choice
    reader: Reader | None = None
    nothing: str = ""
    slot: datetime | None = None
    rendered: Rendered | None = None
    recipient: Recipient | None = None
    data: bytes = b""
    html: str = ""
    text: str = ""
    findings: tuple[Finding, ...] = ()


def topics_of(previews: Previews, preview: Preview, newsletter: Newsletter) -> tuple[Topic, ...]:
    """What readers of a newsletter may choose, the commonest first."""

    def offer() -> tuple[Topic, ...]:
        outlines = (entry for entry, _ in previews.scratch.catalogue.outlines())
        public = (entry for entry in outlines if entry.is_public(preview.now))
        return offer_topics(newsletter, public)

    return preview.kept.once(("topics", newsletter.name), offer)


def preview_edition(previews: Previews, preview: Preview, wanted: Wanted) -> EditionPreview:
    """The next edition for somebody. What is wrong with a template or a key is a finding."""
    return preview.kept.once(
        ("edition", wanted), lambda: _preview_edition(previews, preview, wanted)
    )


def _preview_edition(previews: Previews, preview: Preview, wanted: Wanted) -> EditionPreview:
    assert preview.site is not None  # there is a newsletter
    newsletter, choice, reader = wanted.newsletter, wanted.choice, None
    try:
        had, language = had_so_far(previews.scratch, newsletter, choice), wanted.language
        if wanted.address:
            reader = _find_reader(preview.site, wanted.address)
            held = reader.subscription(newsletter.name) if reader else None
            if reader is None or held is None:
                return EditionPreview(choice=choice, reader=reader, nothing="nobody")
            choice, had, language = held.choice, held.watermark, reader.subscriber.language
            if held.paused_until is not None and held.paused_until > preview.now:
                return EditionPreview(choice=choice, reader=reader, nothing="pausing")
        found: list[Finding] = []
        drafted = draft_next(
            _post(previews, preview, found),
            _digest(preview, newsletter),
            previews.scratch,
            newsletter,
            choice,
            None if wanted.afresh else had,
            preview.now,
            language=language,
            known=planned_addresses(preview),
        )
    except PublisherError as err:
        return EditionPreview(
            choice=choice, reader=reader, nothing="broken", findings=(_told(err),)
        )
    if drafted is None:
        return EditionPreview(choice=choice, reader=reader, nothing="nothing new")
    return _made(*drafted, choice, reader, found)


def _made(
    composer: Composer, trial: Trial, choice: Choice, reader: Reader | None, found: list[Finding]
) -> EditionPreview:
    post, newsletter = trial.post, trial.newsletter
    if reader is None:
        recipient = post.specimen(trial.edition, newsletter.name)
    else:
        # Nobody's number: nothing that is shown here is good for anything in a reader's name.
        nobody = replace(reader.subscriber, id=0)
        recipient = post.recipient(nobody, trial.edition, newsletter.name)
    data = trial.as_sent(recipient)
    found += composer.findings(trial.rendered)
    return EditionPreview(
        choice=choice,
        reader=reader,
        slot=trial.slot,
        rendered=trial.rendered,
        recipient=recipient,
        data=data,
        html=trial.html(recipient),
        text=trial.text(recipient),
        findings=tuple(found),
    )


def _find_reader(site: Site, address: str) -> Reader | None:
    return glance(site.settings.storage.url, site.folder, lambda store: store.readers.find(address))


def _post(previews: Previews, preview: Preview, found: list[Finding]) -> Post:
    """The site's desk; without signatures where a key is unfit, which is a finding."""
    assert preview.site is not None
    try:
        return Post.of(preview.site, preview.templates, keys=previews.keys)
    except ConfigError as err:
        found.append(_told(err))
        return Post.of(replace(preview.site, dkim=()), preview.templates, keys=previews.keys)


def _digest(preview: Preview, newsletter: Newsletter) -> Digest:
    name = newsletter.template
    return preview.kept.once(("digest", name), lambda: Digest(preview.templates, name))


def _told(err: PublisherError) -> Finding:
    return Finding(
        severity=Severity.ERROR, what=err.what, mend=err.mend, path=err.path, line=err.line
    )
