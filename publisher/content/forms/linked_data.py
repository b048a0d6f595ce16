"""schema.org in a page: JSON-LD and microdata, as far as they speak of the article itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from publisher.content.forms.fields import Person, is_web_address
from publisher.content.forms.json_tree import items, word
from publisher.content.text.characters import squeeze

_ARTICLES = frozenset({
    "article", "newsarticle", "blogposting", "reportagenewsarticle", "analysisnewsarticle",
    "opinionnewsarticle", "reviewnewsarticle", "backgroundnewsarticle", "socialmediaposting",
    "liveblogposting", "techarticle", "scholarlyarticle", "report", "advertisercontentarticle",
})  # fmt: skip
_TEXTS = {
    "title": "headline",
    "summary": "description",
    "section": "articleSection",
    "published": "datePublished",
    "updated": "dateModified",
    "language": "inLanguage",
    "url": "url",
}
_LARGEST = 256 * 1024
_MOST_SCRIPTS = 20
_MOST_OBJECTS = 500


@dataclass(slots=True)
class Told:
    """What a vocabulary says of the article: texts under our names, people, keywords."""

    texts: dict[str, str] = field(default_factory=dict)
    authors: tuple[Person, ...] = ()
    keywords: tuple[str, ...] = ()


def read_linked_data(root: etree._Element) -> Told:
    """JSON-LD in script elements; what is no JSON, or speaks of other things, is passed over."""
    scripts = [one for one in root.iter("script")
               if (one.get("type") or "").strip().lower() == "application/ld+json"]  # fmt: skip
    for script in scripts[:_MOST_SCRIPTS]:
        text = script.text or ""
        try:
            value = json.loads(text, strict=False) if len(text) <= _LARGEST else None
        except (ValueError, RecursionError):
            continue
        for thing in _objects(value):
            if _types(thing) & _ARTICLES:
                return _told(thing)
    return Told()


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Objects at the top, in lists and in @graph; not those that are only mentioned."""
    waiting, seen = [value], 0
    while waiting and seen < _MOST_OBJECTS:
        seen += 1
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            yield one
            waiting += items(one.get("@graph"))


def _types(thing: dict[str, Any]) -> set[str]:
    return {word(one).rpartition("/")[2].lower() for one in items(thing.get("@type"))}


def _told(thing: dict[str, Any]) -> Told:
    told = Told()
    for name, key in _TEXTS.items():
        first = next(iter(items(thing.get(key))), None)
        if isinstance(first, dict):
            first = first.get("name") or first.get("alternateName") or first.get("@id")
        told.texts[name] = word(first)
    if not is_web_address(told.texts["url"]):
        page = thing.get("mainEntityOfPage")
        told.texts["url"] = word(page.get("@id") if isinstance(page, dict) else page)
    picture = next(iter(items(thing.get("image"))), None)
    if isinstance(picture, dict):
        told.texts["caption"] = word(picture.get("caption"))
        picture = picture.get("url") or picture.get("contentUrl") or picture.get("@id")
    told.texts["image"] = word(picture)
    told.authors = tuple(dict.fromkeys(_people(items(thing.get("author")))))
    words = [part.strip() for one in items(thing.get("keywords")) for part in word(one).split(",")]
    told.keywords = tuple(dict.fromkeys(filter(None, words)))
    return told


def _people(authors: list[Any]) -> Iterator[Person]:
    for one in authors:
        if isinstance(one, dict):
            address = word(next(iter(items(one.get("url"))), ""))
            for name in items(one.get("name")):
                if word(name):
                    yield Person(word(name)[:120], url=address if is_web_address(address) else "")
        elif (name := word(one)) and not is_web_address(name):
            yield Person(name[:120])


def read_microdata(root: etree._Element) -> Told:
    """Microdata of the first article on the page (HTML standard section 5, Microdata)."""
    for scope in root.iter():
        kind = (scope.get("itemtype") or "").strip().rpartition("/")[2].lower()
        if kind in _ARTICLES:
            return _told_by_properties(scope)
    return Told()


def _told_by_properties(scope: etree._Element) -> Told:
    told = Told()
    names = {key.lower(): name for name, key in _TEXTS.items()} | {"image": "image"}
    authors, keywords = [], []
    for element in scope.iter():
        for prop in (element.get("itemprop") or "").split():
            if prop == "author":
                authors += [Person(name) for name in _author_names(element)]
            elif prop == "keywords":
                keywords += [part.strip()[:80] for part in _value(element).split(",")]
            elif prop.lower() in names and not _belongs_to_another(element, scope):
                told.texts.setdefault(names[prop.lower()], _value(element))
    told.authors = tuple(dict.fromkeys(authors))
    told.keywords = tuple(dict.fromkeys(filter(None, keywords)))
    return told


def _author_names(element: etree._Element) -> list[str]:
    named = [_value(one) for one in element.iter() if one.get("itemprop") == "name"]
    return [name[:120] for name in named or [_value(element)] if name and not is_web_address(name)]


def _belongs_to_another(element: etree._Element, scope: etree._Element) -> bool:
    """Whether a property is that of a thing within the article (its publisher, a comment)."""
    if element is scope:
        return True
    for parent in element.iterancestors():
        if parent is scope:
            return False
        if parent.get("itemscope") is not None:
            return True
    return False


def _value(element: etree._Element) -> str:
    for name in ("content", "datetime", "src", "href"):
        if element.get(name):
            return squeeze(element.get(name) or "")
    return squeeze("".join(element.itertext()))
