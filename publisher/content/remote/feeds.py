"""Somebody's feed taken apart: RSS, Atom and RDF by feedparser, JSON Feed by the one below."""

from __future__ import annotations

import calendar
import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from publisher.content.markup.sanitise import UnsafeMarkupError
from publisher.content.remote.bounds import HeavyError, refuse_heavy
from publisher.content.remote.entries import (
    RemoteArticle,
    RemoteEntry,
    RemoteFeed,
    RemoteFile,
    retell,
    with_defaults,
)
from publisher.content.remote.json_feed import is_json, parse_json_feed
from publisher.content.text.characters import forbidden, squeeze
from publisher.content.text.plain import plain_as_html
from publisher.errors import FetchError
from publisher.valueclass import valueclass

_PAGE = re.compile(rb"(?is)\s*(?:<!--.{0,1000}?-->\s*)*<(?:!doctype\s+html|html)\b")
_REFERENCE = re.compile(rb"&#([xX][0-9A-Fa-f]{1,400}|[0-9]{1,400});?")
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_FEED_TYPE = re.compile(r"application/(?:rss\+xml|atom\+xml|feed\+json)", re.IGNORECASE)


@valueclass
class Retold:
    """A feed as articles; `problems` says of which entries nothing could be made, and why."""

    title: str
    articles: tuple[RemoteArticle, ...]
    problems: tuple[str, ...] = ()


def read_feed(
    data: bytes, *, url: str, media_type: str, name: str, domain: str, now: datetime
) -> Retold:
    """The articles that the entries of a feed are kept as, each once, in the feed's order.

    `url` is where the bytes came from, `media_type` what the server called them; `name` and
    `domain` stand in ids where the feed's own can't. Raises FetchError for what is no feed.
    """
    feed = with_defaults(take_apart(data, url=url, media_type=media_type), address=url)
    articles: dict[str, RemoteArticle] = {}
    problems: list[str] = []
    for number, entry in enumerate(feed.entries, 1):
        try:
            article = retell(entry, feed, name=name, domain=domain, now=now)
        except UnsafeMarkupError as err:
            problems.append(f"{_called(entry, number)}: its markup can't be used: {err}")
            continue
        if article is None:
            problems.append(f"{_called(entry, number)}: there is neither title nor text in it")
            continue
        articles.setdefault(article.key, article)
    return Retold(title=feed.title, articles=tuple(articles.values()), problems=tuple(problems))


def take_apart(data: bytes, *, url: str, media_type: str) -> RemoteFeed:
    """A feed as a program that follows it understands it. Raises FetchError for what is none."""
    parse = parse_json_feed if is_json(data) else _parse_xml
    return parse(data, url, media_type)


def _called(entry: RemoteEntry, number: int) -> str:
    named = squeeze(_TAG.sub("", entry.title or entry.link or entry.id))[:80]
    return f"entry {number}" + (f" ({named})" if named else "")


