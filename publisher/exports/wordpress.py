"""WordPress: WXR, the RSS with more in it that its export writes (versions 1.0 to 1.2).

An export may have hundreds of megabytes, so it is read as a stream, twice: what a post refers to
(pictures, people) may stand behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any, BinaryIO

from lxml import etree

from publisher.content import is_uri, is_web_address, media_type, slugify
from publisher.errors import ArticleError
from publisher.exports.item import Finds, Item, Passed, Trouble, place_of
from publisher.exports.shortcodes import without_shortcodes
from publisher.exports.xml_stream import elements

_NO_ARTICLES = frozenset({
    "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache",
    "wp_global_styles", "wp_navigation", "wp_template", "wp_template_part", "wp_block",
    "user_request", "attachment", "wp_font_face", "wp_font_family",
})  # fmt: skip
_NEVER = "0000-00-00"
_DESCRIPTIONS = ("_yoast_wpseo_metadesc", "rank_math_description", "_aioseo_description")


@dataclass(slots=True)
class _Around:
    """What posts refer to: people by login, pictures by the number of their post."""

    people: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)
    language: str = ""


def is_wordpress(start: bytes) -> bool:
    """Whether a file that begins so is such an export."""
    return b"wordpress.org/export/" in start


def read_wordpress(stream: BinaryIO, place: str, *, pages: bool = False) -> Finds:
    """The posts of an export, and its pages if they are wanted, one at a time."""
    around = _look_around(stream)
    stream.seek(0)
    problems: list[Trouble] = []
    for element in elements(stream, {"item"}, place, problems):
        try:
            yield from _read(element, around, place, pages=pages)
        except ArticleError as error:
            yield Trouble(error.what, error.mend, place, element.sourceline)
    yield from problems


def _look_around(stream: BinaryIO) -> _Around:
    around = _Around()
    for element in elements(stream, {"item", "author", "language"}, "", []):
        texts = _texts(element)
        if element.tag == "language":
            around.language = around.language or (element.text or "").strip()
        elif element.tag == "author":
            name = texts.get("author_display_name") or " ".join(
                filter(None, (texts.get("author_first_name"), texts.get("author_last_name")))
            )
            around.people[texts.get("author_login", "")] = name or texts.get("author_login", "")
        elif texts.get("post_type") == "attachment":
            metas = _metas(element)
            around.pictures[texts.get("post_id", "")] = {
                "src": texts.get("attachment_url") or texts.get("guid", ""),
                "alt": metas.get("_wp_attachment_image_alt", "") or texts.get("title", ""),
                "caption": _plain(texts.get("excerpt.encoded", "")),
            }
    return around


def _texts(element: etree._Element) -> dict[str, str]:
    """The children that hold text, by name; the excerpt has the same name as the content."""
    texts: dict[str, str] = {}
    for child in element:
        if isinstance(child.tag, str) and not len(child):
            texts.setdefault(child.tag, (child.text or "").strip("\n"))
    return texts


def _metas(element: etree._Element) -> dict[str, str]:
    metas = {}
    for meta in element.findall("postmeta"):
        texts = _texts(meta)
        metas[texts.get("meta_key", "")] = texts.get("meta_value", "").strip()
    return metas


def _read(element: etree._Element, around: _Around, place: str, *, pages: bool) -> Finds:
    texts = _texts(element)
    kind, status = texts.get("post_type", "post") or "post", texts.get("status", "publish")
    if kind in _NO_ARTICLES or status in {"trash", "auto-draft", "inherit"}:
        if kind not in _NO_ARTICLES:
            yield Passed(f"what was in the bin or never saved ({status})")
        return
    if kind != "post" and not (kind == "page" and pages):
        hint = " (--pages brings them)" if kind == "page" else ""
        yield Passed(f"of the kind {kind}{hint}")
        return
    yield _item(element, texts, around, place)


def _item(element: etree._Element, texts: dict[str, str], around: _Around, place: str) -> Item:
    lost: list[str] = []
    metas = _metas(element)
    sections, tags = _terms(element, lost)
    number = texts.get("post_id", "")
    date = _date(texts, "post_date")
    updated = _date(texts, "post_modified")
    title = _plain(texts.get("title", ""))
    slug = texts.get("post_name") or title or f"post-{number}"
    link, guid = texts.get("link", "").strip(), texts.get("guid", "").strip()
    picture = around.pictures.get(metas.get("_thumbnail_id", ""), {})
    comments = len(element.findall("comment"))
    if comments:
        lost.append("comments")
    body = without_shortcodes(_html(texts.get("encoded", "")), lost)
    front: dict[str, Any] = {
        "title": title,
        "id": guid if is_uri(guid) else link if is_uri(link) else "",
        "slug": slugify(slug),
        "date": date,
        "updated": updated if updated > date else "",
        "url": link if is_web_address(link) else "",
        "section": sections[0] if sections else "",
        "tags": list(dict.fromkeys([*sections[1:], *tags])),
        "authors": _authors(element, texts, around),
        "summary": _plain(texts.get("excerpt.encoded", "")) or _description(metas),
        "language": around.language if len(around.language) < 12 else "",
        "image": {key: value for key, value in picture.items() if value},
        "enclosures": _enclosures(metas.get("enclosure", "")),
        "draft": _is_draft(texts, lost),
    }
    return Item(
        place=f"{place}, post {number}" if number else place,
        path=place_of(date, front["slug"], "html"),
        front=front,
        body=body,
        lost=lost,
        own_id=f"wordpress/{number or slugify(slug)}",
    )


def _terms(element: etree._Element, lost: list[str]) -> tuple[list[str], list[str]]:
    sections, tags = [], []
    for term in element.findall("category"):
        name, domain = " ".join((term.text or "").split()), term.get("domain", "category")
        if not name:
            continue
        if domain == "category":
            if term.get("nicename") != "uncategorized":
                sections.append(name)
        elif domain in {"post_tag", "tag"}:
            tags.append(name)
        elif domain != "author":  # read with the authors
            lost.append(f"the {domain} of posts")
    return list(dict.fromkeys(sections)), list(dict.fromkeys(tags))


def _authors(element: etree._Element, texts: dict[str, str], around: _Around) -> list[str]:
    """Who wrote it; the plug-in for several of them writes each as a term."""
    several = [" ".join((one.text or "").split()) for one in element.findall("category")
               if one.get("domain") == "author"]  # fmt: skip
    login = texts.get("creator", "")
    return [one for one in several if one] or [
        one for one in (around.people.get(login, login),) if one
    ]


def _enclosures(told: str) -> list[dict[str, str]]:
    """The file that a post goes with: WordPress keeps address, bytes and type on a line each."""
    url, length, kind = [*(line.strip() for line in told.split("\n")), "", "", ""][:3]
    if not is_web_address(url):
        return []
    kind = kind if "/" in kind else media_type(url)
    return [{"url": url, "length": length if length.isdigit() else "", "type": kind}]


def _date(texts: dict[str, str], name: str) -> str:
    """The moment in UTC where the export has it, else as the site's clock showed it."""
    utc = texts.get(f"{name}_gmt", "").strip()
    if utc and not utc.startswith(_NEVER):
        return f"{utc}Z".replace(" ", "T")
    here = texts.get(name, "").strip()
    return here if here and not here.startswith(_NEVER) else ""


