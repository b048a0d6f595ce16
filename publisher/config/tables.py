"""The tables of publisher.toml, their keys, defaults and bounds."""

# No annotations from __future__: pydantic would compile the text of each of a hundred.

import os
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from publisher.config.values import (
    Domain,
    Duration,
    FileName,
    Folder,
    Language,
    Line,
    MailboxText,
    OptionalLine,
    PageAddress,
    Schedule,
    Selector,
    SummaryWay,
    TimeZone,
    WebAddress,
)
from publisher.model import FEED_FORMATS, FeedFormat

# Looking for plugins of pydantic reads the metadata of every package that is installed.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


class Table(BaseModel):
    """What all tables share: an unknown key is a mistake.

    They are built together with the Settings that hold them, not each by itself before.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


# A table that is left out is one without keys, which Settings makes like any other: a default that
# stood here would be made, and its class built for that, whenever this is imported.
_LEFT_OUT: Any = Field(default={}, validate_default=True)


class PublicationTable(Table):
    """[publication]: who publishes, and where."""

    title: Line
    url: WebAddress
    domain: Domain = ""
    language: Language = "en"
    timezone: TimeZone = "UTC"
    description: OptionalLine = ""
    author: OptionalLine = ""
    email: MailboxText | None = None
    rights: OptionalLine = ""


class ArticlesTable(Table):
    """[articles]: where they are and how large one may be."""

    folder: Folder = "articles"
    max_megabytes: float = Field(default=5, gt=0, le=100)
    summary_length: int = Field(default=280, ge=40, le=2000)
    summary: SummaryWay = "lead"
    summary_timeout: float = Field(default=20, gt=0, le=600, description="seconds, for one article")


class PodcastTable(Table):
    """[feeds.NAME.podcast]: what podcast programs ask of a feed; categories are Apple's."""

    categories: tuple[Line, ...] = Field(min_length=1)
    image: PageAddress
    explicit: bool = False
    type: Literal["episodic", "serial"] = "episodic"
    author: OptionalLine = ""
    owner: MailboxText | None = None
    locked: bool = False


class QueryTable(Table):
    """[feeds.NAME]: a feed of what matches any of its tags, sections and authors."""

    title: Line
    description: OptionalLine = ""
    tags: tuple[Line, ...] = ()
    sections: tuple[Line, ...] = ()
    authors: tuple[Line, ...] = ()
    limit: int | None = Field(default=None, ge=1, le=1000)
    podcast: PodcastTable | None = None


class FeedsTable(Table):
    """[feeds]: where they go and how many entries one carries; tables in it are queries."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, QueryTable] = Field(init=False)

    folder: Folder = "feeds"
    limit: int = Field(default=20, ge=1, le=1000)
    formats: tuple[FeedFormat, ...] = Field(default=FEED_FORMATS, min_length=1)
    archive: tuple[Line, ...] = ()
    gzip: bool = False
    sitemap: bool = True
    hub: PageAddress | None = None

    @property
    def queries(self) -> dict[str, QueryTable]:
        """The feeds that the operator has thought up, by name."""
        return self.__pydantic_extra__ or {}


class PagesTable(Table):
    """[pages]: the pages for people, unless another program makes them."""

    enabled: bool = True


class SourceTable(Table):
    """[sources.NAME]: somebody's feed whose entries are published here too."""

    url: PageAddress
    every: Duration = timedelta(minutes=30)
    section: OptionalLine = ""
    tags: tuple[Line, ...] = ()
    allow_private: bool = False
    max_megabytes: float = Field(default=10, gt=0, le=100)
    timeout: int = Field(default=20, ge=1, le=300, description="seconds, for all of it")


class SmtpTable(Table):
    """[mail.smtp]: a relay; user name and password come from the environment.

    `login` names another pair of variables than the usual: PUBLISHER_SMTP_LOGIN_USERNAME and so on.
    """

    host: Line
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    timeout: int = Field(default=30, ge=1, le=600, description="seconds")
    connections: int = Field(default=10, ge=1, le=1000, description="at once, at most")
    per_second: int | None = Field(default=None, ge=1, le=100_000)
    per_hour: int | None = Field(default=None, ge=1, le=1_000_000_000)
    per_day: int | None = Field(default=None, ge=1, le=1_000_000_000)
    login: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,30}$")] = ""


