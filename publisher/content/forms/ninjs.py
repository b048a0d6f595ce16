"""ninjs (IPTC), the versions 1, 2 and 3: a news article in JSON.

Version 3 writes every name in camelCase that 1 and 2 wrote in small letters, and 2 made lists of
what 1 had as `headline_...` and `body_...`; so names are compared without case and signs.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from publisher.content.forms.fields import ChosenTag, Person, Picture, is_language, is_web_address
from publisher.content.forms.json_tree import items, parse_json, word
from publisher.content.forms.manuscript import Manuscript
from publisher.content.forms.paragraphs import paragraphs_of
from publisher.content.naming.bylines import parse_byline
from publisher.content.naming.dateline import named_dateline
from publisher.content.naming.media_topics import media_topic, name_of
from publisher.errors import ArticleError
from publisher.model import TagKind

# By the names of version 1 and of 2 and 3.
_SUBJECTS = {
    "person": TagKind.PERSON,
    "people": TagKind.PERSON,
    "organisation": TagKind.ORGANISATION,
    "organisations": TagKind.ORGANISATION,
    "place": TagKind.PLACE,
    "places": TagKind.PLACE,
    "event": None,
    "events": None,
    "subject": None,
    "subjects": None,
}
_OTHER = {"picture", "photo", "image", "audio", "video", "graphic", "event", "planning", "package"}
_MARKUP = ("html", "xml", "nitf", "rich")
_TELLING = ("headline", "title", "type", "bod", "version")
_MOST_TAGS = 20


def read_ninjs(text: str, path: str, zone: ZoneInfo) -> Manuscript:
    """The manuscript of a ninjs document. Raises ArticleError for what holds no article."""
    value = parse_json(text, path)
    item = _plain(value) if isinstance(value, dict) else {}
    if not ({"uri", "guid"} & set(item)) or not any(key.startswith(_TELLING) for key in item):
        raise ArticleError(
            "this JSON is no ninjs article: it has no uri, or nothing that it is about",
            path=path,
            line=1,
            mend="`publisher import` knows other JSON files; or keep it out of the articles folder",
        )
    kind = word(item.get("type")).lower() or ("event" if "eventdetails" in item else "")
    if kind in _OTHER:
        raise ArticleError(
            f"it is no article: its type is {kind}",
            path=path,
            mend="keep it out of the articles folder; name pictures in the article",
        )
    manuscript = Manuscript(title=_title(item), html=_body(item), section=word(item.get("section")))
    _read_identity(manuscript, item, path, zone)
    _read_people(manuscript, item)
    manuscript.summary = _described(item, "description", "descriptions", "summary", "caption")
    manuscript.tags = _tags(item)
    manuscript.picture = _picture(item)
    return manuscript


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, one in value.items():
        plain.setdefault(key.replace("_", "").replace("-", "").lower(), one)
    return plain


def _parts(value: Any) -> list[dict[str, Any]]:
    """Objects in a list, or in a mapping by name (version 1)."""
    if isinstance(value, dict):
        value = list(value.values())
    return [_plain(one) for one in items(value) if isinstance(one, dict)]


def _title(item: dict[str, Any]) -> str:
    headlines = _parts(item.get("headlines"))
    main = [one for one in headlines if word(one.get("role")).lower() in {"", "main", "headline"}]
    told = [one.get("value") for one in (*main, *headlines)]
    # Version 1.6 has headline_main, headline_simple and whatever else an agency likes.
    told += [value for key, value in item.items() if key.startswith("headline")]
    told += [item.get("title"), item.get("slugline")]
    return next((words for one in told if (words := word(one))), "")


def _body(item: dict[str, Any]) -> str:
    """The text: with markup if it comes in several renditions."""
    texts = [
        (word(one.get("contenttype")).lower() + word(one.get("role")).lower(), one.get("value"))
        for one in _parts(item.get("bodies"))
    ]
    texts += [(key, value) for key, value in item.items() if key.startswith("body")]
    plain = ""
    for kind, text in texts:
        if isinstance(text, str) and text.strip():
            if any(mark in kind for mark in _MARKUP) or text.lstrip().startswith("<"):
                return paragraphs_of(text, markup=True)
            plain = plain or text
    return paragraphs_of(plain)


def _read_identity(manuscript: Manuscript, item: dict[str, Any], path: str, zone: ZoneInfo) -> None:
    manuscript.id = manuscript.story = word(item.get("uri")) or word(item.get("guid"))
    manuscript.version = word(item.get("version"))
    language = word(item.get("language")).replace("_", "-")
    manuscript.language = language if is_language(language) else ""
    for key in ("firstcreated", "contentcreated", "versioncreated"):
        place = f"ninjs's {key}"
        published = manuscript.moment(word(item.get(key)), place, path, zone)
        if published and manuscript.published is None:
            manuscript.published = published
            manuscript.origins["published"] = f"ninjs {key}"
        elif published and published > (manuscript.published or published):
            manuscript.updated = published
    manuscript.embargo = manuscript.moment(
        word(item.get("embargoed") or item.get("embargoeduntil")), "ninjs's embargoed", path, zone
    )
    manuscript.expires = manuscript.moment(word(item.get("expires")), "ninjs's expires", path, zone)
    manuscript.take_state(word(item.get("pubstatus")), word(item.get("ednote")), path)
    holder = word(item.get("copyrightholder"))
    manuscript.rights = word(item.get("copyrightnotice")) or (f"© {holder}" if holder else "")


def _read_people(manuscript: Manuscript, item: dict[str, Any]) -> None:
    printed = word(item.get("by")) or word(item.get("byline"))
    byline = parse_byline(printed) or parse_byline(f"By {printed}")
    if byline is not None:
        manuscript.authors = tuple(Person(name) for name in byline.names)
        manuscript.credit = byline.credit
    elif printed:
        manuscript.credit = printed
    authors = []
    for one in _parts(item.get("authors") or item.get("contributors")):
        address = word(one.get("uri") or one.get("url"))
        if name := word(one.get("name")):
            authors.append(Person(name, url=address if is_web_address(address) else ""))
    manuscript.authors = manuscript.authors or tuple(dict.fromkeys(authors))
    manuscript.dateline = named_dateline(word(item.get("located")), "")


def _described(item: dict[str, Any], *keys: str) -> str:
    for key in keys:
        for one in items(item.get(key)):
            text = word(_plain(one).get("value")) if isinstance(one, dict) else word(one)
            if text:
                return text
    return word(item.get("descriptiontext"))


def _tags(item: dict[str, Any]) -> tuple[ChosenTag, ...]:
    tags: dict[str, ChosenTag] = {}
    for key, kind in _SUBJECTS.items():
        for one in _parts(items(item.get(key))):
            code = media_topic(word(one.get("code")) or word(one.get("uri")))
            if name := word(one.get("name"))[:80] or name_of(code):
                tags.setdefault(name.casefold(), ChosenTag(name, kind, code))
    for key in ("keyword", "keywords"):
        for one in items(item.get(key)):
            if name := word(one)[:80]:
                tags.setdefault(name.casefold(), ChosenTag(name))
    return tuple(tags.values())[:_MOST_TAGS]


def _picture(item: dict[str, Any]) -> Picture | None:
    """The first picture that goes with the text, in its largest rendition."""
    for one in _parts(item.get("associations")):
        if word(one.get("type")).lower() not in {"picture", "photo", "image"}:
            continue
        best, width = "", -1
        for rendition in _parts(one.get("renditions")):
            address = word(rendition.get("href"))
            size = rendition.get("width")
            size = size if isinstance(size, int) else 0
            if is_web_address(address) and size > width:
                best, width = address, size
        if best:
            caption = _described(one, "description", "descriptions", "caption")
            alt = word(one.get("alttext")) or _title(one) or caption
            return Picture(best, alt, caption)
    return None
