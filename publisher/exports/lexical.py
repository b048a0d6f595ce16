"""Ghost's own notation of a post (Lexical, a tree in JSON) as HTML.

What it is made of is said in HTML; cards that are for mails or members alone, and kinds that we do
not know, are named, and the words inside of them kept. The sanitiser sees all of it later.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from publisher.content import items, parse_json, word
from publisher.content.forms.markdown_text import render_markdown
from publisher.errors import ArticleError

_DEEPEST = 100
# Bits of a text's format, the innermost element first.
_FORMATS = (
    (16, "code"), (1, "strong"), (2, "em"), (4, "s"), (8, "u"), (32, "sub"), (64, "sup"),
)  # fmt: skip
_LEFT_OUT = {"email", "email-cta", "paywall", "signup"}


def lexical_html(text: str, place: str, lost: list[str]) -> str:
    """The HTML of a post; what could not be said goes to `lost`.

    Raises ArticleError where it is no such tree.
    """
    value = parse_json(text, place)
    root = value.get("root") if isinstance(value, dict) else None
    if not isinstance(root, dict):
        raise ArticleError("its text is no tree of Lexical", path=place)
    return _Writer(place, lost).inside(root, 0)


class _Writer:
    """Writes one post."""

    def __init__(self, place: str, lost: list[str]) -> None:
        self._place = place
        self._lost = lost

    def inside(self, node: dict[str, Any], depth: int) -> str:
        """What stands inside a node."""
        if depth > _DEEPEST:
            raise ArticleError("its text is nested without end", path=self._place)
        nodes = [one for one in items(node.get("children")) if isinstance(one, dict)]
        return "".join(self._node(one, depth + 1) for one in nodes)

    def _node(self, node: dict[str, Any], depth: int) -> str:
        kind = word(node.get("type")).removeprefix("extended-")
        if kind in _LEFT_OUT:
            self._lost.append(f"a card of the kind {kind}")
            return ""
        if kind in _CARDS:
            return _CARDS[kind](node)
        if kind in _ELEMENTS or kind in {"heading", "list", "link", "autolink"}:
            return _around(kind, node, self.inside(node, depth))
        if kind:
            self._lost.append(f"a card of the kind {kind}: its words alone came")
        return self.inside(node, depth)


_ELEMENTS = {"paragraph": "p", "quote": "blockquote", "aside": "blockquote", "listitem": "li"}


def _around(kind: str, node: dict[str, Any], inside: str) -> str:
    if kind in {"link", "autolink"}:
        return f'<a href="{_told(node, "url")}">{inside}</a>'
    element = _ELEMENTS.get(kind, word(node.get("tag")))
    if kind == "heading" and element not in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        element = "h2"
    if kind == "list":
        element = "ol" if word(node.get("listType")) == "number" else "ul"
    return f"<{element}>{inside}</{element}>\n"


def _text(node: dict[str, Any]) -> str:
    html = escape(_raw(node, "text"), quote=False)
    bits = node.get("format")
    for bit, element in _FORMATS:
        if isinstance(bits, int) and bits & bit:
            html = f"<{element}>{html}</{element}>"
    return html


def _told(node: dict[str, Any], key: str) -> str:
    return escape(word(node.get(key)))


def _figure(inside: str, node: dict[str, Any]) -> str:
    caption = word(node.get("caption"))
    return f"<figure>{inside}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>\n"


def _picture(node: dict[str, Any]) -> str:
    size = "".join(
        f' {key}="{node[key]}"' for key in ("width", "height") if isinstance(node.get(key), int)
    )
    picture = f'<img src="{_told(node, "src")}" alt="{_told(node, "alt")}"{size}>'
    link = _told(node, "href")
    return f'<a href="{link}">{picture}</a>' if link else picture


def _gallery(node: dict[str, Any]) -> str:
    pictures = [one for one in items(node.get("images")) if isinstance(one, dict)]
    return _figure("".join(map(_picture, pictures)), node)


def _code(node: dict[str, Any]) -> str:
    return _figure(f"<pre><code>{escape(_raw(node, 'code'))}</code></pre>", node)


def _bookmark(node: dict[str, Any]) -> str:
    said = node.get("metadata")
    told = said if isinstance(said, dict) else {}
    link = f'<a href="{_told(node, "url")}">{_told(told, "title") or _told(node, "url")}</a>'
    return _figure(f"<p>{link}<br>{_told(told, 'description')}</p>", node)


def _embed(node: dict[str, Any]) -> str:
    link = f'<p><a href="{_told(node, "url")}">{_told(node, "url")}</a></p>'
    return _figure(_raw(node, "html") + link, node)


def _file(node: dict[str, Any]) -> str:
    name = _told(node, "fileTitle") or _told(node, "fileName") or _told(node, "src")
    return f'<p><a href="{_told(node, "src")}">{name}</a></p>\n'


def _product(node: dict[str, Any]) -> str:
    picture = f'<img src="{_told(node, "productImageSrc")}" alt="">' if node.get(
        "productImageSrc"
    ) else ""  # fmt: skip
    return f"{picture}<h4>{word(node.get('productTitle'))}</h4>{_raw(node, 'productDescription')}\n"


def _raw(node: dict[str, Any], key: str) -> str:
    """HTML that stands in a card as it is."""
    value = node.get(key)
    return value if isinstance(value, str) else ""


def _markdown(node: dict[str, Any]) -> str:

    return render_markdown(_raw(node, "markdown"))


_CARDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "text": _text,
    "linebreak": lambda _: "<br>",
    "tab": lambda _: " ",
    "horizontalrule": lambda _: "<hr>\n",
    "image": lambda node: _figure(_picture(node), node),
    "gallery": _gallery,
    "codeblock": _code,
    "html": lambda node: _raw(node, "html"),
    "markdown": _markdown,
    "bookmark": _bookmark,
    "embed": _embed,
    "callout": lambda node: f"<blockquote>{_raw(node, 'calloutText')}</blockquote>\n",
    "toggle": lambda node: (
        f"<details><summary>{_raw(node, 'heading')}</summary>{_raw(node, 'content')}</details>\n"
    ),
    "button": lambda node: (
        f'<p><a href="{_told(node, "buttonUrl")}">{_told(node, "buttonText")}</a></p>\n'
    ),
    "header": lambda node: f"<h2>{_raw(node, 'heading')}</h2>{_raw(node, 'subheading')}\n",
    "file": _file,
    "audio": lambda node: f'<figure><audio controls src="{_told(node, "src")}"></audio></figure>\n',
    "video": lambda node: _figure(f'<video controls src="{_told(node, "src")}"></video>', node),
    "product": _product,
}