class OutboxTable(Table):
    """[mail.outbox]: the folder of the default transport."""

    folder: Folder = "outbox"


class DkimTable(Table):
    """[mail.dkim]: by which keys messages are signed; a selector is the key's name in DNS."""

    selector: Selector
    domain: Domain = ""
    key: FileName = "dkim.key"
    ed25519_selector: Selector | None = None
    ed25519_key: FileName = "dkim-ed25519.key"


def _one_or_several(value: object) -> object:
    """[mail.smtp] is one relay, [[mail.smtp]] several, tried in this order."""
    return (value,) if isinstance(value, dict | SmtpTable) else value


class MailTable(Table):
    """[mail]: who writes, and how a message leaves."""

    sender: MailboxText = Field(alias="from")
    reply_to: MailboxText | None = None
    bounces: MailboxText | None = None
    verp: bool = False
    unsubscribe: MailboxText | None = None
    web: WebAddress | None = None
    transport: Literal["outbox", "smtp"] = "outbox"
    on_doubt: Literal["resend", "hold"] = "resend"
    sent_by: Literal["run", "workers"] = "run"
    give_up: Duration = timedelta(days=2)
    smtp: Annotated[tuple[SmtpTable, ...], BeforeValidator(_one_or_several)] = ()
    outbox: OutboxTable = _LEFT_OUT
    dkim: DkimTable | None = None


class ImapTable(Table):
    """[bounces.imap]: the mailbox that bounces come to; what was stored is deleted there."""

    host: Line
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    folder: Line = "INBOX"
    timeout: int = Field(default=60, ge=1, le=600, description="seconds")


class BouncesTable(Table):
    """[bounces]: where they come to, and what they do."""

    soft_limit: int = Field(default=5, ge=1, le=100)
    soft_within: Duration = timedelta(days=60)
    keep: Duration = timedelta(days=180)
    maildir: Line | None = None
    imap: ImapTable | None = None
    ses_topic: OptionalLine = ""


class WebTable(Table):
    """[web]: `publisher serve` runs, and pages lead to it; how often it may be asked, an hour."""

    per_network: int = Field(default=20, ge=1, le=10_000)
    in_all: int = Field(default=1000, ge=1, le=1_000_000)


class StorageTable(Table):
    """[storage]: the database."""

    url: Line = "sqlite:///publisher.db"


class NewsletterTable(Table):
    """[newsletters.NAME]: a title, a schedule, a template, a selection."""

    title: Line
    schedule: Schedule
    timezone: TimeZone | None = None
    description: OptionalLine = ""
    language: Language | None = None
    template: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] = "digest"
    tags: tuple[Line, ...] = ()
    sections: tuple[Line, ...] = ()
    authors: tuple[Line, ...] = ()
    limit: int = Field(default=20, ge=1, le=100)
    catch_up: Duration = timedelta(hours=6)
    since: date | None = None
    first: Literal["next slot", "at once"] = "next slot"
    frequencies: tuple[Literal["each", "daily", "weekly", "monthly"], ...] = ()
    after_pause: Literal["catch up", "drop"] = "catch up"


class Settings(Table):
    """The whole of publisher.toml."""

    publication: PublicationTable
    articles: ArticlesTable = _LEFT_OUT
    feeds: FeedsTable = _LEFT_OUT
    pages: PagesTable = _LEFT_OUT
    mail: MailTable | None = None
    bounces: BouncesTable = _LEFT_OUT
    web: WebTable | None = None
    storage: StorageTable = _LEFT_OUT
    sources: dict[str, SourceTable] = Field(default_factory=dict)
    newsletters: dict[str, NewsletterTable] = Field(default_factory=dict)
