"""What a fuzzer throws bytes at: every parser of what strangers write, and the encoders after it.

A target takes bytes and returns; whatever it raises is a finding. The errors that it catches are
those which its parser promises in its docstring, and after each success it checks what must hold.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from lxml import etree

from publisher.audience import (
    Links,
    Stamps,
    parse_address,
    parse_frequency,
    parse_mailbox,
    parse_pause,
    parse_topics,
)
from publisher.content import (
    compose_article,
    is_uri,
    read_article,
    read_feed,
    slugify,
    split_any,
    understand,
)
from publisher.content.markup.sanitise import UnsafeMarkupError, sanitise
from publisher.content.text.dates import parse_machine_date, parse_moment
from publisher.delivery import MessageTemplate
from publisher.delivery.quoted import encode_piece
from publisher.errors import AddressError, ArticleError, FetchError, PublisherError, UsageError
from publisher.feeds import render_feed
from publisher.feeds.characters import clean as xml_clean
from publisher.fetch import why_refused
from publisher.model import Article, Feed, Message, Publication, Recipient, Rendered
from publisher.pages.translations import accepted
from publisher.returns import (
    EventError,
    ReturnPath,
    read_event,
    read_message,
    sns_confirmation,
)
from publisher.returns.amazon import read_ses
from publisher.returns.event import read_json
from publisher.returns.mailgun import read_mailgun
from publisher.returns.postmark import read_postmark
from publisher.returns.sendgrid import read_sendgrid
from publisher.sources.list_cells import read_cell, write_cell
from publisher.sources.pictures import size_of
from publisher.sources.subscribers import open_subscribers
from publisher.timetable import find_zone, parse_schedule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PUBLICATION = Publication(title="P", url="https://post.example/", domain="post.example")
KEYS = (b"k" * 32, b"l" * 32)
BASE = "https://post.example/newsletter/"
LINKS = Links(KEYS, BASE)
STAMPS = Stamps(KEYS)
PATHS = ReturnPath(KEYS, "bounces@post.example")
PURPOSES = ("leave", "preferences", "confirm")
MINTED = {(purpose, LINKS.token(purpose, 7, "daily")): (7, "daily") for purpose in PURPOSES}
STAMP = STAMPS.stamp(NOW)
# SendGrid's own example key.
SENDGRID_KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
SIGNED = {"authorization": "Basic YTpj", "x-twilio-email-event-webhook-signature": "eA=="}
_UNFIT = re.compile("[\x00-\x20\x7f]")


def text_of(data: bytes) -> str:
    """Any text, also what no file can hold: lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def halves(data: bytes) -> tuple[str, str]:
    """Two texts: the first line, and the rest."""
    first, _, rest = text_of(data).partition("\n")
    return first, rest


def content(data: bytes) -> None:
    """An article: its first line is its name. What it becomes goes through feeds and mail."""
    name, _, body = data.partition(b"\n")
    path = slugify(text_of(name[:80]).rpartition(".")[0]) + (
        "." + text_of(name[:80]).rpartition(".")[2].strip() if b"." in name else ""
    )
    article = Article(path=path, data=body)
    try:
        entry = read_article(article, PUBLICATION, identity=None, now=NOW).entry
    except ArticleError:
        return
    assert entry == read_article(article, PUBLICATION, identity=None, now=NOW).entry
    assert sanitise(entry.html) == entry.html
    _through_feeds(entry)


def _through_feeds(entry) -> None:
    feed = Feed(kind="all", name="", title="P", folder="", entries=(entry,))
    for form in ("rss", "atom"):
        etree.fromstring(render_feed(feed, PUBLICATION, form))
    (item,) = json.loads(render_feed(feed, PUBLICATION, "json"))["items"]
    assert item["id"]


def front_matter(data: bytes) -> None:
    """The fields before an article's text."""
    text = data.decode("utf-8", "replace")
    lines = text.count("\n") + text.count("\r") + 2
    try:
        split = split_any(text, "a.md")
        understand(dict(split.fields))
    except ArticleError as err:
        place = err.line or 1
    else:
        place = split.body_line
    assert 1 <= place <= lines


