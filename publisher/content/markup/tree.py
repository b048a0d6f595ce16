"""Sanitised HTML as a tree and back."""

from __future__ import annotations

import lxml.html
from lxml import etree

from publisher.content.text.characters import squeeze
from publisher.content.text.plain import blocks_of, text_of

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def parse_fragment(html: str) -> etree._Element:
    """A `div` that holds the fragment; the input must be sanitised, so its depth is bounded."""
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    document = lxml.html.document_fromstring(
        f"<html><body><div>{html}</div></body></html>".encode(), parser=parser
    )
    return document.find("body")[0]


def inner_html(root: etree._Element) -> str:
    """The HTML of everything inside an element."""
    parts = [_escape(root.text or "")]
    parts += [lxml.html.tostring(child, encoding="unicode") for child in root]
    return "".join(parts).strip()


def text_in(html: str) -> str:
    """What sanitised HTML says in plain words, a blank line between paragraphs (`Entry.text`)."""
    return text_of(blocks_of(parse_fragment(html)))


def tidy(root: etree._Element) -> None:
    """Take the indents of a machine's markup out; what is preformatted stays as it is."""
    for element in root.iter():
        if element.tag == "pre" or any(one.tag == "pre" for one in element.iterancestors()):
            continue
        if len(element) and element.text and not element.text.strip():
            element.text = "\n" if "\n" in element.text else element.text
        if element is not root and element.tail and not element.tail.strip():
            element.tail = "\n" if "\n" in element.tail else element.tail


def words_of(element: etree._Element) -> str:
    """All the words in an element, on one line."""
    return squeeze("".join(element.itertext()))


def drop(element: etree._Element) -> None:
    """Take an element out, keeping the text behind it; `sanitise` has to come after.

    It becomes an empty script, which the sanitiser removes: joining texts here, as lxml's
    drop_tree does, is quadratic where thousands of siblings go.
    """
    element.clear(keep_tail=True)
    element.tag = "script"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
