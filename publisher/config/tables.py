"""The tables of publisher.toml, their keys, defaults and bounds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from publisher.config.values import (
    Domain,
    Duration,
    FileName,
    Folder,
    Language,
    Line,
    MailboxText,
    OptionalLine,
    Schedule,
    Selector,
    TimeZone,
    WebAddress,
)


class Table(BaseModel):
    """What all tables share: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


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


class FeedsTable(Table):
    """[feeds]: where they go and how many entries one carries."""

    folder: Folder = "feeds"
    limit: int = Field(default=20, ge=1, le=1000)


class SmtpTable(Table):
    """[mail.smtp]: the relay; user name and password come from the environment."""

    host: Line
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    timeout: int = Field(default=30, ge=1, le=600, description="seconds")


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


class MailTable(Table):
    """[mail]: who writes, and how a message leaves."""

    sender: MailboxText = Field(alias="from")
    reply_to: MailboxText | None = None
    bounces: MailboxText | None = None
    unsubscribe: MailboxText | None = None
    web: WebAddress | None = None
    transport: Literal["outbox", "smtp"] = "outbox"
    on_doubt: Literal["resend", "hold"] = "resend"
    smtp: SmtpTable | None = None
    outbox: OutboxTable = OutboxTable()
    dkim: DkimTable | None = None


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


class Settings(Table):
    """The whole of publisher.toml."""

    publication: PublicationTable
    articles: ArticlesTable = ArticlesTable()
    feeds: FeedsTable = FeedsTable()
    mail: MailTable | None = None
    storage: StorageTable = StorageTable()
    newsletters: dict[str, NewsletterTable] = Field(default_factory=dict)
