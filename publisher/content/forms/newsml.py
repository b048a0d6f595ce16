"""NewsML-G2 (IPTC): one news item with its metadata, and the text in NITF, XHTML or plain words."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from lxml import etree

from publisher.content.forms.fields import ChosenTag, Person, Picture, is_language, is_web_address
from publisher.content.forms.manuscript import Manuscript
from publisher.content.forms.nitf import read_nitf
from publisher.content.forms.paragraphs import paragraphs_of
from publisher.content.markup.tree import XML_LANG, inner_html, tidy, words_of
from publisher.content.naming.bylines import parse_byline
from publisher.content.naming.dateline import named_dateline
from publisher.content.naming.media_topics import media_topic, name_of
from publisher.content.text.characters import squeeze
from publisher.errors import ArticleError
from publisher.model import TagKind

# cpnature and the types that agencies give a subject, by what they end in.
_KINDS = {
    "person": TagKind.PERSON,
    "organisation": TagKind.ORGANISATION,
    "organization": TagKind.ORGANISATION,
    "geoarea": TagKind.PLACE,
    "poi": TagKind.PLACE,
    "city": TagKind.PLACE,
    "country": TagKind.PLACE,
}
_MOST_TAGS = 20
_MARKUP = re.compile(r"\s*<(?:p|div|section|h[1-6]|html|body)\b", re.IGNORECASE)


def text_items(root: etree._Element) -> list[etree._Element]:
    """The news items of a document that hold text; the order is the document's."""
    items = [root] if root.tag == "newsItem" else root.findall(".//newsItem")
    return [item for item in items if _is_text(item)]


def read_newsml(root: etree._Element, path: str, zone: ZoneInfo) -> Manuscript:
    """The manuscript of the one text in a NewsML-G2 document.

    Raises ArticleError where there is none, or more than one: a file is one article.
    """
    items = text_items(root)
    if len(items) != 1:
        raise ArticleError(
            f"{len(items)} texts stand in this message"
            if items
            else f"no text stands in this {root.tag}: pictures, films or what only names others",
            path=path,
            line=root.sourceline,
            mend="`publisher import FILE` makes an article of each"
            if items
            else "keep it out of the articles folder",
        )
    return _read_item(items[0], path, zone)


def _is_text(item: etree._Element) -> bool:
    kind = item.find("itemMeta/itemClass")
    told = (kind.get("qcode") or kind.get("uri") or "") if kind is not None else ""
    if told.rpartition(":")[2].rpartition("/")[2] not in {"text", "composite", ""}:
        return False
    return bool(_texts(item)) or _status(item) in {"canceled", "cancelled"}


def _texts(item: etree._Element) -> list[etree._Element]:
    return [
        element
        for element in item.findall("contentSet/*")
        if element.tag in {"inlineXML", "inlineData"} and words_of(element)
    ]


def _status(item: etree._Element) -> str:
    found = item.find("itemMeta/pubStatus")
    word = (found.get("qcode") or found.get("uri") or "") if found is not None else ""
    return word.rpartition(":")[2].rpartition("/")[2].lower()


def _read_item(item: etree._Element, path: str, zone: ZoneInfo) -> Manuscript:
    texts = _texts(item)
    inner = texts[0].find(".//nitf") if texts else None
    inner = texts[0][0] if inner is None and texts and _is_bare_nitf(texts[0]) else inner
    manuscript = (
        read_nitf(inner, path, zone) if inner is not None else Manuscript(title="", html="")
    )
    if inner is None and texts:
        # Of several renditions the first with markup says most.
        best = next((one for one in texts if one.tag == "inlineXML"), texts[0])
        manuscript.html = _html_of(best)
    item_meta, content = item.find("itemMeta"), item.find("contentMeta")
    _read_content(manuscript, item, etree.Element("none") if content is None else content)
    _read_meta(
        manuscript, item, etree.Element("none") if item_meta is None else item_meta, path, zone
    )
    manuscript.picture = _picture(item)
    return manuscript


def _is_bare_nitf(text: etree._Element) -> bool:
    return len(text) > 0 and text[0].find(".//body.content") is not None


def _html_of(text: etree._Element) -> str:
    if text.tag == "inlineXML":
        body = text.find(".//body")
        body = text if body is None else body
        tidy(body)
        return inner_html(body)
    words = "".join(text.itertext())
    kind = (text.get("contenttype") or "").lower()
    if "html" in kind or _MARKUP.match(words):
        return paragraphs_of(words, markup=True)
    return paragraphs_of(words)


