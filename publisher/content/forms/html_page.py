"""An HTML article: its main text, and what its head says of it.

It may be a fragment, a document that somebody wrote, or a whole page of the web that was saved:
there the text stands among menus, teasers and notices.
"""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import lxml.html
from lxml import etree

from publisher.content.forms.html_head import read_head
from publisher.content.forms.manuscript import Manuscript
from publisher.content.forms.web_page import is_web_page, main_text
from publisher.content.markup.sanitise import refuse_bombs
from publisher.content.markup.tree import drop, inner_html

_DECLARATION = re.compile(r"\s*<\?xml[^<>]{0,200}\?>", re.IGNORECASE)
_JUNK = (
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "form",
    "iframe",
    "object",
    "aside",
    "button",
    "select",
    "svg",
    "head",
    "title",
)


def read_html(body: str, path: str, zone: ZoneInfo) -> Manuscript:
    """The manuscript of an HTML article; the title is empty if neither h1 nor head gives one.

    Raises UnsafeMarkupError for markup that can't be parsed safely.
    """
    refuse_bombs(body)
    source = _without_declaration(body)
    root = _parse(source)
    if root is None:
        return Manuscript(title="", html="")
    manuscript = read_head(root, path, zone)
    main = _main(root)
    if main.tag in {"body", "html"} and is_web_page(root):
        found = main_text(source)
        if found:
            manuscript.origins["text"] = "main text of the web page"
            manuscript.html = found
            return manuscript
    for element in list(main.iter(*_JUNK)):
        if element is not main:
            drop(element)
    for element in list(main.iter("header", "footer")):
        # The page's own, not the article's, where headline and credit may stand.
        if main.tag == "body" and element.getparent() is main and element.find(".//h1") is None:
            drop(element)
    manuscript.origins["text"] = f"<{main.tag}>"
    manuscript.html = inner_html(main)
    return manuscript


def _without_declaration(body: str) -> str:
    # Not `sub`: searching for spaces at every place in the text would be quadratic.
    match = _DECLARATION.match(body)
    return body[match.end() :] if match else body


def _parse(body: str) -> etree._Element | None:
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        return lxml.html.document_fromstring(body.encode(), parser=parser)
    except etree.ParserError:  # nothing in it
        return None


def _main(root: etree._Element) -> etree._Element:
    bodies = [one for one in root.iter() if one.get("itemprop") == "articleBody"]
    if len(bodies) == 1 and bodies[0].tag != "meta":
        return bodies[0]
    articles = root.findall(".//article")
    if len(articles) == 1:
        return articles[0]
    for tag in ("main", "body"):
        found = root.find(f".//{tag}")
        if found is not None:
            return found
    return root
