"""Front matter of Hugo, Jekyll and Pelican, said with our own keys.

Each of them has its words for the same things. Ours win where both stand; what steers only their
own templates and menus is passed over without a word here, and named by `publisher import`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from publisher.content.forms.fields import KEYS
from publisher.content.forms.matter import Field

# Ours, and theirs in small letters (Hugo's are written publishDate or publishdate).
_SAME = {
    "updated": ("lastmod", "modified", "last_modified_at", "modified_date", "updated_at"),
    "summary": ("description", "excerpt", "subtitle"),
    "language": ("lang", "locale"),
    "expires": ("expirydate", "unpublishdate"),
    "image": ("featured_image", "featuredimage", "thumbnail", "images", "cover", "og_image"),
    "canonical": ("canonical_url", "canonicalurl"),
    "tags": ("tag",),
}
PASSED_OVER = frozenset({
    "aliases", "layout", "type", "weight", "toc", "menu", "math", "mathjax", "katex", "markup",
    "outputs", "cascade", "sitemap", "linktitle", "series", "resources", "params", "comments",
    "pin", "sticky", "template", "save_as", "translation", "redirect_from", "redirect_to",
    "excerpt_separator", "headless", "iscjklanguage", "showtoc", "permalink", "keywords", "header",
    "sidebar", "classes", "toc_sticky", "read_time", "share", "related_posts", "build", "_build",
    "status", "published", "category", "categories", "publishdate", "render_with_liquid", "robots",
    "hidden", "featured", "disable_comments", "menus", "topics", "robotsnoindex", "hidemeta",
    "nav_order", "parent", "has_children", "usepagebundles", "tocopen", "author_profile",
    "search", "social_image", "uuid", "showdate", "noindex", "translationkey", "eleventynavigation",
})  # fmt: skip


@dataclass(slots=True)
class Understood:
    """Front matter in our keys; `left` are keys that were understood and mean nothing here."""

    fields: dict[str, Field]
    left: dict[str, Field] = field(default_factory=dict)


def understand(fields: dict[str, Field]) -> Understood:
    """Say front matter with our own keys."""
    if fields.keys() <= _OURS and not _has_odd_image(fields):
        return Understood(fields)
    theirs = {key.lower(): one for key, one in fields.items() if key not in _OURS}
    ours = {key: one for key, one in fields.items() if key in _OURS}
    for key, names in _SAME.items():
        found = next((theirs.pop(name) for name in names if name in theirs), None)
        if found is not None and key not in ours and (value := _fitting(key, found)):
            ours[key] = value
    if _has_odd_image(ours) and (value := _fitting("image", ours.pop("image"))):
        ours["image"] = value
    _take_categories(ours, theirs)
    _take_states(ours, theirs)
    left = {key: one for key, one in theirs.items() if key in PASSED_OVER}
    if left and _has_path(ours):
        left["url"] = ours.pop("url")
    rest = theirs.keys() - left.keys()
    unknown = {key: one for key, one in fields.items() if key not in _OURS and key.lower() in rest}
    return Understood({**ours, **unknown}, left)


_OURS = frozenset(KEYS)


def _has_path(fields: dict[str, Field]) -> bool:
    """Whether `url` is Hugo's: the path of the page within the site that it came from."""
    url = fields.get("url")
    return url is not None and isinstance(url.value, str) and url.value.startswith("/")


def _has_odd_image(fields: dict[str, Field]) -> bool:
    """Whether `image` is a list, or a mapping with the path that Jekyll's themes know."""
    image = fields.get("image")
    if image is None or isinstance(image.value, str):
        return False
    return isinstance(image.value, list) or "path" in image.value


def _fitting(key: str, found: Field) -> Field | None:
    """The value in the shape that our key has."""
    if key == "tags":
        return found
    if key != "image" or isinstance(found.value, str):
        return found if isinstance(found.value, str) else None
    if isinstance(found.value, list):
        first = _fitting(key, found.value[0]) if found.value else None
        return Field(first.value, first.line, found.key_line) if first else None
    parts = {name.lower(): one for name, one in found.value.items()}
    src = next((parts[name] for name in ("src", "image", "path", "url") if name in parts), None)
    if src is None or not isinstance(src.value, str):
        return None
    kept = {"src": src}
    kept |= {name: parts[name] for name in ("alt", "caption") if name in parts}
    return Field(kept, found.line, found.key_line)


def _take_categories(ours: dict[str, Field], theirs: dict[str, Field]) -> None:
    """The first category is the section, the others are tags."""
    found = theirs.pop("category", None) or theirs.pop("categories", None)
    theirs.pop("categories", None)
    if found is None or found.empty:
        return
    names = found.value if isinstance(found.value, list) else [found]
    names = [one for one in names if isinstance(one.value, str) and one.value]
    if names and "section" not in ours:
        first, *names = names
        ours["section"] = Field(first.value, first.line, found.key_line)
    tags = ours.get("tags")
    if names and (tags is None or isinstance(tags.value, list)):
        before = list(tags.value) if tags is not None and isinstance(tags.value, list) else []
        line = tags if tags is not None else found
        ours["tags"] = Field([*before, *names], line.line, line.key_line)


def _take_states(ours: dict[str, Field], theirs: dict[str, Field]) -> None:
    published, status = theirs.get("published"), theirs.get("status")
    if published is not None and isinstance(published.value, str):
        word = published.value.lower()
        if word in {"false", "no", "off"}:
            ours.setdefault("draft", Field("true", published.line, published.key_line))
        elif word[:4].isdigit():
            ours.setdefault("date", published)
        theirs.pop("published")
    if status is not None and isinstance(status.value, str):
        if status.value.lower() in {"draft", "skip"}:
            ours.setdefault("draft", Field("true", status.line, status.key_line))
        elif status.value.lower() == "hidden":
            hidden = Field("*", status.line, status.key_line)
            ours.setdefault("exclude_from_feeds", hidden)
        theirs.pop("status")
    when = theirs.pop("publishdate", None)
    if when is not None:
        # Hugo shows nothing before it; `date` is what it prints.
        ours.setdefault("embargo" if "date" in ours else "date", when)
