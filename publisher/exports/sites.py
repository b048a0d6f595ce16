"""Sites of Hugo, Jekyll and Pelican, or any folder of articles with front matter."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any, Literal
from zoneinfo import ZoneInfo

from publisher.content import Field, is_web_address, named_day, slug_of_path, split_any, understand
from publisher.content.forms.decode import decode
from publisher.content.forms.fields import KEYS
from publisher.content.markup.media import PUBLISHABLE, extension
from publisher.content.text.dates import parse_moment
from publisher.errors import ArticleError
from publisher.exports.item import Finds, Folder, Item, Passed, Trouble
from publisher.exports.liquid import without_tags
from publisher.exports.restructured import Restructured, read_restructured
from publisher.model import Article
from publisher.valueclass import valueclass

Maker = Literal["hugo", "jekyll", "pelican", "folder"]
_RESTRUCTURED = ("rst", "rest")
_ARTICLES = ("md", "markdown", "mdown", "html", "htm", "txt", *_RESTRUCTURED)
_NOT_READ = ("org", "adoc", "asciidoc", "ipynb", "textile")
_HUGO = re.compile(r"(?:^|/)(?:hugo\.(?:toml|ya?ml|json)|config\.(?:toml|ya?ml)|config/_default/)")
_GENERATED = re.compile(
    r"(?:^|/)(?:_site|public|output|node_modules|vendor|themes?|layouts|_layouts|_includes|_sass|"
    r"archetypes|resources|\.git|\.github|\.bundle|__pycache__|_data|i18n|assets/js)/"
)
# Where files with an address from the root of the site lie.
_ROOTS = {
    "hugo": ("static/", "assets/", "content/"),
    "jekyll": ("",),
    "pelican": ("content/", "content/extra/"),
    "folder": ("", "static/"),
}
_IMAGE = re.compile(r"!\[[^\]]{0,500}\]\(\s*<?([^)\s>]{1,500})>?")
_SRC = re.compile(r"\b(?:src|href|poster)\s*=\s*[\"']([^\"'<>]{1,500})[\"']", re.IGNORECASE)
_PELICAN_CONF = re.compile(r"(?:^|/)pelican\.?conf\w*\.py$")
_PELICAN = re.compile(r"\{(?:static|attach|filename)\}|\|(?:static|attach|filename)\|")


@valueclass(kw_only=False)
class _Site:
    folder: Folder
    maker: Maker
    names: frozenset[str]
    max_bytes: int
    base: str


def maker_of(names: list[str]) -> Maker:
    """Which program a folder belongs to, by what lies in it."""
    if any(_PELICAN_CONF.search(name) for name in names):
        return "pelican"
    if any(name.startswith("_posts/") or "/_posts/" in name or name == "_config.yml"
           for name in names):  # fmt: skip
        return "jekyll"
    if any(_HUGO.search(name) for name in names) and any("content/" in name for name in names):
        return "hugo"
    return "folder"


def read_site(folder: Folder, *, base: str = "", pages: bool = False, max_bytes: int) -> Finds:
    """The articles of a site, and its pages if they are wanted; `base` is the site's address."""
    names = list(folder.names())
    site = _Site(folder, maker_of(names), frozenset(names), max_bytes, base)
    for name in names:
        kind = extension(name)
        if _GENERATED.search(name) or posixpath.basename(name).startswith((".", "#")):
            continue
        if kind in _NOT_READ and _is_post(site, name):
            yield Trouble(f"articles in .{kind} are not read", "make Markdown or HTML of it", name)
        elif kind in _ARTICLES:
            yield from _read_file(site, name, pages=pages)


def _is_post(site: _Site, name: str) -> bool:
    """Whether a file is an article and no page, list or note beside them."""
    base = posixpath.basename(name)
    if site.maker == "jekyll":
        return "_posts/" in name or "_drafts/" in name
    if site.maker == "hugo":
        inside = "content/" in name and not base.startswith("_index.")
        return inside and name.partition("content/")[2].count("/") >= 1
    if site.maker == "pelican":
        return name.startswith("content/") and not name.startswith("content/pages/")
    return not base.startswith("_") and base.lower() not in {"readme.md", "license.md"}


def _is_page(site: _Site, name: str) -> bool:
    base = posixpath.basename(name)
    if site.maker == "jekyll":
        return "/" not in name or "_pages/" in name
    if site.maker == "hugo":
        return name.startswith("content/") and not base.startswith("_index.")
    return name.startswith("content/")


def _read_file(site: _Site, name: str, *, pages: bool) -> Finds:
    post, page = _is_post(site, name), _is_page(site, name)
    if not post and not page:
        return
    try:
        data = site.folder.read(name)
        text = decode(Article(path=name, data=data), max_bytes=site.max_bytes, html=True).text
        fields, body, lost = _take_apart(text, name)
        fields = _in_small_letters(fields)
    except ArticleError as error:
        yield Trouble(error.what, error.mend, error.path or name, error.line)
        return
    if not fields and site.maker != "folder" and not (post and site.maker == "hugo"):
        return  # without front matter these programs copy a file as it is
    if not post and not pages:
        yield Passed("of the kind page (--pages brings them)")
        return
    yield _item(site, name, fields, body, lost)


def _take_apart(text: str, name: str) -> Restructured:
    """Front matter, body, and what is lost of it already."""
    if extension(name) in _RESTRUCTURED:
        return read_restructured(text, name)
    split = split_any(text, name)
    return Restructured(split.fields, split.body, [])


