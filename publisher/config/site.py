"""Reading a site: publisher.toml and the environment become the model's own nouns."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from publisher.config.bounces import BounceSecrets, bounce_secrets
from publisher.config.dkim import DkimKey, dkim_keys
from publisher.config.feeds import contradictions_of_feeds, read_queries, selection_of
from publisher.config.keys import load_keys
from publisher.config.mistakes import explain, mistake, not_toml, refused
from publisher.config.names import CONFIG_NAME, VOCABULARY_NAME
from publisher.config.tables import (
    DkimTable,
    MailTable,
    NewsletterTable,
    Settings,
    SmtpTable,
    WebTable,
)
from publisher.config.word_counts import load_word_counts
from publisher.errors import ConfigError
from publisher.model import (
    FEED_FORMATS,
    Publication,
    Query,
    SummaryMethod,
    Vocabulary,
)
from publisher.returns.paths import LONGEST_MAILBOX
from publisher.valueclass import valueclass

if TYPE_CHECKING:
    from publisher.model import Newsletter

_LOGIN = "PUBLISHER_SMTP_{}"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@valueclass
class Login:
    """User name and password of the relay; the password shows nowhere."""

    username: str
    password: SecretStr


@valueclass
class Site:
    """A folder with a publisher.toml, read and checked."""

    folder: Path
    settings: Settings
    publication: Publication
    newsletters: tuple[Newsletter, ...]
    queries: tuple[Query, ...]
    logins: Mapping[str, Login] = field(default_factory=dict)
    dkim: tuple[DkimKey, ...] = ()
    bounces: BounceSecrets = field(default_factory=BounceSecrets)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    metrics_token: SecretStr | None = None

    def login(self, number: int) -> Login | None:
        """With what to log in at the relay of this number; the first takes the usual login."""
        relay = self.settings.mail.smtp[number] if self.settings.mail else None
        name = relay.login if relay else ""
        return self.logins.get(name) if name or number == 0 else None

    @property
    def articles(self) -> Path:
        """Where the articles lie."""
        return self.folder / self.settings.articles.folder

    @property
    def output(self) -> Path:
        """Where feeds and pages go."""
        return self.folder / self.settings.feeds.folder

    @property
    def max_bytes(self) -> int:
        """The largest article that is read, in bytes."""
        return int(self.settings.articles.max_megabytes * 1024 * 1024)

    @property
    def summariser(self) -> tuple[str, ...]:
        """The program that writes summaries with its arguments, empty if none is named."""
        way, _, command = self.settings.articles.summary.partition(":")
        return tuple(shlex.split(command)) if way == "command" else ()

    @property
    def summary_method(self) -> SummaryMethod:
        """How the program itself makes one."""
        return "textrank" if self.settings.articles.summary == "textrank" else "lead"

    @property
    def web(self) -> str:
        """Where the web service answers: all its addresses begin with this, which ends in "/"."""
        mail = self.settings.mail
        return (mail.web if mail else None) or self.publication.address("newsletter/")

    @property
    def subscribe(self) -> str:
        """Where the form to subscribe is, if the site says that the web service runs."""
        runs = self.settings.web is not None and self.newsletters
        return f"{self.web}subscribe" if runs else ""

    @property
    def limits(self) -> WebTable:
        """How often the web service may be asked."""
        return self.settings.web or WebTable()

    def secret(self) -> bytes:
        """The first key of publisher.key: what has to be known again outlives a rotation."""
        return load_keys(self.folder)[0]

    def newsletter(self, name: str) -> Newsletter | None:
        """The newsletter of this name, if there is one."""
        return next((one for one in self.newsletters if one.name == name), None)


def load_site(folder: Path, environ: Mapping[str, str]) -> Site:
    """Read publisher.toml in `folder`, or raise a ConfigError that names every mistake in it."""
    path = folder / CONFIG_NAME
    text = _read(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise refused(path, [not_toml(path, err)]) from None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as err:
        mistakes = [explain(item, text, path) for item in err.errors(include_url=False)]
        raise refused(path, mistakes) from None
    relays = settings.mail.smtp if settings.mail else ()
    logins, mistakes = _logins(environ, [one.login for one in relays])
    bounces, more = bounce_secrets(settings, environ)
    mistakes += more
    vocabulary, more = _vocabulary(folder)
    mistakes += more
    counts, more = load_word_counts(folder)
    mistakes += more
    mistakes += [
        mistake(path, text, where, what) for where, what in _contradictions(settings, logins)
    ]
    if mistakes:
        raise refused(path, mistakes)
    publication = _publication(settings)
    return Site(
        folder=folder,
        settings=settings,
        publication=publication,
        newsletters=tuple(
            _newsletter(name, table, settings) for name, table in settings.newsletters.items()
        ),
        queries=read_queries(settings.feeds),
        logins=logins,
        dkim=dkim_keys(folder, settings.mail, environ),
        bounces=bounces,
        vocabulary=replace(vocabulary, counts=counts),
        metrics_token=_metrics_token(environ),
    )


def _vocabulary(folder: Path) -> tuple[Vocabulary, list[str]]:
    if not os.path.lexists(folder / VOCABULARY_NAME):
        return Vocabulary(), []
    from publisher.config.vocabulary import load_vocabulary  # noqa: PLC0415 - few sites have one

    return load_vocabulary(folder)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"there is no {CONFIG_NAME} here; `publisher init DIR` makes one, "
            "`--site DIR` names the folder that has it",
            path=str(path),
        ) from None
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigError(f"{CONFIG_NAME} can't be read: {err}", path=str(path)) from None


def _contradictions(
    settings: Settings, logins: Mapping[str, Login]
) -> list[tuple[tuple[str, ...], str]]:
    """What each value allows alone, but not together."""
    found: list[tuple[tuple[str, ...], str]] = []
    mail = settings.mail
    if settings.newsletters and mail is None:
        found.append((("newsletters",), "needs a [mail] table with from = 'Name <address>'"))
    if mail and mail.transport == "smtp" and not mail.smtp:
        found.append((("mail", "transport"), "needs a [mail.smtp] table with host = '...'"))
    if mail and mail.sent_by == "workers" and settings.storage.url.startswith("sqlite"):
        found.append(
            (("mail", "sent_by"), "needs [storage] url = 'postgresql://...', which all hosts reach")
        )
    found += _relay_contradictions(mail.smtp if mail else (), logins)
    if mail and mail.verp and mail.bounces is None:
        found.append((("mail", "verp"), "needs bounces = '...', a mailbox that takes +suffixes"))
    if mail and mail.verp and mail.bounces:
        local = mail.bounces.address.rpartition("@")[0]
        if len(local.encode()) > LONGEST_MAILBOX:
            most = f"must have {LONGEST_MAILBOX} letters before the @ at most, with verp"
            found.append((("mail", "bounces"), most))
    if mail and mail.dkim:
        found += _unaligned(mail, mail.dkim)
    found += [
        (("newsletters", name), "must be named in a-z, 0-9 and dashes, such as daily")
        for name in settings.newsletters
        if not _NAME.fullmatch(name)
    ]
    found += contradictions_of_feeds(settings)
    found += [
        (("sources", name), "must be named in a-z, 0-9 and dashes, such as blog")
        for name in settings.sources
        if not _NAME.fullmatch(name)
    ]
    if settings.articles.folder == settings.feeds.folder:
        found.append((("feeds", "folder"), "must not be the articles' folder"))
    return found


def _relay_contradictions(
    relays: Sequence[SmtpTable], logins: Mapping[str, Login]
) -> list[tuple[tuple[str, ...], str]]:
    found: list[tuple[tuple[str, ...], str]] = []
    places = [(one.host, one.port) for one in relays]
    for number, one in enumerate(relays):
        where = ("mail", "smtp", *([str(number)] if len(relays) > 1 else []))
        # Who is not named is meant for the first: no other relay is told a password by itself.
        login = logins.get(one.login) if one.login or number == 0 else None
        if login and one.security == "none" and not _is_local(one):
            what = "would send the password in the clear; use starttls"
            found.append(((*where, "security"), what))
        if one.login and not login:
            names = f"{_LOGIN.format(f'{one.login}_')}USERNAME and ..._PASSWORD"
            found.append(((*where, "login"), f"needs {names} in the environment"))
        if places.index(places[number]) < number:
            found.append(((*where, "host"), "and port are those of a relay before it"))
    return found


def _unaligned(mail: MailTable, dkim: DkimTable) -> list[tuple[tuple[str, ...], str]]:
    """A signature of another domain than the sender's counts for nothing (RFC 7489 section 3.1)."""
    found: list[tuple[tuple[str, ...], str]] = []
    ours = mail.sender.address.rpartition("@")[2]
    if dkim.domain and ours != dkim.domain and not ours.endswith(f".{dkim.domain}"):
        where = ("mail", "dkim", "domain")
        found.append((where, f"must be {ours}, the domain of [mail] from, or one above it"))
    if dkim.selector == dkim.ed25519_selector:
        where = ("mail", "dkim", "ed25519_selector")
        found.append((where, "must not be the selector of the other key"))
    return found