def feeds(data: bytes) -> None:
    """Somebody else's feed, and each of its entries as an article."""
    try:
        told = read_feed(
            data,
            url="https://skerry.example/feed",
            media_type="application/xml",
            name="blog",
            domain="post.example",
            now=NOW,
        )
    except FetchError:
        return
    for one in told.articles[:3]:
        text = compose_article(one.text, section="Blogs", tags=("T",))
        article = Article(path=f"_sources/blog/{one.slug}-{one.key}.html", data=text)
        try:
            entry = read_article(article, PUBLICATION, identity=None, now=NOW).entry
        except ArticleError:
            continue
        _through_feeds(entry)


def addresses(data: bytes) -> None:
    """A mail address, with and without a name; an address on the network."""
    text = text_of(data)
    for read in (parse_address, lambda words: parse_mailbox(words).address):
        try:
            address = read(text)
        except AddressError:
            continue
        assert parse_address(address) == address
        local, _, domain = address.rpartition("@")
        assert local
        assert domain.isascii()
        assert "@" not in local
        assert not _UNFIT.search(address)
        assert len(address.encode()) <= 254
    why_refused(text)
    is_uri(text)


def headers(data: bytes) -> None:
    """Subject and name of a message: no header more, no line too long."""
    subject, name = halves(data)
    message = MessageTemplate(_message(subject, name)).fill(_recipient(name))
    head, _, body = message.partition(b"\r\n\r\n")
    assert head.isascii()
    names = [
        line.partition(b":")[0].decode()
        for line in head.split(b"\r\n")
        if not line.startswith((b" ", b"\t"))
    ]
    assert names == _names()
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert message.count(b"\r\n") == message.count(b"\r") == message.count(b"\n")
    assert max(map(len, body.split(b"\r\n"))) <= 78
    encode_piece(name)


@cache
def _names() -> list[str]:
    message = MessageTemplate(_message("s", "n")).fill(_recipient("n"))
    lines = message.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return [line.partition(":")[0] for line in lines if not line.startswith(" ")]


def _message(subject: str, name: str) -> Message:
    words = re.sub("[\ufdd0-\ufdef]", "", subject)  # the digest's own marks: see ssti.txt
    return Message(
        rendered=Rendered(subject=subject, preheader="", html=f"<p>{words}</p>", text=words),
        edition="daily",
        newsletter="daily",
        list_title=name,
        list_id="daily.post.example",
        sender_name=name,
        sender="digest@post.example",
        reply_to="desk@post.example",
        language="en",
        date=NOW,
        archive="https://post.example/e.html",
        mailto_leave="mailto:desk@post.example",
    )


def _recipient(name: str) -> Recipient:
    return Recipient(
        subscriber=1,
        address="reader@post.example",
        name=name,
        message_id="<x@post.example>",
        leave="https://post.example/leave",
        preferences="https://post.example/preferences",
    )


def tokens(data: bytes) -> None:
    """A link's token, a form's stamp, a return path: nothing is one but what we made."""
    text = text_of(data)
    for purpose in PURPOSES:
        found = LINKS.read(purpose, text)
        assert found == MINTED.get((purpose, text)), text
    if STAMPS.read(text) is not None:
        assert text == STAMP
    named = PATHS.delivery_of([text])
    if named is not None:
        assert not PATHS.proves(named[1], "daily", 8)


def bounces(data: bytes) -> None:
    """What came back to the mailbox of bounces."""
    assert 1 <= len(read_message(data)) <= 100


def events(data: bytes) -> None:
    """The webhooks of mail providers: unsigned, and what is read of them after that."""
    secrets = {"ses": "a:b", "postmark": "a:b", "sendgrid": SENDGRID_KEY, "mailgun": "key"}
    for provider, secret in secrets.items():
        try:
            read_event(provider, data, SIGNED, secret=secret, certificate=lambda _: b"")
        except EventError:
            continue
        raise AssertionError(f"{provider} took an event without a signature")
    try:
        sns_confirmation(data)
        told = read_json(data)
    except EventError:
        return
    for read in (read_postmark, read_sendgrid, read_mailgun, read_ses):
        try:
            list(read(told))
        except EventError:
            continue