def _read_meta(
    manuscript: Manuscript, item: etree._Element, meta: etree._Element, path: str, zone: ZoneInfo
) -> None:
    """Identity, dates and state (NewsML-G2 Implementation Guide, Item Metadata)."""

    def date(*places: str) -> tuple[str, str]:
        for place in places:
            found = item.find(place)
            if found is not None and (text := words_of(found)):
                return text, place
        return "", ""

    first, where = date("itemMeta/firstCreated", "contentMeta/contentCreated",
                        "itemMeta/versionCreated")  # fmt: skip
    published = manuscript.moment(first, f"NewsML's {where}", path, zone)
    if published:
        manuscript.published = published
        manuscript.origins["published"] = f"NewsML {where}"
    last, where = date("itemMeta/versionCreated", "contentMeta/contentModified")
    updated = manuscript.moment(last, f"NewsML's {where}", path, zone)
    if updated and manuscript.published and updated > manuscript.published:
        manuscript.updated = updated
    embargo = meta.find("embargoed")
    if embargo is not None:
        manuscript.embargo = manuscript.moment(words_of(embargo), "NewsML's embargoed", path, zone)
    manuscript.id = manuscript.story = squeeze(item.get("guid") or manuscript.id)
    manuscript.version = squeeze(item.get("version") or manuscript.version)
    note = meta.find("edNote")
    manuscript.take_state(_status(item), words_of(note) if note is not None else "", path)
    rights = item.find("rightsInfo/copyrightNotice")
    if rights is not None and words_of(rights):
        manuscript.rights = words_of(rights)
    language = item.find("contentMeta/language")
    told = (language.get("tag") if language is not None else "") or item.get(XML_LANG) or ""
    if is_language(told):
        manuscript.language = told


def _read_content(manuscript: Manuscript, item: etree._Element, content: etree._Element) -> None:
    """Headline, people, subjects (NewsML-G2 Implementation Guide, Content Metadata)."""
    headlines = content.findall("headline")
    main = next((one for one in headlines if "sub" not in (one.get("role") or "").lower()), None)
    slug = content.find("slugline")
    name = item.find("itemMeta/title")
    told = [words_of(one) for one in (main, name, slug) if one is not None]
    if main is None or not manuscript.title:
        told = [manuscript.title, *told]
    manuscript.title = next(filter(None, told), "")
    _read_people(manuscript, content)
    description = content.find("description")
    if description is not None and not manuscript.summary:
        manuscript.summary = words_of(description)
    dateline = content.find("dateline")
    located = content.find("located/name")
    for found in (dateline, located):
        if found is not None and manuscript.dateline is None:
            manuscript.dateline = named_dateline(words_of(found), "")
    manuscript.tags = manuscript.tags or _tags(content)


def _read_people(manuscript: Manuscript, content: etree._Element) -> None:
    if manuscript.authors:
        return
    printed = content.find("by")
    byline = None
    if printed is not None:
        byline = parse_byline(words_of(printed)) or parse_byline(f"By {words_of(printed)}")
    if byline is not None:
        manuscript.authors = tuple(Person(name) for name in byline.names)
        manuscript.credit = manuscript.credit or byline.credit
        return
    people = []
    for creator in (*content.findall("creator"), *content.findall("contributor")):
        name = creator.find("name")
        words = words_of(name) if name is not None else squeeze(creator.get("literal") or "")
        # Initials of who typed it, and the agency itself, are no authors.
        if " " in words and "role" not in creator.attrib:
            address = creator.get("uri") or ""
            people.append(Person(words, url=address if is_web_address(address) else ""))
    manuscript.authors = tuple(dict.fromkeys(people))


def _tags(content: etree._Element) -> tuple[ChosenTag, ...]:
    tags: dict[str, ChosenTag] = {}
    for subject in content.findall("subject"):
        name = subject.find("name")
        kind = (subject.get("type") or "").rpartition(":")[2].rpartition("/")[2].lower()
        code = media_topic(subject.get("qcode") or "") or media_topic(subject.get("uri") or "")
        words = words_of(name)[:80] if name is not None else ""
        if words := words or name_of(code):
            tags.setdefault(words.casefold(), ChosenTag(words, _KINDS.get(kind), code))
    for keyword in content.findall("keyword"):
        if words := words_of(keyword)[:80]:
            tags.setdefault(words.casefold(), ChosenTag(words))
    return tuple(tags.values())[:_MOST_TAGS]


def _picture(item: etree._Element) -> Picture | None:
    for remote in item.iter("remoteContent"):
        address = squeeze(remote.get("href") or "")
        kind = remote.get("contenttype") or ""
        if kind.startswith("image/") and is_web_address(address):
            alt = remote.find("altText")
            return Picture(address, words_of(alt) if alt is not None else "")
    return None
