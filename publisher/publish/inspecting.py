"""Everything that would leave, looked at before it does: nothing is written, nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from publisher.checks.feeds import check_feed
from publisher.checks.html_part import room_left
from publisher.checks.links import Known
from publisher.checks.mail_source import read_source
from publisher.checks.messages import check_message
from publisher.config import CONFIG_NAME, KEY_NAME, Site, keys_are_loose
from publisher.digest import Digest
from publisher.errors import ConfigError, PublisherError, TemplateError, UsageError
from publisher.model import (
    Cohort,
    Entry,
    FeedFormat,
    Finding,
    Newsletter,
    Severity,
)
from publisher.pages.environment import Templates
from publisher.publish.checking import Checked, Size, check_articles, failed
from publisher.publish.composing import Composer
from publisher.publish.letters import specimen_letters
from publisher.publish.post import Post
from publisher.publish.proofs import in_templates, known_addresses
from publisher.publish.templates import check_own_templates
from publisher.sources import load_templates
from publisher.storage import Slot, Store, glance

_LARGEST = 64 * 1024 * 1024
_FEEDS: dict[str, FeedFormat] = {"rss.xml": "rss", "atom.xml": "atom", "feed.json": "json"}
_NOBODY = (b"\0" * 32,)  # signs the links of specimens, so that checking makes no key


def check_everything(site: Site, now: datetime) -> Iterator[Checked]:
    """The configuration, articles, templates, feeds as they are, and the next of each mail.

    The configuration itself has been read already: a mistake in it lets nothing begin.
    """
    yield check_keys(site)
    entries = []
    for checked in check_articles(site, (), now):
        if checked.entry is not None and checked.entry.is_public(now):
            entries.append(checked.entry)
        yield checked
    entries.sort(key=lambda entry: (entry.published, entry.id), reverse=True)
    for path in sorted(site.output.rglob("*")) if site.output.is_dir() else ():
        if path.name in _FEEDS and path.is_file():
            yield check_file(site, path)
    told: set[Finding] = set()
    for checked in check_own_templates(site):
        told.update(checked.findings)
        yield checked
    for checked in _check_mails(site, entries, now):
        # A mail that can't be made says of its template what was said already.
        new = tuple(one for one in checked.findings if one not in told)
        yield replace(checked, findings=new)


def check_file(site: Site, path: Path) -> Checked:
    """A message (.eml) or a feed, wherever it lies. Raises UsageError for what is neither."""
    shown = str(path)
    try:
        data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    except OSError as err:
        raise UsageError(f"can't be read: {err.strerror}", path=shown) from err
    if path.suffix.lower() == ".eml":
        return _check_eml(site, data, shown)
    form = _form_of(data, path.suffix)
    if form is None:
        raise UsageError(
            "is no article of this site, no feed and no message",
            path=shown,
            mend="articles lie in the articles folder, a message ends in .eml, "
            "a feed is RSS 2.0, Atom or JSON Feed",
        )
    return Checked(path=shown, kind="feed", findings=tuple(check_feed(data, form, shown)))


def _form_of(data: bytes, suffix: str) -> FeedFormat | None:
    head = data[:4096]
    if re.search(rb"<rss[\s>]", head):
        return "rss"
    if re.search(rb"<(?:\w+:)?feed[\s>]", head):
        return "atom"
    # One without its version is a feed all the same, and broken.
    listed = suffix.lower() == ".json" and b'"items"' in data
    return "json" if b"jsonfeed.org/version" in head or listed else None


def _check_eml(site: Site, data: bytes, shown: str) -> Checked:
    mail = site.settings.mail
    domain = mail.sender.address.rpartition("@")[2] if mail else site.publication.domain
    source = read_source(data, domain)
    listed = any(source.values(name) for name in ("list-id", "list-unsubscribe"))
    findings = check_message(data, domain=domain, listed=listed, path=shown, known=_published(site))
    return Checked(
        path=shown, kind="message", findings=tuple(findings), size=_size(source.html, source.text)
    )


def _published(site: Site) -> Known:
    """Which addresses lead somewhere: files, and where an entry says that it lives instead."""
    on_disk = known_addresses(site)
    elsewhere: list[frozenset[str]] = []

    def look(store: Store) -> frozenset[str]:
        return frozenset(entry.url for entry, _ in store.catalogue.outlines())

    def known(address: str) -> bool | None:
        found = on_disk(address)
        if found is False:
            if not elsewhere:  # asked for seldom, and all entries are gone through for it
                url = site.settings.storage.url
                elsewhere.append(glance(url, site.folder, look) or frozenset())
            return None if address in elsewhere[0] else False
        return found

    return known


def check_keys(site: Site) -> Checked:
    """Whether the keys are for nobody else to read."""
    loose = [site.folder / KEY_NAME] if keys_are_loose(site.folder) else []
    loose += [key.path for key in site.dkim if key.is_loose()]
    findings = [
        Finding(
            severity=Severity.WARNING,
            what="can be read by others on this machine",
            mend=f"chmod 600 {path}",
            path=str(path),
            rule="whoever has the key can write in the publication's name",
        )
        for path in loose
    ]
    return Checked(path=CONFIG_NAME, kind="configuration", findings=tuple(findings))


def _check_mails(site: Site, entries: Sequence[Entry], now: datetime) -> Iterator[Checked]:
    if site.settings.mail is None:
        return
    try:
        templates = load_templates(site.folder)
        post = Post.of(site, templates, keys=_NOBODY)
    except ConfigError as err:
        yield failed(CONFIG_NAME, "configuration", err)
        return
    except TemplateError:
        return  # said with the templates
    known = _known(site, entries)
    for newsletter in site.newsletters:
        yield _check_edition(post, newsletter, entries, known, now)
    if site.newsletters:
        yield from check_letters(site, post, templates, now)


def _check_edition(
    post: Post, newsletter: Newsletter, entries: Sequence[Entry], known: Known, now: datetime
) -> Checked:
    """What a newsletter would say to a reader who has had none of it."""
    path = f"newsletters.{newsletter.name}"
    wanted = [entry for entry in entries if newsletter.selection.covers(entry)]
    shown = wanted[: newsletter.limit]
    try:
        digest = Digest(post.templates, newsletter.template)
        cohort = Cohort(newsletter=newsletter.name)
        composer = Composer(post, digest, newsletter, cohort, Slot(now), known=known)
        rendered = composer.compose(shown, more=len(wanted) - len(shown))
        findings = composer.findings(rendered)
    except PublisherError as err:
        return failed(path, "message", err)
    size = _size(rendered.html, rendered.text)
    return Checked(path=path, kind="message", findings=tuple(findings), size=size)


def check_letters(
    site: Site, post: Post, templates: Mapping[str, str], now: datetime
) -> Iterator[Checked]:
    """The mails to one person who asked for them."""
    mail = site.settings.mail
    assert mail is not None  # who has newsletters has it
    domain = post.domain(mail.sender.address)
    try:
        for name, data in specimen_letters(site, post, Templates(templates), now):
            files = {"text/html": f"{name}.html", "text/plain": f"{name}.txt"}
            files["Subject"] = f"{name}.subject.txt"
            found = check_message(data, domain=domain, listed=False)
            source = read_source(data, domain)
            yield Checked(
                path=f"templates/{name}",
                kind="message",
                findings=tuple(in_templates(found, files, templates)),
                size=_size(source.html, source.text),
            )
    except TemplateError as err:
        yield failed("templates/letters", "template", err)


def _known(site: Site, entries: Sequence[Entry]) -> Known:
    """Which addresses lead somewhere once all of these articles are published."""
    on_disk = known_addresses(site)
    publication = site.publication
    coming = {publication.url, *(publication.address(entry.page) for entry in entries)}
    coming.update(image.url for entry in entries for image in entry.images)
    first = publication.address("editions/")

    def known(address: str) -> bool | None:
        if address in coming or (address.startswith(first) and address.endswith(".html")):
            return True
        return on_disk(address) if site.output.is_dir() else None

    return known


def _size(html: str | None, text: str | None) -> Size:
    return Size(
        html=len((html or "").encode()),
        text=len((text or "").encode()),
        left=room_left(html or ""),
    )
