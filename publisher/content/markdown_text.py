"""Markdown (CommonMark, tables, footnotes, strikethrough) to HTML that still needs sanitising.

The title is taken from the first heading later, where the HTML is a tree.
"""

from __future__ import annotations

import pyromark

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
)


def render_markdown(body: str) -> str:
    """The HTML of a Markdown text; raw HTML in it passes through, so sanitise what comes out."""
    html = pyromark.html(body, options=_OPTIONS)
    # `![](a.png)` has no alternative text; it is not a picture said to be decoration.
    return html.replace(' alt="" />', " />")
