"""An article taken apart: what stands above it, and its text by the reader of its form.

A reader is imported for the first article of its form: most publications have one or two.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from publisher.content.forms.front_matter import split_front_matter
from publisher.content.forms.header_lines import split_headers
from publisher.content.forms.known import by_extension
from publisher.content.forms.manuscript import Manuscript
from publisher.content.forms.markdown_text import render_markdown
from publisher.content.forms.matter import Split
from publisher.model import Form


def split_any(text: str, path: str) -> Split:
    """Take front matter off in whatever way it is written: YAML, TOML, or Pelican's lines."""
    if text.startswith("+++"):
        from publisher.content.forms.toml_matter import OPENS, split_toml  # noqa: PLC0415

        if OPENS.match(text):
            return split_toml(text, path)
    if by_extension(path) is Form.MARKDOWN and (split := split_headers(text)):
        return split
    return split_front_matter(text, path)


def read_form(form: Form, split: Split, path: str, title: str, zone: ZoneInfo) -> Manuscript:
    """The manuscript, by the reader of its form; `title` is what front matter gives.

    Raises ArticleError or UnsafeMarkupError.
    """
    if form is Form.WIRE:
        from publisher.content.forms.wire import read_wire  # noqa: PLC0415

        return read_wire(split.body, path, split.body_line, title)
    if form is Form.MARKDOWN:
        return Manuscript(title="", html=render_markdown(split.body))
    if form is Form.FEED:
        return Manuscript(title="", html=split.body)
    if form is Form.HTML:
        from publisher.content.forms.html_page import read_html  # noqa: PLC0415

        return read_html(split.body, path, zone)
    if form is Form.NINJS:
        from publisher.content.forms.ninjs import read_ninjs  # noqa: PLC0415

        return read_ninjs(split.body, path, zone)
    from publisher.content.forms.xml_tree import parse_xml  # noqa: PLC0415

    root = parse_xml(split.body, path)
    if form is Form.NITF:
        from publisher.content.forms.nitf import read_nitf  # noqa: PLC0415

        return read_nitf(root, path, zone)
    from publisher.content.forms.newsml import read_newsml  # noqa: PLC0415

    return read_newsml(root, path, zone)
