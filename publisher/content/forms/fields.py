"""What an editor may say in front matter, read with its type or refused with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from publisher.content.forms.matter import Field
from publisher.content.markup.media import media_type
from publisher.content.markup.uris import is_uri
from publisher.content.naming.media_topics import media_topic
from publisher.content.text.characters import squeeze
from publisher.content.text.dates import parse_moment
from publisher.errors import ArticleError
from publisher.model import Finding, Severity, TagKind
from publisher.valueclass import valueclass

KEYS = (
    "title", "slug", "date", "updated", "correction", "author", "authors", "section", "tags",
    "summary", "language", "dateline", "place", "agency", "credit", "rights", "url", "id",
    "draft", "embargo", "expires", "image", "enclosure", "enclosures", "form", "withdrawn",
    "withdrawal", "episode", "source", "related", "canonical", "exclude_from_feeds", "base",
)  # fmt: skip
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0", ""})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
_KINDS = {**{kind.value: kind for kind in TagKind}, "organization": TagKind.ORGANISATION}


@valueclass(kw_only=False)
class Person:
    """An author as the editor gave them."""

    name: str
    email: str = ""
    url: str = ""


class ChosenTag(NamedTuple):
    """A tag as the editor gave it; `kind` is None where they did not say."""

    name: str
    kind: TagKind | None = None
    medtop: str = ""


@valueclass(kw_only=False)
class Picture:
    """A picture named in front matter; `src` as written."""

    src: str
    alt: str = ""
    caption: str = ""


@valueclass(kw_only=False)
class File:
    """An enclosure named in front matter; `url` as written, `type` empty if not told."""

    url: str
    type: str = ""
    length: int = 0
    title: str = ""


class Fields:
    """Front matter with its types: each method reads one key, or raises ArticleError at its line.

    A key that is absent or empty gives None or an empty value.
    """

    def __init__(self, fields: dict[str, Field], path: str, zone: ZoneInfo) -> None:
        self._fields = fields
        self._path = path
        self._zone = zone

    def unknown(self) -> list[Finding]:
        """A warning for each key that means nothing here, with the nearest that does."""
        return [self._unknown_key(key, field) for key, field in self._fields.items()
                if key not in KEYS]  # fmt: skip

    def has(self, key: str) -> bool:
        """Whether the editor said something under this key."""
        field = self._fields.get(key)
        return field is not None and not field.empty

    def line(self, key: str) -> int | None:
        """The line of the file that a key stands in."""
        field = self._fields.get(key)
        return field.key_line if field is not None else None

    def text(self, key: str) -> str:
        """A text on one line."""
        return self._text(key, self._fields.get(key))

    def moment(self, key: str) -> datetime | None:
        """A date, or date and time, in UTC."""
        field = self._fields.get(key)
        if field is None or not (text := self._text(key, field)):
            return None
        try:
            return parse_moment(text, self._zone)
        except ValueError as error:
            raise self._error(
                f"{key} `{text[:60]}` is no date: {error}",
                field,
                "write it as 2026-11-23 or 2026-11-23 07:30 or 2026-11-23T07:30+01:00",
            ) from error

    def flag(self, key: str) -> bool:
        """A yes or no."""
        word = self.text(key).lower()
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise self._error(f"{key} `{word[:60]}` is neither yes nor no", key, "write true or false")

    def choice(self, key: str, among: tuple[str, ...]) -> str:
        """One of a few words, or an empty text."""
        word = self.text(key).lower()
        if word and word not in among:
            raise self._error(f"{key} `{word[:60]}` is not known", key, f"write {_or(among)}")
        return word

    def language(self) -> str:
        """A language tag (RFC 5646)."""
        tag = self.text("language").replace("_", "-")
        if tag and not is_language(tag):
            raise self._error(f"language `{tag[:60]}` is no language tag", "language",
                              "write en, de or pt-BR")  # fmt: skip
        return tag

    def web_address(self, key: str) -> str:
        """An absolute http or https address."""
        text = self.text(key)
        if text and not is_web_address(text):
            raise self._error(f"{key} `{text[:80]}` is no web address", key,
                              "write it whole: https://news.example/story")  # fmt: skip
        return text

    def permanent_id(self) -> str:
        """An id to keep: a URI (RFC 3986)."""
        text = self.text("id")
        if text and not is_uri(text):
            raise self._error(f"id `{text[:80]}` is no URI", "id",
                              "keep the id that the entry had, or delete the line")  # fmt: skip
        return text

    def people(self) -> tuple[Person, ...]:
        """The authors, from `author` and `authors`."""
        fields = (*self._items("author"), *self._items("authors"))
        people = [self._person(field) for field in fields if not field.empty]
        return tuple(dict.fromkeys(people))

    def tags(self) -> tuple[ChosenTag, ...]:
        """The editor's own tags, each once."""
        field = self._fields.get("tags")
        if field is not None and isinstance(field.value, str):
            names = (squeeze(part) for part in field.value.split(","))
            return tuple(dict.fromkeys(ChosenTag(name) for name in names if name))
        tags = [self._tag(item) for item in self._items("tags") if not item.empty]
        return tuple(dict.fromkeys([tag for tag in tags if tag.name]))

    def dateline(self) -> tuple[str, str, str]:
        """Place, agency and date as the editor gave them, each maybe empty."""
        field = self._fields.get("dateline")
        place, agency, day = self.text("place"), self.text("agency"), ""
        if field is None:
            return place, agency, day
        if isinstance(field.value, dict):
            parts = self._parts("dateline", field, ("place", "agency", "date"))
            return place or parts["place"], agency or parts["agency"], parts["date"]
        return place or self.text("dateline"), agency, day

    def picture(self) -> Picture | None:
        """The picture that stands for the entry."""
        field = self._fields.get("image")
        if field is None or field.empty:
            return None
        if isinstance(field.value, dict):
            parts = self._parts("image", field, ("src", "url", "alt", "caption"))
            if not (src := parts["src"] or parts["url"]):
                raise self._error("image has no src", field, "add src: photo.jpg")
            return Picture(src, parts["alt"], parts["caption"])
        return Picture(self._text("image", field))

    def files(self) -> tuple[File, ...]:
        """The enclosures, from `enclosure` and `enclosures`."""
        fields = [f for key in ("enclosure", "enclosures") for f in self._items(key)]
        return tuple(dict.fromkeys(self._file(field) for field in fields if not field.empty))

    def mapping(self, key: str, known: tuple[str, ...]) -> dict[str, str]:
        """A mapping of these names to texts, each maybe empty; {} if the key is not there."""
        field = self._fields.get(key)
        if field is None or field.empty:
            return {}
        if not isinstance(field.value, dict):
            raise self._error(f"{key} must be a mapping", field, f"give it {_or(known)}")
        return self._parts(key, field, known)

    def named(self, key: str) -> tuple[tuple[str, str], ...]:
        """Web addresses, each with a title or "": given alone, or as url and title."""
        found = []
        for field in self._items(key):
            if isinstance(field.value, dict):
                parts = self._parts(key, field, ("url", "title"))
            else:
                parts = {"url": self._text(key, field), "title": ""}
            if not is_web_address(parts["url"]):
                raise self._error(f"{key} `{parts['url'][:80]}` is no web address", field,
                                  "write it whole: https://news.example/story")  # fmt: skip
            found.append((parts["url"], parts["title"]))
        return tuple(dict.fromkeys(found))

    def words(self, key: str) -> tuple[str, ...]:
        """Texts, given as a list or between commas, each once."""
        field = self._fields.get(key)
        if field is not None and isinstance(field.value, str):
            texts = [squeeze(part) for part in field.value.split(",")]
        else:
            texts = [self._text(key, item) for item in self._items(key)]
        return tuple(dict.fromkeys(text for text in texts if text))

    def refuse(self, key: str, what: str, mend: str) -> ArticleError:
        """The error for a value that its reader can't use, at the line of the key."""
        return self._error(what, key, mend)

    def _items(self, key: str) -> Sequence[Field]:
        field = self._fields.get(key)
        if field is None or field.empty:
            return ()
        return field.value if isinstance(field.value, list) else (field,)

    def _person(self, field: Field) -> Person:
        if not isinstance(field.value, dict):
            return Person(self._text("author", field))
        parts = self._parts("author", field, ("name", "email", "url"))
        if not parts["name"]:
            raise self._error("an author has no name", field, "add name: Ann Example")
        if parts["url"] and not is_web_address(parts["url"]):
            raise self._error(f"author's url `{parts['url'][:80]}` is no web address", field,
                              "write it whole: https://news.example/ann")  # fmt: skip
        return Person(parts["name"], parts["email"], parts["url"])

    def _tag(self, field: Field) -> ChosenTag:
        if isinstance(field.value, str):
            return _named_tag(field.value)
        if not isinstance(field.value, dict):
            return ChosenTag(self._text("tags", field))
        parts = self._parts("tags", field, ("name", "kind", "medtop"))
        kind = parts["kind"].lower()
        if kind and kind not in _KINDS:
            raise self._error(f"the kind of tag `{kind[:40]}` is not known", field,
                              f"write {_or(tuple(kind.value for kind in TagKind))}")  # fmt: skip
        code = parts["medtop"]
        if code and not (code := media_topic(code, bare=True)):
            raise self._error("medtop is no number of an IPTC Media Topic", field,
                              "write its eight digits in quotes, such as '20000271'")  # fmt: skip
        return ChosenTag(parts["name"], _KINDS.get(kind), code)

    def _file(self, field: Field) -> File:
        if not isinstance(field.value, dict):
            url = self._text("enclosure", field)
            return File(url, media_type(url))
        parts = self._parts("enclosure", field, ("url", "src", "type", "length", "title"))
        url, length = parts["url"] or parts["src"], parts["length"] or "0"
        if not url:
            raise self._error("an enclosure has no url", field, "add url: episode.mp3")
        if not (length.isascii() and length.isdigit() and len(length) < 16):
            raise self._error(f"length `{length[:40]}` is no number of bytes", field,
                              "write it in digits, or delete it")  # fmt: skip
        return File(url, parts["type"] or media_type(url), int(length), parts["title"])

    def _parts(self, key: str, field: Field, known: tuple[str, ...]) -> dict[str, str]:
        assert isinstance(field.value, dict)
        for name, part in field.value.items():
            if name not in known:
                raise self._error(f"{key} knows no `{name[:40]}`", part, f"write {_or(known)}")
        return {name: self._text(f"{key}'s {name}", field.value.get(name)) for name in known}

    def _text(self, key: str, field: Field | None) -> str:
        if field is None:
            return ""
        if not isinstance(field.value, str):
            raise self._error(f"{key} must be a text", field, "write it on one line")
        return squeeze(field.value)

    def _unknown_key(self, key: str, field: Field) -> Finding:
        near = difflib.get_close_matches(key.lower()[:40], KEYS, n=1, cutoff=0.6)
        return Finding(
            severity=Severity.WARNING,
            what=f"the front matter key `{key[:60]}` is not known and was ignored",
            mend=f"did you mean `{near[0]}`?" if near else f"known are {', '.join(KEYS)}",
            path=self._path,
            line=field.key_line,
        )

    def _error(self, what: str, at: Field | str, mend: str) -> ArticleError:
        line = at.line if isinstance(at, Field) else self._fields[at].line
        return ArticleError(what, path=self._path, line=line, mend=mend)


@lru_cache(maxsize=4096)  # the same few stand in many articles
def _named_tag(text: str) -> ChosenTag:
    return ChosenTag(squeeze(text))


def is_language(tag: str) -> bool:
    """Whether a text has the shape of a language tag (RFC 5646 section 2.1)."""
    return _LANGUAGE.fullmatch(tag) is not None


def is_web_address(text: str) -> bool:
    """Whether a text is an absolute http or https address that feeds can carry."""
    try:
        parts = urlsplit(text)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and port_is_valid
        and not any(c.isspace() or c in '<>"{}|\\^`' for c in text)
    )


def _or(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
