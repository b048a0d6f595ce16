"""Ghost: the JSON that "Export your content" writes, of all its versions."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from publisher.content import items, parse_json, slugify, word
from publisher.errors import ArticleError
from publisher.exports.item import Finds, Item, Passed, Trouble, place_of
from publisher.exports.lexical import lexical_html

_HERE = "__GHOST_URL__"
_LONGEST_SUMMARY = 500


def is_ghost(start: bytes) -> bool:
    """Whether a JSON file that begins so may be such an export."""
    head = start.lstrip()[:4096]
    return head.startswith(b"{") and (b'"db"' in head or (b'"meta"' in head and b'"data"' in head))


def read_ghost(data: bytes, place: str, *, base: str = "", pages: bool = False) -> Finds:
    """The posts of an export, and its pages if they are wanted.

    `base` is the address of the site, for which the export has a mark. Raises ArticleError.
    """
    content = _content(parse_json(data.decode("utf-8-sig", "replace"), place), place)
    relations = _Relations(content)
    for post in _objects(content, "posts"):
        kind = word(post.get("type")) or ("page" if post.get("page") else "post")
        if kind == "page" and not pages:
            yield Passed("of the kind page (--pages brings them)")
            continue
        yield _read(post, relations, place, base.rstrip("/"))


def _content(value: Any, place: str) -> dict[str, Any]:
    """The tables, wherever this version of Ghost puts them."""
    for one in (*(items(value.get("db")) if isinstance(value, dict) else []), value):
        if isinstance(one, dict) and isinstance(one.get("data"), dict) and "posts" in one["data"]:
            data: dict[str, Any] = one["data"]
            return data
    raise ArticleError(
        "this JSON is no export of Ghost: there are no posts in it", path=place,
        mend="take Settings, Export content",
    )  # fmt: skip


def _objects(content: dict[str, Any], table: str) -> list[dict[str, Any]]:
    return [one for one in items(content.get(table)) if isinstance(one, dict)]


class _Relations:
    """Tags, people and further words of posts, joined by their ids."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._tags = {word(one.get("id")): one for one in _objects(content, "tags")}
        self._users = {word(one.get("id")): one for one in _objects(content, "users")}
        self._meta = {word(one.get("post_id")): one for one in _objects(content, "posts_meta")}
        self._tagged = self._join(content, "posts_tags", "tag_id")
        self._written = self._join(content, "posts_authors", "author_id")

    @staticmethod
    def _join(content: dict[str, Any], table: str, key: str) -> dict[str, list[str]]:
        joined: dict[str, list[str]] = defaultdict(list)
        for one in sorted(_objects(content, table), key=_order):
            joined[word(one.get("post_id"))].append(word(one.get(key)))
        return joined

    def tags(self, post: dict[str, Any]) -> list[str]:
        """Those that readers see: a name with # is for the theme."""
        names = (word(self._tags.get(key, {}).get("name")) for key in self._tagged[_id(post)])
        return [name for name in names if name and not name.startswith("#")]

    def authors(self, post: dict[str, Any]) -> list[dict[str, str]]:
        """Names and web addresses; their mail addresses stay where they are."""
        keys = self._written[_id(post)] or [word(post.get("author_id"))]
        people = (self._users.get(key, {}) for key in keys)
        told = ({"name": word(one.get("name")), "url": word(one.get("website"))} for one in people)
        return [{key: value for key, value in one.items() if value} for one in told if one["name"]]

    def meta(self, post: dict[str, Any]) -> dict[str, Any]:
        """Descriptions and captions, in a table of their own since Ghost 3."""
        return {**post, **self._meta.get(_id(post), {})}


def _order(one: dict[str, Any]) -> int:
    order = one.get("sort_order")
    return order if isinstance(order, int) else 0


def _id(post: dict[str, Any]) -> str:
    return word(post.get("id"))


def _read(post: dict[str, Any], relations: _Relations, place: str, base: str) -> Item | Trouble:
    lost: list[str] = []
    meta = relations.meta(post)
    title = word(post.get("title"))
    where = f"{place}, post {word(post.get('slug')) or _id(post)}"
    html = post.get("html")
    if not (isinstance(html, str) and html.strip()):
        if word(post.get("mobiledoc")):
            return Trouble("its text is there in an old notation of Ghost's alone",
                           "save the post again in Ghost, and export again", where)  # fmt: skip
        try:
            html = lexical_html(post["lexical"], where, lost) if word(post.get("lexical")) else ""
        except ArticleError as error:
            return Trouble(error.what, "save the post again in Ghost, and export again", where)
    slug = slugify(word(post.get("slug")) or title or _id(post))
    date = _moment(post.get("published_at")) or _moment(post.get("created_at"))
    updated = _moment(post.get("updated_at"))
    picture = _address(word(post.get("feature_image")), base, lost)
    summary = word(meta.get("custom_excerpt")) or word(meta.get("meta_description"))
    uuid = word(post.get("uuid"))
    draft = word(post.get("status")) not in {"published", "sent", "scheduled"}
    if word(post.get("visibility")) not in {"", "public"}:
        lost.append("what only members may read: it is kept as a draft")
        draft = True
    if any(word(meta.get(name)) for name in ("codeinjection_head", "codeinjection_foot")):
        lost.append("code that was put into the head or foot of a page")
    tags = relations.tags(post)
    front: dict[str, Any] = {
        "title": title,
        "id": f"urn:uuid:{uuid}" if uuid else "",
        "slug": slug,
        "date": date,
        "updated": updated if updated > date and not draft else "",
        "url": f"{base}/{slug}/" if base else "",
        "section": tags[0] if tags else "",
        "tags": tags[1:],
        "authors": relations.authors(post),
        "summary": summary[:_LONGEST_SUMMARY],
        "language": word(post.get("locale")),
        "canonical": word(post.get("canonical_url")),
        "image": _picture(picture, meta),
        "draft": draft,
    }
    body = _address(html, base, lost)
    return Item(where, place_of(date, slug, "html"), front, body, lost=lost,
                own_id=f"ghost/{_id(post) or slug}")  # fmt: skip


def _picture(src: str, meta: dict[str, Any]) -> dict[str, str]:
    if not src:
        return {}
    words = {"alt": word(meta.get("feature_image_alt")), "caption": _caption(meta)}
    return {"src": src, **{key: value for key, value in words.items() if value}}


def _caption(meta: dict[str, Any]) -> str:
    text = word(meta.get("feature_image_caption"))
    return "" if "<" in text else text


def _address(text: str, base: str, lost: list[str]) -> str:
    if _HERE in text and not base:
        lost.append("addresses within the site: give --base https://... to make them whole")
    return text.replace(_HERE, base) if base else text


def _moment(value: Any) -> str:
    """Ghost writes ISO 8601, in its oldest exports milliseconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return f"{datetime.fromtimestamp(value / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
        except (OverflowError, OSError, ValueError):
            return ""
    return word(value).replace(" ", "T", 1)
