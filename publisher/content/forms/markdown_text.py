"""Markdown (CommonMark, tables, footnotes, strikethrough) to HTML that still needs sanitising.

The title is taken from the first heading later, where the HTML is a tree.
"""

from __future__ import annotations

import re

import pyromark

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
)
_FOOTNOTE = re.compile(
    r'<div class="footnote-definition" id="[^"<>]*">'
    r'<sup class="footnote-definition-label">([0-9]+)</sup>\n<p>'
)

_REFERENCE = re.compile(r'<sup class="footnote-reference"><a href="#[^"<>]*">([0-9]+)</a></sup>')


def render_markdown(body: str) -> str:
    """The HTML of a Markdown text; raw HTML in it passes through, so sanitise what comes out."""
    html = pyromark.html(body, options=_OPTIONS)
    # `![](a.png)` has no alternative text; it is not a picture said to be decoration.
    html = html.replace(' alt="" />', " />")
    if "footnote" not in html:
        return html
    # The number of a footnote belongs to its first paragraph, or it would be one by itself.
    html = _FOOTNOTE.sub(r"<div>\n<p><sup>[\1]</sup> ", html)
    # Without ids there is nothing to jump to, and in plain text "gone.1" would be no footnote.
    return _REFERENCE.sub(r"<sup>[\1]</sup>", html)
