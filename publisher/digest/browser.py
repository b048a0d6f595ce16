"""An edition as a public page: the message that subscribers got, without what is theirs alone."""

from __future__ import annotations

import re
from html import escape, unescape

from publisher.model import Mark, Publication, Rendered
from publisher.pages.relative import relative_links

_CANONICAL = re.compile(r'<link\b(?=[^>]*\brel="canonical")[^>]*\bhref="([^"]*)"')
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b(?:[^<>\"]|\"[^\"]*\")*>.*?</a>", re.DOTALL | re.IGNORECASE)
_HIDING = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "img-src https: http: data: 'self'; style-src 'unsafe-inline' 'self'\">"
    "<style>.mail-only{display:none!important}</style>"
)


def browser_page(rendered: Rendered, publication: Publication) -> bytes:
    """The page that "view in browser" leads to (UTF-8, HTML).

    Links with a recipient's mark are taken out, whatever has the class `mail-only` is hidden, and
    our own addresses become relative to where the template says that the page is (its
    rel="canonical", below `editions/` otherwise).
    """
    html = _ANCHOR.sub(lambda found: "" if _has_mark(found[0]) else found[0], rendered.html)
    for mark in Mark:
        html = html.replace(mark, escape(publication.url))
    html = _HEAD.sub(lambda found: found[0] + _HIDING, html, count=1)
    found = _CANONICAL.search(html)
    origin = unescape(found[1]).removeprefix(publication.url) if found else "editions/page.html"
    head, end, body = html.partition("</head>")
    return (head + end + relative_links(body, publication, origin)).encode("utf-8", "replace")


def _has_mark(text: str) -> bool:
    return any(mark in text for mark in Mark)
