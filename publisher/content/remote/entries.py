"""An entry of somebody else's feed, and the article that it is kept and read as.

Such an article has the feed's facts as its front matter and the entry's HTML below it (the form
`feed`); from there on it goes the way of every article, through the same sanitiser.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from publisher.content.forms.fields import is_language, is_web_address
from publisher.content.markup.links import whole_address
from publisher.content.markup.media import media_type
from publisher.content.markup.sanitise import sanitise
from publisher.content.markup.tree import parse_fragment
from publisher.content.markup.uris import is_uri
from publisher.content.text.characters import clean, squeeze
from publisher.content.text.dates import EARLIEST_YEAR
from publisher.content.text.plain import blocks_of, text_of
from publisher.content.text.slugs import slugify
from publisher.valueclass import valueclass

_LONGEST_NAME = 300  # of titles and names
_TITLE_OF_TEXT = 80  # of the title that an entry without any gets from its text
_LONGEST_SUMMARY = 700
_MOST_TAGS = 30
_MOST_FILES = 20
_SHORTENED_SLUG = 50
_TYPE = re.compile(r"[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,60}")


@valueclass
class RemoteFile:
    """An enclosure."""

    url: str
    type: str = ""
    length: int = 0
    title: str = ""


@valueclass
class RemoteEntry:
    """An entry as its feed has it; `html` and `summary` are HTML and not yet safe.

    `base` is what relative addresses in it are relative to. Authors are names with an address
    or "".
    """

    id: str = ""
    title: str = ""
    link: str = ""
    html: str = ""
    summary: str = ""
    base: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""
    image: str = ""
    files: tuple[RemoteFile, ...] = ()
    rights: str = ""


@valueclass
class RemoteFeed:
    """Somebody's feed; what it says of itself stands for entries that say nothing."""

    title: str
    address: str
    page: str = ""
    id: str = ""
    language: str = ""
    authors: tuple[tuple[str, str], ...] = ()
    rights: str = ""
    entries: tuple[RemoteEntry, ...] = ()


@valueclass
class RemoteArticle:
    """What is kept of an entry: `key` tells it from all others for ever, `slug` names it."""

    key: str
    slug: str
    text: str


def retell(
    entry: RemoteEntry, feed: RemoteFeed, *, name: str, domain: str, now: datetime
) -> RemoteArticle | None:
    """The article that an entry is kept as; None if there is nothing in it.

    The id is the entry's own if it is a URI, else one made from it, `domain` and the `name` of
    the feed. A date in the future is left out: elsewhere the entry is out already. Raises
    UnsafeMarkupError.
    """
    text, summary = _words(entry.html), _words(entry.summary)
    title = squeeze(_words(entry.title))[:_LONGEST_NAME] or _opening(text or summary)
    if not title or not (text or summary or entry.html.strip() or entry.files):
        return None
    link = whole_address(entry.base, entry.link) if entry.link.strip() else ""
    permanent = _permanent_id(entry, link, title, name, domain)
    published, updated = _dates(entry, now)
    front = {
        "title": title,
        "id": permanent,
        "url": link,
        "base": whole_address(entry.base, "") or link or feed.address,
        "date": published,
        "updated": updated,
        "authors": _people(entry.authors) or _people(feed.authors) or [{"name": feed.title}],
        "tags": list(_names(entry.tags))[:_MOST_TAGS],
        "summary": _summary(text, summary),
        "language": next(filter(is_language, (entry.language, feed.language)), ""),
        "image": {"src": entry.image} if is_web_address(entry.image) else "",
        "enclosures": [_file(one) for one in entry.files if _is_usable(one)][:_MOST_FILES],
        "rights": squeeze(entry.rights or feed.rights)[:_LONGEST_NAME],
        "source": {
            "title": feed.title,
            "feed": feed.address,
            "url": feed.page,
            "id": feed.id if is_uri(feed.id) else "",
        },
        "form": "feed",
    }
    kept = {key: value for key, value in front.items() if value}
    html = clean(entry.html if text or entry.html.strip() else entry.summary)
    return RemoteArticle(
        key=hashlib.sha256(permanent.encode()).hexdigest()[:12],
        slug=slugify(title)[:_SHORTENED_SLUG].strip("-"),
        text=json.dumps({"front": kept, "html": html}, ensure_ascii=False),
    )


