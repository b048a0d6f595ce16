"""What a run did, for a person or a script to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from publisher.errors import LimitError, MailboxError, PublisherError, TransportError
from publisher.model import Finding, Severity

if TYPE_CHECKING:
    from publisher.config import Site


class Places(NamedTuple):
    """What a report says of where things are: folders below that of the site, and relays."""

    articles: str
    output: str
    formats: int
    has_pages: bool
    hub: str
    has_newsletters: bool
    relays: str
    outbox: str

    @classmethod
    def of(cls, site: Site) -> Self:
        """Those of a site."""
        settings, publication, mail = site.settings, site.publication, site.settings.mail
        relays = mail.smtp if mail and mail.transport == "smtp" else ()
        return cls(
            articles=settings.articles.folder,
            output=settings.feeds.folder,
            formats=len(publication.formats),
            has_pages=publication.pages,
            hub=publication.hub,
            has_newsletters=bool(settings.newsletters),
            relays=", ".join(f"{relay.host}:{relay.port}" for relay in relays),
            outbox=mail.outbox.folder if mail and not relays else "",
        )


@dataclass(slots=True, kw_only=True)
class Report:
    """Counts of one run, and everything that somebody should mend."""

    articles: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    drafts: int = 0
    waiting: int = 0
    feeds: int = 0
    written: int = 0
    removed: int = 0
    pinged: int = 0
    opened: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sent: int = 0
    failed: int = 0
    deferred: int = 0
    held: int = 0
    in_doubt: int = 0
    returned: int = 0
    suppressed: int = 0
    stopped: bool = False
    again: bool = False
    findings: list[Finding] = field(default_factory=list)

    def blame(self, error: PublisherError) -> None:
        """Take an error as a finding: the run goes on, the exit code tells.

        That a relay has got as many messages as it may is as it was wished.
        """
        if isinstance(error, LimitError):
            self.notes.append(error.what)
            return
        self.again = self.again or isinstance(error, TransportError | MailboxError)
        self.findings.append(
            Finding(
                severity=Severity.ERROR,
                what=error.what,
                mend=error.mend,
                path=error.path,
                line=error.line,
            )
        )

    @property
    def exit_code(self) -> int:
        """0 done, 1 something failed, 75 something is left that another run may do."""
        if self.stopped or self.again:
            return 75
        failed = any(finding.severity is Severity.ERROR for finding in self.findings)
        return 1 if failed or self.failed or self.held else 0

    def again_with_nothing_new(self) -> dict[str, Any]:
        """What a run would report that finds all as this one left it, by the names of fields."""
        standing = ("articles", "drafts", "waiting", "feeds", "notes")
        return {name: getattr(self, name) for name in standing}

    def as_dict(self) -> dict[str, Any]:
        """The same for a script."""
        counts = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("findings", "again")
        }
        return {
            **counts,
            "findings": [finding.as_dict() for finding in self.findings],
            "exit_code": self.exit_code,
        }