def _is_draft(texts: dict[str, str], lost: list[str]) -> bool:
    if texts.get("post_password", "").strip():
        lost.append("passwords: what needed one is kept as a draft")
        return True
    status = texts.get("status", "publish")
    if status == "private":
        lost.append("privacy: what was private is kept as a draft")
    return status not in {"publish", "future"}


def _description(metas: dict[str, str]) -> str:
    found = next((metas[name] for name in _DESCRIPTIONS if metas.get(name)), "")
    return "" if "%%" in found else _plain(found)


def _plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^<>]*>", " ", html)).split())


_BLOCK = re.compile(
    r"<(?:p|div|ul|ol|dl|table|blockquote|pre|h[1-6]|figure|hr|section|article)\b", re.IGNORECASE
)
_HOLDER = re.compile(r"<(/?)(?:ul|ol|dl|table|blockquote|pre|div|figure|section)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\n[ \t]*\n|(?=<p[\s>])|(?<=</p>)", re.IGNORECASE)
_GUTENBERG = "<!-- wp:"


def _html(content: str) -> str:
    """The text with its paragraphs: the classic editor leaves blank lines for WordPress to mark."""
    if _GUTENBERG in content:
        return content
    blocks: list[str] = []
    inside = 0  # how many elements are open in which blank lines are no paragraphs
    for block in _BETWEEN.split(content.replace("\r\n", "\n")):
        text = block.strip("\n")
        if not text.strip():
            continue
        is_block = inside > 0 or _BLOCK.match(text.lstrip()) is not None
        inside = max(0, inside + sum(-1 if one[1] else 1 for one in _HOLDER.finditer(text)))
        blocks.append(text if is_block else "<p>" + text.replace("\n", "<br>\n") + "</p>")
    return "\n\n".join(blocks)