def _item(site: _Site, name: str, fields: dict[str, Field], body: str, lost: list[str]) -> Item:
    understood = understand(_with_lists(fields) if site.maker == "jekyll" else fields)
    front = {key: _plain(one) for key, one in understood.fields.items() if key in KEYS}
    unknown = understood.left.keys() | understood.fields.keys() - front.keys()
    lost += [f"the key {key}" for key in sorted(unknown - {"layout", "type"})]
    if "_drafts/" in name:
        front["draft"] = True
    if isinstance(front.get("draft"), str):
        front["draft"] = front["draft"].lower() in {"true", "yes", "on", "1"}
    if (day := named_day(name)) is not None and not _is_moment(front.get("date")):
        if front.get("date"):
            lost.append("a date that is none: that of the file's name stands")
        front["date"] = day.isoformat()
    if not front.get("slug"):
        front["slug"] = slug_of_path(name)
    _complete_address(site, front, lost)
    if site.maker != "pelican":  # whose articles say {{ and {% to their readers alone
        body = without_tags(body, lost)
    item = Item(name, _path(site, name), front, body, lost=lost)
    _take_files(site, name, item)
    return item


def _in_small_letters(fields: dict[str, Field]) -> dict[str, Field]:
    """Keys that we know, however they are written: Hugo and Pelican take `Title` for `title`."""
    small = {
        key: one for key, one in fields.items() if (own := key.lower()) == key or own not in KEYS
    }
    return small | {
        key.lower(): one
        for key, one in fields.items()
        if key not in small and key.lower() not in small
    }


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(parse_moment(value, ZoneInfo("UTC")))
    except ValueError:
        return False


def _complete_address(site: _Site, front: dict[str, Any], lost: list[str]) -> None:
    """Hugo's and Jekyll's `url` may be a path within the site."""
    path = front.get("url")
    if not isinstance(path, str) or not path or is_web_address(path):
        return
    front["url"] = f"{site.base.rstrip('/')}/{path.lstrip('/')}" if site.base else ""
    if not site.base:
        lost.append("an address within the site: give --base https://... to make it whole")


def _with_lists(fields: dict[str, Field]) -> dict[str, Field]:
    """Jekyll takes `tags: one two` as two."""
    listed = dict(fields)
    for key in ("tags", "categories"):
        field = fields.get(key)
        if field is not None and isinstance(field.value, str) and "," not in field.value:
            parts = [Field(one, field.line, field.key_line) for one in field.value.split()]
            listed[key] = Field(parts, field.line, field.key_line)
    return listed


def _plain(field: Field) -> Any:
    if isinstance(field.value, dict):
        return {key: _plain(one) for key, one in field.value.items()}
    if isinstance(field.value, list):
        return [_plain(one) for one in field.value]
    return field.value


def _path(site: _Site, name: str) -> str:
    """The path within the site, without the folders that only mean something to its program."""
    for prefix in ("content/", "_posts/", "_drafts/"):
        before, found, after = name.partition(prefix)
        if found and site.maker != "folder":
            name = before + after
    stem, _, ending = name.rpartition(".")
    ending = "md" if ending in {"markdown", "mdown"} else ending
    ending = "html" if ending in _RESTRUCTURED else ending
    return "/".join(part.lstrip("._") or "x" for part in f"{stem}.{ending}".split("/"))


def _take_files(site: _Site, name: str, item: Item) -> None:
    """Pictures and files of the site that a text names, to stand beside it."""
    for address in dict.fromkeys(_addresses(item)):
        source = _find(site, name, address)
        if source is None:
            continue
        beside = posixpath.basename(source)
        number = 1
        while item.files.get(beside, source) != source:
            number += 1
            stem, _, ending = posixpath.basename(source).rpartition(".")
            beside = f"{stem}-{number}.{ending}"
        item.files[beside] = source
        if address != beside:
            # Only where it stands as an address: between quotes or brackets.
            written = rf"(?<=[\"'(<]){re.escape(address)}(?=[\"')>\s])"
            item.body = re.sub(written, beside.replace("\\", ""), item.body)
            _rename_image(item, address, beside)


def _addresses(item: Item) -> Iterator[str]:
    image = item.front.get("image")
    if isinstance(image, dict):
        image = image.get("src") or image.get("url")
    if isinstance(image, str) and image:
        yield image
    yield from (match[1] for match in _IMAGE.finditer(item.body))
    yield from (match[1] for match in _SRC.finditer(item.body))


def _rename_image(item: Item, address: str, beside: str) -> None:
    image = item.front.get("image")
    if image == address:
        item.front["image"] = beside
    elif isinstance(image, dict):
        item.front["image"] = {
            key: beside if value == address and key in {"src", "url"} else value
            for key, value in image.items()
        }


def _find(site: _Site, name: str, address: str) -> str | None:
    """The file of the site that an address means, if there is one that may be published."""
    plain = _PELICAN.sub("", address).partition("#")[0].partition("?")[0]
    if "://" in plain or plain.startswith("//") or extension(plain) not in PUBLISHABLE:
        return None
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(name), plain))
    tries = [] if plain.startswith("/") else [beside]
    tries += [root + plain.lstrip("/") for root in _ROOTS[site.maker]]
    return next((one for one in tries if one in site.names), None)
