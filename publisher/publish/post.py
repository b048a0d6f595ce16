"""What it takes to make a message: the site's senders, keys and links, put together once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.audience import Links, parse_address
from publisher.config import DkimKey, Site, load_keys
from publisher.delivery import (
    Failover,
    MessageTemplate,
    Outbox,
    Regulator,
    Smtp,
    Transport,
    message_id,
)
from publisher.errors import UsageError
from publisher.model import (
    Claim,
    Limits,
    Mark,
    Message,
    Newsletter,
    Recipient,
    Rendered,
    Subscriber,
)
from publisher.returns.paths import ReturnPath
from publisher.valueclass import valueclass

if TYPE_CHECKING:
    from publisher.delivery.dkim import DkimSigner
    from publisher.delivery.signing import Signers
    from publisher.storage import Store

_LARGE = 1000  # deliveries: fewer are signed before other processes are up


def edition_path(edition: str) -> str:
    """Where an edition's public page goes below the output folder."""
    return f"editions/{edition}.html"


def with_links(words: str, reader: Recipient, write: Callable[[str], str] = str) -> str:
    """Rendered words as a reader sees them; `write` makes an address fit in, as HTML needs it."""
    return words.replace(Mark.LEAVE, write(reader.leave)).replace(
        Mark.PREFERENCES, write(reader.preferences)
    )


