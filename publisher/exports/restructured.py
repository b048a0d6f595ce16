"""Articles in reStructuredText, as Pelican has them: fields at the top, and HTML of the rest."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any, NamedTuple

from publisher.content import Field
from publisher.errors import ArticleError

# Settings come from here alone, and no other file is taken in. HTML of its own passes the sanitiser
# as that of any article does, whenever the article is read.
_SETTINGS = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": True,
    "halt_level": 5,  # whatever is wrong with one, the rest is read
    "report_level": 2,
    "initial_header_level": 2,
    "syntax_highlight": "none",
    "smart_quotes": False,
    "embed_stylesheet": False,
}
_LISTS = ("tags", "authors")
_UNKNOWN = re.compile(r'Unknown (?:directive type|interpreted text role) "([^"\n]{1,60})"')
_DISABLED = re.compile(r'"([^"\n]{1,60})" directive disabled')


class Restructured(NamedTuple):
    """What one says: its fields, its body as HTML, and what could not be carried over."""

    fields: dict[str, Field]
    body: str
    lost: list[str]


def read_restructured(text: str, path: str) -> Restructured:
    """Read an article in reStructuredText.

    Raises ArticleError where it can't be read, or docutils is not installed.
    """
    try:
        from docutils import nodes  # noqa: PLC0415 - an extra, and seldom needed
        from docutils.core import publish_doctree, publish_parts  # noqa: PLC0415
        from docutils.io import DocTreeInput  # noqa: PLC0415
        from docutils.readers import doctree  # noqa: PLC0415
        from docutils.writers import html5_polyglot  # noqa: PLC0415
    except ImportError:
        raise ArticleError(
            "articles in .rst want docutils",
            path=path,
            mend="pip install 'publisher[rst]', then import once more",
        ) from None
    said = StringIO()
    settings = {**_SETTINGS, "warning_stream": said}
    try:
        tree = publish_doctree(text, source_path=path, settings_overrides=settings)
        fields = _fields(tree, nodes)
        for message in list(tree.findall(nodes.system_message)):
            message.parent.remove(message)
        parts = publish_parts(
            tree,
            source_class=DocTreeInput,
            reader=doctree.Reader(),
            writer=html5_polyglot.Writer(),
            settings_overrides=settings,
        )
    except Exception as error:  # docutils says anything, and one article stops no other
        what = f"its reStructuredText can't be read: {type(error).__name__}"
        raise ArticleError(what, path=path, mend="make Markdown or HTML of it") from error
    told = said.getvalue()
    names = [*_UNKNOWN.findall(told), *_DISABLED.findall(told)]
    return Restructured(fields, parts["fragment"], [f"the directive {one}" for one in names])


def _fields(tree: Any, nodes: Any) -> dict[str, Field]:
    """The title and the field list at the top, keys in small letters."""
    found: dict[str, Field] = {}
    if tree.get("title"):
        found["title"] = Field(tree["title"], 1, 1)
    for docinfo in tree.findall(nodes.docinfo):
        for node in docinfo.children:
            line = node.line or 1
            if isinstance(node, nodes.field):
                name, value = (part.astext() for part in node.children)
            elif isinstance(node, nodes.authors):
                name, value = "authors", "; ".join(one.astext() for one in node.children)
            else:
                name, value = node.tagname, node.astext()
            found[name.strip().lower()] = _field(name.strip().lower(), value, line)
    return found


def _field(name: str, value: str, line: int) -> Field:
    """A field; several tags and authors are told apart by commas or semicolons, as in Pelican."""
    plain = " ".join(value.split())
    if name not in _LISTS:
        return Field(plain, line, line)
    parts = (part.strip() for part in plain.split(";" if ";" in plain else ","))
    return Field([Field(part, line) for part in parts if part], line, line)
