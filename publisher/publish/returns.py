"""What came back is filed: from mailboxes on each run, from a pipe, from a provider's webhook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.config import BounceSecrets, Site, load_keys
from publisher.config.tables import ImapTable
from publisher.errors import MailboxError, UsageError
from publisher.model import Returned
from publisher.publish.report import Report
from publisher.storage import Followed, SoftPolicy, Store

if TYPE_CHECKING:  # what reads letters is imported when one came back
    from publisher.returns import Provider
    from publisher.sources import Letter

_REFUSED_LATELY = timedelta(days=14)


def file_returns(
    site: Site,
    store: Store,
    report: Report,
    *,
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
) -> None:
    """A step of each run: read the mailboxes of bounces, and what servers refused on the spot.

    A letter is removed from its mailbox after it is in the store, and not before. A mailbox that
    can't be read is named; the next run tries again.
    """
    if site.settings.mail is None:
        return
    desk = ReturnsDesk(site, store)
    for refused, raw in store.returns.refusals(clock() - _REFUSED_LATELY):
        _count(report, desk.file([refused], raw.encode(), "smtp", clock()))

    def file(letters: Iterable[Letter], source: str) -> None:
        for letter in takewhile(lambda _: not stop(), letters):
            if letter.trouble:
                report.blame(letter.trouble)
                continue
            _count(report, desk.file_message(letter.data, source, clock()))
            letter.discard()

    table = site.settings.bounces
    try:
        if table.maildir:
            from publisher.sources import read_maildir  # noqa: PLC0415

            file(read_maildir(site.folder / Path(table.maildir).expanduser()), "maildir")
        if table.imap:
            with _open_imap(table.imap, site.bounces) as letters:
                file(letters, "imap")
    except MailboxError as err:
        report.blame(err)
    store.returns.drop(clock() - table.keep)


class ReturnsDesk:
    """Files what came back to one site."""

    def __init__(self, site: Site, store: Store) -> None:
        mail = site.settings.mail
        if mail is None:
            raise UsageError(
                "no mail is set up here", mend="give publisher.toml a [mail] table with from = ..."
            )
        bounces = site.settings.bounces
        self._site = site
        self._store = store
        self._mail = mail
        self._policy = SoftPolicy(limit=bounces.soft_limit, within=bounces.soft_within)

    @cached_property
    def _proof(self) -> _OurProof:
        return _OurProof(
            load_keys(self._site.folder),
            mailbox=(self._mail.bounces or self._mail.sender).address,
            domain=self._mail.sender.address.rpartition("@")[2],
        )

    def file_message(self, data: bytes, source: str, now: datetime) -> list[Followed]:
        """File a mail that came back; nothing if it is here already."""
        from publisher.returns import read_message  # noqa: PLC0415

        return self.file(read_message(data), data, source, now)

    def file_event(
        self,
        provider: Provider,
        body: bytes,
        headers: Mapping[str, str],
        now: datetime,
        *,
        certificate: Callable[[str], bytes] | None = None,
    ) -> list[Followed]:
        """File a provider's event. Raises EventError, or UsageError where none is awaited."""
        secret = self._site.bounces.webhooks.get(provider)
        if secret is None:
            raise UsageError(f"no webhook of {provider} is set up here")
        from publisher.returns import read_event  # noqa: PLC0415

        reports = read_event(
            provider, body, headers, secret=secret.get_secret_value(), certificate=certificate
        )
        return self.file(reports, body, provider, now)

    def file(
        self, reports: Sequence[Returned], raw: bytes, source: str, now: datetime
    ) -> list[Followed]:
        """File what was read already."""
        return self._store.returns.file(
            reports, raw=raw, source=source, now=now, proof=self._proof, policy=self._policy
        )


class _OurProof:
    """Tells what we sent, by return paths and Message-IDs, from what somebody made up."""

    def __init__(self, keys: Sequence[bytes], *, mailbox: str, domain: str) -> None:
        from publisher.returns import ReturnPath  # noqa: PLC0415

        self._paths = ReturnPath(keys, mailbox)
        self._keys = keys
        self._domain = domain

    def delivery_of(self, addresses: Sequence[str]) -> tuple[int, str] | None:
        return self._paths.delivery_of(addresses)

    def proves(self, proof: str, edition: str, subscriber: int) -> bool:
        return self._paths.proves(proof, edition, subscriber)

    def is_ours(self, identifier: str, edition: str, subscriber: int) -> bool:
        from publisher.delivery import message_id  # noqa: PLC0415

        return identifier == message_id(self._keys[0], edition, subscriber, self._domain)


def _open_imap(
    table: ImapTable, secrets: BounceSecrets
) -> AbstractContextManager[Iterator[Letter]]:
    from publisher.sources.imap import ImapLogin, open_imap  # noqa: PLC0415  seldom wanted

    return open_imap(
        ImapLogin(
            host=table.host,
            port=table.port,
            security=table.security,
            username=secrets.imap_username,
            password=secrets.imap_password.get_secret_value(),
            folder=table.folder,
            timeout=table.timeout,
        )
    )


def _count(report: Report, followed: Sequence[Followed]) -> None:
    report.returned += len(followed)
    report.suppressed += followed.count(Followed.SUPPRESSED)