@valueclass
class Post:
    """A site's writing desk: makes messages, recipients and the transport."""

    site: Site
    templates: Mapping[str, str]
    keys: tuple[bytes, ...]
    links: Links
    signer: DkimSigner | None
    paths: ReturnPath | None

    @classmethod
    def of(cls, site: Site, templates: Mapping[str, str], *, keys: tuple[bytes, ...] = ()) -> Post:
        """The desk of this site; makes publisher.key if there is none, unless `keys` are given.

        Raises ConfigError for a key that is missing or unfit.
        """
        mail = site.settings.mail
        if mail is None:
            raise UsageError(
                "no mail is set up here", mend="give publisher.toml a [mail] table with from = ..."
            )
        keys = keys or load_keys(site.folder)
        return cls(
            site=site,
            templates=templates,
            keys=keys,
            links=Links(keys, site.web),
            signer=_signer(site.dkim),
            paths=ReturnPath(keys, mail.bounces.address) if mail.verp and mail.bounces else None,
        )

    @staticmethod
    def domain(address: str) -> str:
        """The domain of a mail address."""
        return address.rpartition("@")[2]

    def message(
        self, newsletter: Newsletter, edition: str, slot: datetime, rendered: Rendered
    ) -> Message:
        """Rendered words with all that their headers need."""
        mail = self.site.settings.mail
        assert mail is not None  # `of` saw to it
        leave_to = mail.unsubscribe or mail.reply_to or mail.sender
        return Message(
            rendered=rendered,
            edition=edition,
            newsletter=newsletter.name,
            list_title=newsletter.title,
            list_id=f"{newsletter.name}.{self.domain(newsletter.sender)}",
            sender_name=newsletter.sender_name,
            sender=newsletter.sender,
            reply_to=newsletter.reply_to,
            language=rendered.language or newsletter.language,
            date=slot,
            archive=self.site.publication.address(edition_path(edition)),
            mailto_leave=f"mailto:{leave_to.address}?subject=unsubscribe",
        )

    def template(
        self, newsletter: Newsletter, edition: str, slot: datetime, rendered: Rendered
    ) -> MessageTemplate:
        """The message of a segment, to be filled in for each recipient, signed if keys are set."""
        return MessageTemplate(self.message(newsletter, edition, slot, rendered), self.signer)

    def signers(self, templates: Mapping[int, MessageTemplate], deliveries: int) -> Signers | None:
        """Processes that make so many messages, where it is worth their while."""
        cores = len(os.sched_getaffinity(0))
        if self.signer is None or deliveries < _LARGE or cores < 2:
            return None
        from publisher.delivery.signing import Signers  # noqa: PLC0415

        return Signers(self.signer, templates, processes=cores)

    def letter(
        self, rendered: Rendered, name: str, address: str, now: datetime, language: str
    ) -> bytes:
        """A message to one person who asked for it just now; it belongs to no list.

        `name` tells it from other letters: its Message-ID is made of it.
        """
        mail = self.site.settings.mail
        assert mail is not None  # `of` saw to it
        message = Message(
            rendered=rendered,
            edition="",
            newsletter="",
            list_title="",
            list_id="",
            sender_name=mail.sender.name or self.site.publication.title,
            sender=mail.sender.address,
            reply_to=mail.reply_to.address if mail.reply_to else "",
            language=language,
            date=now,
            archive="",
            mailto_leave="",
        )
        return MessageTemplate(message, self.signer).fill(self.addressee(name, address))

    def addressee(self, name: str, address: str) -> Recipient:
        """Whom a letter of this name goes to."""
        mail = self.site.settings.mail
        assert mail is not None  # `of` saw to it
        domain = self.domain(mail.sender.address)
        return Recipient(
            subscriber=0,
            address=address,
            name="",
            message_id=message_id(self.keys[0], name, 0, domain),
            leave="",
            preferences="",
        )

    def recipient(self, subscriber: Subscriber, edition: str, newsletter: str) -> Recipient:
        """One subscriber with the links and the Message-ID that are theirs."""
        mail = self.site.settings.mail
        assert mail is not None  # `of` saw to it
        domain = self.domain(mail.sender.address)
        return Recipient(
            subscriber=subscriber.id,
            address=subscriber.address,
            name=subscriber.name,
            # The first key, for ever: a rotation must not change the Message-ID of a second try.
            message_id=message_id(self.keys[0], edition, subscriber.id, domain),
            leave=self.links.link("leave", subscriber.id, newsletter),
            preferences=self.links.link("preferences", subscriber.id, newsletter),
        )

    def specimen(self, edition: str, newsletter: str) -> Recipient:
        """A recipient who is nobody, for a message that is only looked at."""
        reader = Subscriber(id=0, address=f"reader@{self.site.publication.domain}", name="Reader")
        return self.recipient(reader, edition, newsletter)

    def envelope_sender(self) -> str:
        """Where the other side reports what it can't deliver (RFC 5321 section 4.4)."""
        mail = self.site.settings.mail
        assert mail is not None  # `of` saw to it
        return parse_address((mail.bounces or mail.sender).address)

    def sender_for(self, claim: Claim) -> str:
        """The same for one delivery: an address of its own, if [mail] verp says so."""
        if self.paths is None:
            return self.envelope_sender()
        return self.paths.address(claim.id, claim.edition, claim.subscriber.id)

    @property
    def uses_smtp(self) -> bool:
        """Whether messages go to a relay, and not into a folder."""
        mail = self.site.settings.mail
        return mail is not None and mail.transport == "smtp" and bool(mail.smtp)

    def transport(self, store: Store, clock: Callable[[], datetime]) -> Transport:
        """How messages leave here; what relays say and get is on record in the store."""
        mail = self.site.settings.mail
        assert mail is not None  # `of` saw to it
        if not self.uses_smtp:
            return Outbox(self.site.folder / mail.outbox.folder)
        relays = [self._relay(number, store, clock) for number in range(len(mail.smtp))]
        return Failover(relays, clock)

    def _relay(self, number: int, store: Store, clock: Callable[[], datetime]) -> Smtp:
        mail = self.site.settings.mail
        assert mail is not None  # `of` saw to it
        table, login = mail.smtp[number], self.site.login(number)
        limits = Limits(per_second=table.per_second, per_hour=table.per_hour, per_day=table.per_day)
        return Smtp(
            host=table.host,
            port=table.port,
            security=table.security,
            timeout=table.timeout,
            connections=table.connections,
            username=login.username if login else "",
            password=login.password.get_secret_value() if login else "",
            valve=Regulator(
                f"{table.host}:{table.port}",
                limits,
                book=store.peers,
                handed=store.handed,
                clock=clock,
            ),
        )


def _signer(keys: Sequence[DkimKey]) -> DkimSigner | None:
    if not keys:
        return None
    # Takes longer to import than all the rest of a run that sends nothing.
    from publisher.delivery.dkim import DkimSigner, SigningKey  # noqa: PLC0415

    ready = []
    for key in keys:
        pem = key.load()
        try:
            signing = SigningKey.read(pem, domain=key.domain, selector=key.selector)
            if signing.algorithm != f"{key.kind}-sha256":
                raise ValueError(f"is not of the kind {key.kind}")  # noqa: TRY301
        except ValueError as err:
            raise key.refused(str(err)) from None
        ready.append(signing)
    return DkimSigner(ready)
