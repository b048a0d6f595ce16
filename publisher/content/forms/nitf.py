"""NITF 3 (IPTC): a news article with headline, byline, dateline, and what its desk says of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from lxml import etree

from publisher.content.forms.fields import ChosenTag, Person, Picture, is_language, is_web_address
from publisher.content.forms.manuscript import Manuscript
from publisher.content.markup.media import PUBLISHABLE, extension
from publisher.content.markup.tree import XML_LANG, drop, inner_html, tidy, words_of
from publisher.content.naming.bylines import parse_byline
from publisher.content.naming.dateline import named_dateline
from publisher.content.naming.media_topics import media_topic, name_of
from publisher.content.text.characters import squeeze
from publisher.model import TagKind

# NITF 3.6: what identifies in running text (enriched text) or in identified-content.
_KINDS = {
    "person": TagKind.PERSON,
    "org": TagKind.ORGANISATION,
    "location": TagKind.PLACE,
    "event": TagKind.TOPIC,
    "object.title": TagKind.TOPIC,
}
_RENAMED = {"bq": "blockquote", "hl2": "h2", "hl1": "h1", "block": "div", "pronounce": "span"}
_NO_TEXT = ("media-metadata", "media-producer", "media-object", "nitf-table-metadata")
_MOST_TAGS = 20


def read_nitf(root: etree._Element, path: str, zone: ZoneInfo) -> Manuscript:
    """The manuscript of a NITF document, or of one that stands in a NewsML-G2 item."""
    manuscript = Manuscript(title=_title(root), html="", language=_language(root))
    top, data = root.find(".//body.head"), root.find(".//docdata")
    if top is not None:
        _read_top(manuscript, top)
    if data is not None:
        _read_docdata(manuscript, data, path, zone)
    _read_dates(manuscript, root, path, zone)
    pubdata = root.find(".//pubdata")
    if pubdata is not None:
        manuscript.section = squeeze(pubdata.get("position.section") or "")
    manuscript.tags = _tags(root)
    content = root.find(".//body.content")
    if content is not None:
        manuscript.html = _body(content)
    return manuscript


def _title(root: etree._Element) -> str:
    places = (root.find(".//hl1"), root.find(".//hedline"), root.find("head/title"))
    return next((words_of(one) for one in places if one is not None and words_of(one)), "")


def _read_top(manuscript: Manuscript, top: etree._Element) -> None:
    """What is printed above the text: who wrote it, where, for whom, and in short what."""
    names: list[str] = []
    notes: list[str] = []
    for byline in top.iter("byline"):
        for role in byline.findall(".//byttl"):
            notes.append(words_of(role))
            drop(role)
        people = [words_of(person) for person in byline.iter("person")]
        printed = words_of(byline)
        found = parse_byline(printed) or parse_byline(f"By {printed}")
        if people or found:
            names += people or list(found.names if found else ())
            notes += [found.credit] if found and not people else []
        elif printed:
            notes.append(printed)
    distributor = top.find("distributor")
    if distributor is not None:
        notes.append(words_of(distributor))
    manuscript.authors = tuple(Person(name) for name in dict.fromkeys(filter(None, names)))
    manuscript.credit = "; ".join(dict.fromkeys(filter(None, notes)))
    abstract = top.find("abstract")
    manuscript.summary = words_of(abstract) if abstract is not None else ""
    rights = top.find("rights")
    manuscript.rights = words_of(rights) if rights is not None else ""
    line = top.find("dateline")
    if line is not None:
        place, date = line.find("location"), line.find("story.date")
        day = words_of(date) if date is not None else ""
        printed = words_of(place) if place is not None else words_of(line).removesuffix(day)
        manuscript.dateline = named_dateline(printed, day)


def _read_docdata(manuscript: Manuscript, data: etree._Element, path: str, zone: ZoneInfo) -> None:
    """Identity, state and how long it is fit for readers (NITF 3.6, docdata)."""
    release, expire = (
        _attribute(data, "date.release", "norm"),
        _attribute(data, "date.expire", "norm"),
    )
    manuscript.embargo = manuscript.moment(release, "NITF's date.release", path, zone)
    manuscript.expires = manuscript.moment(expire, "NITF's date.expire", path, zone)
    manuscript.id = _attribute(data, "doc-id", "id-string")
    manuscript.story = _attribute(data, "du-key", "key")
    manuscript.version = _attribute(data, "du-key", "version")
    manuscript.correction = _attribute(data, "correction", "info")
    manuscript.take_state(
        data.get("management-status") or "", _attribute(data, "ed-msg", "info"), path
    )
    manuscript.rights = manuscript.rights or _copyright(data)


def _read_dates(manuscript: Manuscript, root: etree._Element, path: str, zone: ZoneInfo) -> None:
    """When it was published: as its issue says, else its publication, else its dateline."""
    for tag, name in (
        ("date.issue", "norm"),
        ("pubdata", "date.publication"),
        ("story.date", "norm"),
    ):
        found = root.find(f".//{tag}")
        text = found.get(name) if found is not None else None
        manuscript.published = manuscript.moment(text, f"NITF's {tag}", path, zone)
        if manuscript.published:
            manuscript.origins["published"] = f"NITF {tag}"
            return


def _attribute(data: etree._Element, tag: str, name: str) -> str:
    found = data.find(tag)
    return squeeze(found.get(name) or "") if found is not None else ""


def _copyright(data: etree._Element) -> str:
    found = data.find("doc.copyright")
    if found is None:
        return ""
    return " ".join(filter(None, ("©", found.get("year"), found.get("holder"))))


def _tags(root: etree._Element) -> tuple[ChosenTag, ...]:
    tags: list[ChosenTag] = []
    for part in root.iter("identified-content"):
        for element in part:
            code = media_topic(element.get("value") or "")
            name = words_of(element) or squeeze(element.get("value") or "")
            if code:
                tags.append(ChosenTag(words_of(element)[:80] or name_of(code), None, code))
            elif name and element.tag != "classifier":
                tags.append(ChosenTag(name[:80], _KINDS.get(str(element.tag))))
    for subject in root.iter("tobject.subject"):
        name = subject.get("tobject.subject.matter") or subject.get("tobject.subject.type") or ""
        tags.append(ChosenTag(squeeze(name)[:80]))
    tags += [ChosenTag(squeeze(one.get("key") or "")[:80]) for one in root.iter("keyword")]
    wanted: dict[str, ChosenTag] = {}
    for tag in tags:
        # "POL:POLITICS" and "HONDURAS-GOVERNMENT" are codes and slugs, not words for readers.
        if tag.name and not (tag.name.isupper() and len(tag.name) > 5) and ":" not in tag.name:
            wanted.setdefault(tag.name.casefold(), tag)
    return tuple(wanted.values())[:_MOST_TAGS]


def _body(content: etree._Element) -> str:
    """The text as HTML: NITF's elements are HTML's but for a few."""
    for media in list(content.iter("media")):
        _as_figure(media)
    for element in content.iter():
        if element.tag in _NO_TEXT:
            drop(element)
        elif isinstance(element.tag, str):
            element.tag = _RENAMED.get(element.tag, element.tag)
    tidy(content)
    return inner_html(content)


def _as_figure(media: etree._Element) -> None:
    """A picture with its caption; sound and film are left to whoever has a player for them."""
    picture = _picture(media)
    media.clear(keep_tail=True)
    if picture is None:
        media.tag = "script"  # the sanitiser takes it away
        return
    media.tag = "figure"
    etree.SubElement(media, "img", src=picture.src, alt=picture.alt)
    if picture.caption:
        etree.SubElement(media, "figcaption").text = picture.caption


def _picture(media: etree._Element) -> Picture | None:
    reference = media.find("media-reference")
    if reference is None or (media.get("media-type") or "image").lower() not in {"image", "photo"}:
        return None
    source = squeeze(reference.get("source") or "")
    if not is_web_address(source) and extension(source) not in PUBLISHABLE:
        return None  # a name in the archive of the agency
    caption = media.find("media-caption")
    words = words_of(caption) if caption is not None else ""
    alt = squeeze(reference.get("alternate-text") or "")
    return Picture(source, alt or words, words) if source else None


def _language(root: etree._Element) -> str:
    told = root.get("baselang") or root.get(XML_LANG) or root.get("lang") or ""
    return told if is_language(told) else ""