def words(data: bytes) -> None:
    """Small grammars: choices, schedules, dates, cells, slugs, pictures, text for XML."""
    text = text_of(data)
    for read in (
        lambda: parse_topics(text.split()),
        lambda: parse_frequency(text),
        lambda: parse_pause(text, timezone="Europe/Lisbon", now=NOW),
        lambda: parse_schedule(text),
        lambda: parse_moment(text, ZoneInfo("Europe/Lisbon")),
        lambda: parse_machine_date(text, ZoneInfo("Europe/Lisbon")),
    ):
        try:
            read()
        except (PublisherError, ValueError):
            continue
    assert read_cell(write_cell(text)) == text
    assert re.fullmatch(r"[a-z0-9-]{0,80}", slugify(text))
    accepted(text)
    size_of(data)
    element = etree.Element("a")
    element.text = xml_clean(text)
    assert (etree.fromstring(etree.tostring(element)).text or "") == element.text


def markup(data: bytes) -> None:
    """HTML of an article: what is safe stays as it is."""
    try:
        safe = sanitise(xml_clean(text_of(data)))
    except UnsafeMarkupError:
        return
    assert sanitise(safe) == safe


def zones(data: bytes) -> None:
    """The name of a time zone, and what was meant by one that there isn't."""
    try:
        assert find_zone(text_of(data)).key
    except ValueError:
        return


def lists(data: bytes) -> None:
    """A list of subscribers in anybody's CSV."""
    try:
        with open_subscribers(Path("readers.csv"), io.BytesIO(data)) as found:
            for row in found.rows():
                assert row.line >= 1
    except UsageError:
        return


class Browser:
    """The web service, asked in this process; a real store in a folder of its own."""

    def __init__(self) -> None:
        from publisher.config import load_site
        from publisher.sources import load_templates
        from publisher.storage import Store
        from publisher.web.app import make_app
        from publisher.web.service import Service
        from tests.system.conftest import CONFIG

        self._folder = tempfile.TemporaryDirectory(prefix="publisher-fuzz-")
        folder = Path(self._folder.name)
        (folder / "articles").mkdir()
        (folder / "feeds").mkdir()
        (folder / "feeds/rss.xml").write_text("<rss/>")
        limits = "\n[web]\nper_network = 10000\nin_all = 1000000\n"
        (folder / "publisher.toml").write_text(CONFIG + limits)
        site = load_site(folder, {})
        self._store = Store.open(
            site.settings.storage.url, site=folder, secret=site.secret
        ).__enter__()
        self._app = make_app(Service(site, self._store, load_templates(folder), clock=lambda: NOW))
        self._loop = asyncio.new_event_loop()

    def ask(self, scope: dict, body: bytes) -> int:
        sent = []
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive():
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        self._loop.run_until_complete(self._app(scope, receive, send))
        return sent[0]["status"]


@cache
def browser() -> Browser:
    return Browser()


def web(data: bytes) -> None:
    """A request as it stands on the wire: method and address, header fields, body."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    method, _, target = first.partition(b" ")
    target = target.partition(b" ")[0].decode("latin-1")
    path, _, query = target.partition("?")
    fields = [line.partition(b":") for line in lines]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method.decode("latin-1").upper(),
        "scheme": "http",
        "path": unquote(path) or "/",
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.strip().lower(), value.strip()) for name, _, value in fields],
        "client": ("203.0.113.7", 4711),
        "server": ("courier.example", 80),
    }
    status = browser().ask(scope, body)
    assert 200 <= status < 500, status


TARGETS = {
    one.__name__: one
    for one in (
        content,
        front_matter,
        feeds,
        addresses,
        headers,
        tokens,
        bounces,
        events,
        words,
        markup,
        zones,
        lists,
        web,
    )
}
