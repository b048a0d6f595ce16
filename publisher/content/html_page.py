"""An HTML article: its main text, and what its head says of it.

The page may be a whole document or a fragment. This is for articles that somebody wrote as HTML;
finding the text in a page that is mostly something else is another task.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import lxml.html
from lxml import etree

from publisher.content.characters import squeeze
from publisher.content.dates import parse_machine_date
from publisher.content.fields import is_language, is_web_address
from publisher.content.manuscript import Manuscript
from publisher.content.sanitise import refuse_bombs
from publisher.content.tree import drop, inner_html
from publisher.model import Finding, Severity

_DECLARATION = re.compile(r"\s*<\?xml[^<>]{0,200}\?>", re.IGNORECASE)
_JUNK = (
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "form",
    "iframe",
    "object",
    "aside",
    "button",
    "select",
    "svg",
    "head",
    "title",
)
_PUBLISHED = (
    "article:published_time",
    "date",
    "datepublished",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.issued",
    "pubdate",
    "publishdate",
    "sailthru.date",
)
_UPDATED = (
    "article:modified_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "og:updated_time",
)


def read_html(body: str, path: str, zone: ZoneInfo) -> Manuscript:
    """The manuscript of an HTML article; the title is empty if neither h1 nor head gives one.

    Raises UnsafeMarkupError for markup that can't be parsed safely.
    """
    refuse_bombs(body)
    root = _parse(_without_declaration(body))
    if root is None:
        return Manuscript(title="", html="")
    head = _Head(root, path, zone)
    manuscript = head.manuscript()
    main = _main(root)
    for element in list(main.iter(*_JUNK)):
        if element is not main:
            drop(element)
    for element in list(main.iter("header", "footer")):
        # The page's own, not the article's, where headline and credit may stand.
        if main.tag == "body" and element.getparent() is main and element.find(".//h1") is None:
            drop(element)
    manuscript.html = inner_html(main)
    return manuscript


def _without_declaration(body: str) -> str:
    # Not `sub`: searching for spaces at every place in the text would be quadratic.
    match = _DECLARATION.match(body)
    return body[match.end() :] if match else body


def _parse(body: str) -> etree._Element | None:
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        return lxml.html.document_fromstring(body.encode(), parser=parser)
    except etree.ParserError:  # nothing in it
        return None


def _main(root: etree._Element) -> etree._Element:
    articles = root.findall(".//article")
    if len(articles) == 1:
        return articles[0]
    for tag in ("main", "body"):
        found = root.find(f".//{tag}")
        if found is not None:
            return found
    return root


class _Head:
    """What the head of a page says, under the names that are in use."""

    def __init__(self, root: etree._Element, path: str, zone: ZoneInfo) -> None:
        self.root = root
        self.path = path
        self.zone = zone
        self.findings: list[Finding] = []
        self.meta: dict[str, list[str]] = {}
        for element in root.iter("meta"):
            name = element.get("name") or element.get("property") or element.get("itemprop") or ""
            content = squeeze(element.get("content") or "")
            if name and content:
                self.meta.setdefault(name.strip().lower(), []).append(content)

    def manuscript(self) -> Manuscript:
        base = self._base()
        return Manuscript(
            title=self._first("og:title") or self._element("title"),
            html="",
            byline=tuple(dict.fromkeys(self._authors())),
            rights=self._first("copyright", "dc.rights", "dcterms.rights"),
            summary=self._first("description", "og:description"),
            language=self._language(),
            section=self._first("article:section"),
            url=self._canonical(base),
            base=base,
            image=self._first("og:image"),
            keywords=tuple(dict.fromkeys(self._keywords())),
            published=self._moment(_PUBLISHED) or self._marked("datePublished"),
            updated=self._moment(_UPDATED) or self._marked("dateModified"),
            findings=self.findings,
        )

    def _first(self, *names: str) -> str:
        return next((self.meta[name][0] for name in names if name in self.meta), "")

    def _element(self, tag: str) -> str:
        found = self.root.find(f".//{tag}")
        return squeeze(found.text_content()) if found is not None else ""

    def _authors(self) -> list[str]:
        names = self.meta.get("author", []) or self.meta.get("article:author", [])
        names = names or self.meta.get("dc.creator", [])
        return [name[:120] for name in names if not is_web_address(name)]

    def _keywords(self) -> list[str]:
        lists = self.meta.get("keywords", []) + self.meta.get("news_keywords", [])
        words = [word.strip() for words in lists for word in words.split(",")]
        return [word[:80] for word in words + self.meta.get("article:tag", []) if word][:20]

    def _language(self) -> str:
        tag = (self.root.get("lang") or self.root.get("xml:lang") or "").replace("_", "-").strip()
        return tag if is_language(tag) else ""

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
                return address if is_web_address(address) else ""
        return ""

    def _moment(self, names: tuple[str, ...]) -> datetime | None:
        return self._read(self._first(*names))

    def _marked(self, itemprop: str) -> datetime | None:
        for element in self.root.iter("time"):
            if element.get("itemprop") == itemprop or (
                itemprop == "datePublished" and element.get("pubdate") is not None
            ):
                return self._read(element.get("datetime") or "")
        return None

    def _read(self, text: str) -> datetime | None:
        if not text:
            return None
        try:
            return parse_machine_date(text, self.zone)
        except (ValueError, OverflowError):
            self.findings.append(
                Finding(
                    severity=Severity.WARNING,
                    what=f"the page's metadata has a date that can't be read: `{text[:60]}`",
                    mend="write it as 2026-11-23T07:30:00+01:00, or give `date:` in front matter",
                    path=self.path,
                )
            )
            return None