def compose_article(text: str, *, section: str = "", tags: Sequence[str] = ()) -> bytes:
    """The article that was kept as `text`, filed under a section and more tags."""
    kept = json.loads(text)
    front = kept["front"]
    if section:
        front["section"] = section
    if tags:
        front["tags"] = list(_names((*tags, *front.get("tags", ()))))
    lines = [f"{key}: {_yaml(value)}" for key, value in front.items()]
    return "\n".join(["---", *lines, "---", kept["html"]]).encode("utf-8", "replace")


def _yaml(value: object) -> str:
    # YAML takes JSON as it is, but for three signs that it has for line ends or does not allow.
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\u2028", " ").replace("\u2029", " ").replace("\ufeff", "")


def _words(html: str) -> str:
    return text_of(blocks_of(parse_fragment(sanitise(html)))) if html.strip() else ""


def _opening(text: str) -> str:
    """A title for an entry that has none, as short messages have: its first words."""
    first = squeeze(text.partition("\n")[0])
    if len(first) <= _TITLE_OF_TEXT:
        return first
    cut = first[: _TITLE_OF_TEXT + 1].rpartition(" ")[0] or first[:_TITLE_OF_TEXT]
    return cut.rstrip(",;:.–— ") + "…"


def _summary(text: str, summary: str) -> str:
    """The feed's own summary, where it is one: neither the whole text nor a copy of its start."""
    short = squeeze(summary)
    if not text or not short or len(short) > _LONGEST_SUMMARY or squeeze(text) == short:
        return ""
    return short


def _permanent_id(entry: RemoteEntry, link: str, title: str, name: str, domain: str) -> str:
    own = entry.id.strip() or link
    if is_uri(own):
        return own
    # Without id and address only its title and date tell it from others.
    own = own or f"{title} {entry.published or entry.updated or ''}"
    told = quote(own, safe="")
    if len(told) > 200:
        told = hashlib.sha256(own.encode("utf-8", "replace")).hexdigest()[:32]
    return f"tag:{domain},2000-01-01:{name}/{told}"


def _dates(entry: RemoteEntry, now: datetime) -> tuple[str, str]:
    published, updated = (
        one if one and one.year >= EARLIEST_YEAR and one <= now else None
        for one in (entry.published or entry.updated, entry.updated)
    )
    if updated and not (published and updated > published):
        updated = None
    return (f"{published:%Y-%m-%dT%H:%M:%SZ}" if published else "",
            f"{updated:%Y-%m-%dT%H:%M:%SZ}" if updated else "")  # fmt: skip


def _people(people: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    named = [(squeeze(name)[:_LONGEST_NAME], url) for name, url in people]
    return [
        {"name": name, "url": url} if is_web_address(url) else {"name": name}
        for name, url in dict.fromkeys(named)
        if name
    ]


def _names(names: Iterable[str]) -> dict[str, None]:
    """Each once, in order."""
    found = (squeeze(name)[:_LONGEST_NAME] for name in names)
    return dict.fromkeys(name for name in found if name)


def _is_usable(file: RemoteFile) -> bool:
    return is_web_address(file.url) and bool(_kind(file))


def _kind(file: RemoteFile) -> str:
    told = file.type.partition(";")[0].strip().lower()
    return told if _TYPE.fullmatch(told) else media_type(file.url)


def _file(file: RemoteFile) -> dict[str, str]:
    return {
        "url": file.url,
        "type": _kind(file),
        "length": str(file.length) if 0 < file.length < 10**15 else "",
        "title": squeeze(file.title)[:_LONGEST_NAME],
    }


def with_defaults(feed: RemoteFeed, *, address: str) -> RemoteFeed:
    """The feed with a title, and with addresses only that can be used."""
    host = address.partition("//")[2].partition("/")[0]
    return replace(
        feed,
        title=squeeze(_words(feed.title))[:_LONGEST_NAME] or host,
        address=feed.address if is_web_address(feed.address) else address,
        page=feed.page if is_web_address(feed.page) else "",
    )
