"""What an HTML page says of itself: meta elements, JSON-LD, microdata, in this order of trust."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from lxml import etree

from publisher.content.forms.fields import Person, Picture, is_language, is_web_address
from publisher.content.forms.linked_data import Told, read_linked_data, read_microdata
from publisher.content.forms.manuscript import Manuscript
from publisher.content.text.characters import squeeze

_NAMES = {
    "title": ("og:title", "twitter:title", "dc.title", "dcterms.title"),
    "summary": ("description", "og:description", "dc.description", "twitter:description",
                "summary"),
    "section": ("article:section", "category"),
    "rights": ("copyright", "dc.rights", "dcterms.rights"),
    "published": (
        "article:published_time", "date", "datepublished", "dc.date", "dc.date.issued",
        "dcterms.created", "dcterms.issued", "pubdate", "publishdate", "sailthru.date",
        "parsely-pub-date", "cxenseparse:recs:publishtime",
    ),
    "updated": (
        "article:modified_time", "datemodified", "last-modified", "dcterms.modified",
        "og:updated_time", "modified",
    ),
    "image": ("og:image", "og:image:url", "og:image:secure_url", "twitter:image"),
}  # fmt: skip
_AUTHORS = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "authors",
)
_MOST_KEYWORDS = 20


def read_head(root: etree._Element, path: str, zone: ZoneInfo) -> Manuscript:
    """A manuscript that holds everything but the text."""
    return _Head(root, path, zone).manuscript


class _Head:
    """Asks each place in turn; the first that answers is noted as the origin."""

    def __init__(self, root: etree._Element, path: str, zone: ZoneInfo) -> None:
        self.root = root
        self.path = path
        self.zone = zone
        self.meta: dict[str, list[str]] = {}
        for element in root.iter("meta"):
            name = element.get("name") or element.get("property") or element.get("itemprop") or ""
            content = squeeze(element.get("content") or "")
            if name and content:
                self.meta.setdefault(name.strip().lower(), []).append(content)
        self.linked = read_linked_data(root)
        self.micro = read_microdata(root)
        self.manuscript = Manuscript(title="", html="")
        self._fill()

    def _fill(self) -> None:
        one = self.manuscript
        one.title = self._first("title") or self._element("title")
        one.summary = self._first("summary")
        one.section = self._first("section")
        one.rights = self._first("rights")
        one.base = self._base()
        one.url = self._canonical(one.base)
        one.language = self._language()
        one.authors = self._authors()
        one.keywords = tuple(dict.fromkeys(self._keywords()))[:_MOST_KEYWORDS]
        one.published = self._moment("published") or self._marked("datePublished")
        one.updated = self._moment("updated") or self._marked("dateModified")
        one.picture = self._picture()

    def _first(self, what: str) -> str:
        """The first answer to a question that several vocabularies have a word for."""
        for name in _NAMES.get(what, ()):
            if name in self.meta:
                self.manuscript.origins[what] = f"meta {name}"
                return self.meta[name][0]
        for told, origin in self._others():
            if text := told.texts.get(what, ""):
                self.manuscript.origins[what] = origin
                return text
        return ""

    def _others(self) -> Iterator[tuple[Told, str]]:
        yield self.linked, "JSON-LD"
        yield self.micro, "microdata"

    def _element(self, tag: str) -> str:
        found = self.root.find(f".//{tag}")
        words = squeeze("".join(found.itertext())) if found is not None else ""
        if words:
            self.manuscript.origins[tag] = f"<{tag}>"
        return words

    def _authors(self) -> tuple[Person, ...]:
        for name in _AUTHORS:
            names = [one[:120] for one in self.meta.get(name, []) if not is_web_address(one)]
            if names:
                self.manuscript.origins["authors"] = f"meta {name}"
                return tuple(Person(one) for one in dict.fromkeys(names))
        for told, origin in self._others():
            if told.authors:
                self.manuscript.origins["authors"] = origin
                return told.authors
        return ()

    def _keywords(self) -> list[str]:
        lists = self.meta.get("keywords", []) + self.meta.get("news_keywords", [])
        lists += self.meta.get("tags", [])  # Pelican's
        words = [word.strip() for words in lists for word in words.split(",")]
        words += self.meta.get("article:tag", [])
        origin = "meta keywords"
        if not words:
            words, origin = list(self.linked.keywords or self.micro.keywords), "JSON-LD"
        if words:
            self.manuscript.origins["tags"] = origin
        return [word[:80] for word in words if word]

    def _language(self) -> str:
        for tag, origin in (
            (self.root.get("lang") or self.root.get("xml:lang") or "", "<html lang>"),
            (self.linked.texts.get("language", ""), "JSON-LD"),
            (next(iter(self.meta.get("og:locale", [])), ""), "meta og:locale"),
        ):
            told = tag.replace("_", "-").strip()
            if is_language(told):
                self.manuscript.origins["language"] = origin
                return told
        return ""

    def _base(self) -> str:
        found = self.root.find(".//base")
        address = (found.get("href") or "").strip() if found is not None else ""
        return address if is_web_address(address) else ""

    def _canonical(self, base: str) -> str:
        for link in self.root.iter("link"):
            if "canonical" in (link.get("rel") or "").lower().split():
                address = (link.get("href") or "").strip()
                try:
                    address = urljoin(base, address) if base else address
                except ValueError:
                    continue
                return self._address(address, "<link rel=canonical>")
        for address, origin in (
            (next(iter(self.meta.get("og:url", [])), ""), "meta og:url"),
            (self.linked.texts.get("url", ""), "JSON-LD"),
            (self.micro.texts.get("url", ""), "microdata"),
        ):
            if found := self._address(address, origin):
                return found
        return ""

    def _address(self, address: str, origin: str) -> str:
        if not is_web_address(address):
            return ""
        self.manuscript.origins["url"] = origin
        return address

    def _moment(self, what: str) -> datetime | None:
        text = self._first(what)
        return self.manuscript.moment(text, "the page's metadata", self.path, self.zone)

    def _marked(self, itemprop: str) -> datetime | None:
        for element in self.root.iter("time"):
            if element.get("itemprop") == itemprop or (
                itemprop == "datePublished" and element.get("pubdate") is not None
            ):
                text = element.get("datetime") or ""
                return self.manuscript.moment(text, "the page's metadata", self.path, self.zone)
        return None

    def _picture(self) -> Picture | None:
        alts = self.meta.get("og:image:alt", []) or self.meta.get("twitter:image:alt", [])
        src = self._first("image")
        if not src:
            return None
        caption = self.linked.texts.get("caption", "")
        return Picture(src, alts[0] if alts else "", caption)