def _parse_xml(data: bytes, url: str, media_type: str) -> RemoteFeed:
    """RSS in all its versions, RDF, Atom (feedparser's list), or FetchError."""
    try:
        refuse_heavy(data)
    except HeavyError as err:
        raise FetchError(f"{url} is not read: {err}") from None
    import feedparser  # noqa: PLC0415

    told = {"content-location": url, "content-type": media_type or "application/xml"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            # A stream: bytes, like any text, it would take for the name of a file and open that.
            read = feedparser.parse(
                io.BytesIO(_REFERENCE.sub(_possible, data)),
                response_headers=told,
                sanitize_html=False,
                resolve_relative_uris=False,
            )
        except Exception as err:  # nothing says which it lets through
            raise FetchError(f"{url} can't be read ({type(err).__name__} in feedparser)") from err
    if not (read.get("version") or read.get("entries")):
        raise _no_feed(data, url)
    return _Parsed(read, url).feed()


def _possible(reference: re.Match[bytes]) -> bytes:
    """A reference to a character that there is, and nothing for any other.

    XML knows no other, so that the feed would be read by guess; feedparser falls over some.
    """
    code = int(reference[1][1:], 16) if reference[1][:1] in b"xX" else int(reference[1])
    if 0x80 <= code < 0xA0:  # Windows-1252, as browsers take it (HTML standard 13.2.5.80)
        letter = bytes([code]).decode("cp1252", "ignore")
        return f"&#{ord(letter)};".encode() if letter else b""
    there = code < 0x110000 and not forbidden(chr(code))
    return reference[0] if there else b""


def _no_feed(data: bytes, url: str) -> FetchError:
    """What it is instead; a web page may name the feed that was meant."""
    if not data.strip():
        return FetchError(f"{url} is empty")
    if not _PAGE.match(data[:5000]):
        return FetchError(f"{url} is no feed that can be read")
    page = data[:200_000].decode("utf-8", "replace")
    for link in _LINK.findall(page):
        target = _HREF.search(link)
        if target and _FEED_TYPE.search(link):
            try:
                meant = urljoin(url, target[1])
            except ValueError:
                continue
            return FetchError(f"{url} is a web page and no feed", mend=f"it names {meant}")
    return FetchError(f"{url} is a web page and no feed", mend="give the address of its feed")


class _Parsed:
    """feedparser's answer, read with care: any key may be missing or of another kind."""

    def __init__(self, read: Mapping[str, Any], url: str) -> None:
        self._read = read
        self._url = url
        self._is_atom = str(read.get("version", "")).startswith("atom")

    def feed(self) -> RemoteFeed:
        about = self._read.get("feed", {})
        own = [one.get("href", "") for one in _list(about, "links") if one.get("rel") == "self"]
        return RemoteFeed(
            title=_text(about, "title") or _text(about, "subtitle"),
            address=own[0] if own else self._url,
            page=_text(about, "link"),
            id=_text(about, "id"),
            language=_text(about, "language"),
            authors=tuple(_people(about)),
            rights=_text(about, "rights"),
            entries=tuple(self._entry(one) for one in self._read.get("entries", ())),
        )

    def _entry(self, entry: Mapping[str, Any]) -> RemoteEntry:
        detail = _content(entry) or entry.get("summary_detail") or {}
        summary = entry.get("summary_detail") or {}
        link = _text(entry, "link")
        return RemoteEntry(
            id=_text(entry, "id"),
            title=_html(entry.get("title_detail") or {}),
            link=link,
            html=_html(detail),
            summary=_html(summary) if detail is not summary else "",
            base=self._base(detail, link),
            published=_moment(entry, "published_parsed"),
            updated=_moment(entry, "updated_parsed"),
            authors=tuple(_people(entry)),
            tags=tuple(str(one.get("label") or one.get("term") or "")
                       for one in _list(entry, "tags")),
            # Atom says it of each text (xml:lang), RSS of the item (dc:language).
            language=_text(detail, "language") or _text(entry, "language"),
            image=_image(entry),
            files=tuple(_files(entry)),
            rights=_text(entry, "rights"),
        )  # fmt: skip

    def _base(self, detail: Mapping[str, Any], link: str) -> str:
        # Where the feed says nothing (xml:base), Atom means itself (RFC 4287 section 2); RSS
        # means nothing, and who writes it means the entry's own page.
        base = _text(detail, "base") or self._url
        return base if base != self._url or self._is_atom else link or base


def _content(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The content in full; of several the longest, as Media RSS repeats it in short."""
    there = [one for one in _list(entry, "content") if _text(one, "value").strip()]
    texts = [one for one in there if "html" in _text(one, "type") or _is_plain(one)]
    return max(texts, key=lambda one: len(_text(one, "value")), default=None)


def _is_plain(detail: Mapping[str, Any]) -> bool:
    return _text(detail, "type") in ("text/plain", "text", "")


def _html(detail: Mapping[str, Any]) -> str:
    value = _text(detail, "value")
    return plain_as_html(value) if _is_plain(detail) else value


def _people(about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in _list(about, "authors") or _list(about, "contributors"):
        name = _text(one, "name")
        if name and "@" not in name:  # an address that stands for a name is nobody's business
            yield name, _text(one, "href")


def _files(entry: Mapping[str, Any]) -> Iterator[RemoteFile]:
    for one in _list(entry, "enclosures"):
        length = _text(one, "length").strip()
        yield RemoteFile(
            url=_text(one, "href"),
            type=_text(one, "type"),
            length=int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0,
            title=_text(one, "title"),
        )


def _image(entry: Mapping[str, Any]) -> str:
    """The picture that a feed puts beside an entry (Media RSS, Apple)."""
    for one in _list(entry, "media_content"):
        if _text(one, "medium") == "image" or _text(one, "type").startswith("image/"):
            return _text(one, "url")
    for one in _list(entry, "media_thumbnail"):
        return _text(one, "url")
    image = entry.get("image")
    return _text(image, "href") if isinstance(image, dict) else ""


def _moment(entry: Mapping[str, Any], key: str) -> datetime | None:
    # Past feedparser's own reading, which gives one date for the other.
    read: Callable[..., Any] = dict.get
    told = read(entry, key)
    try:
        return datetime.fromtimestamp(calendar.timegm(told), UTC) if told else None
    except (ValueError, OverflowError, OSError):
        return None


def _list(about: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = about.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(about: Mapping[str, Any], key: str) -> str:
    found = about.get(key)
    return found if isinstance(found, str) else ""