def _is_local(smtp: SmtpTable) -> bool:
    return smtp.host in ("localhost", "127.0.0.1", "::1")


def _logins(environ: Mapping[str, str], names: Iterable[str]) -> tuple[dict[str, Login], list[str]]:
    """The logins that relays name, and the one without a name; what is wrong with them."""
    logins: dict[str, Login] = {}
    mistakes = []
    for name in dict.fromkeys(["", *names]):
        variable = _LOGIN.format(f"{name}_" if name else "")
        username = environ.get(f"{variable}USERNAME", "")
        password = environ.get(f"{variable}PASSWORD", "")
        if bool(username) != bool(password):
            missing = "PASSWORD" if username else "USERNAME"
            mistakes.append(f"environment: {variable}{missing} is not set, but its other half is")
        elif username:
            logins[name] = Login(username=username, password=SecretStr(password))
    return logins, mistakes


def _metrics_token(environ: Mapping[str, str]) -> SecretStr | None:
    token = environ.get("PUBLISHER_METRICS_TOKEN", "")
    return SecretStr(token) if token else None


def _publication(settings: Settings) -> Publication:
    table = settings.publication
    return Publication(
        title=table.title,
        url=table.url,
        domain=table.domain or (urlsplit(table.url).hostname or ""),
        language=table.language,
        timezone=table.timezone,
        description=table.description,
        author=table.author or table.title,
        email=table.email.address if table.email else "",
        rights=table.rights,
        hub=settings.feeds.hub or "",
        formats=tuple(form for form in FEED_FORMATS if form in settings.feeds.formats),
        pages=settings.pages.enabled,
    )


def _newsletter(name: str, table: NewsletterTable, settings: Settings) -> Newsletter:
    from publisher.model import Frequency, Newsletter  # noqa: PLC0415 - many sites have none

    assert settings.mail is not None  # _contradictions saw to it
    mail = settings.mail
    return Newsletter(
        name=name,
        title=table.title,
        schedule=table.schedule,
        timezone=table.timezone or settings.publication.timezone,
        sender_name=mail.sender.name or settings.publication.title,
        sender=mail.sender.address,
        reply_to=mail.reply_to.address if mail.reply_to else "",
        description=table.description,
        template=table.template,
        language=table.language or settings.publication.language,
        selection=selection_of(table),
        limit=table.limit,
        catch_up=table.catch_up,
        since=table.since,
        first=table.first,
        frequencies=tuple(dict.fromkeys(Frequency(one) for one in table.frequencies)),
        after_pause=table.after_pause,
    )
