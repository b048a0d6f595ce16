"""The main text of a whole web page, found by trafilatura among all that stands around it.

It is loaded only for such pages: it costs 0.3 s and 55 MB at the first one, and some 10 ms each.
"""

from __future__ import annotations

from lxml import etree

from publisher.content.markup.sanitise import UnsafeMarkupError

# What a page has that somebody did not write for this one text alone.
_AROUND = ("nav", "aside", "form", "script", "iframe", "footer", "header")
_LEAST = 200  # characters: what is shorter was not the text


def is_web_page(root: etree._Element) -> bool:
    """Whether it is a page of a web site and no article by itself."""
    body = root.find("body")
    return body is not None and next(body.iter(*_AROUND), None) is not None


def main_text(source: str) -> str:
    """The text of the page as HTML that still needs sanitising, or "" where none stands out."""
    from trafilatura import extract  # noqa: PLC0415 - heavy, and seldom needed

    try:
        found = extract(
            source, output_format="html", include_comments=False, include_tables=True,
            include_images=True, include_links=True, include_formatting=True,
        )  # fmt: skip
    except (ValueError, AssertionError, RecursionError) as error:
        raise UnsafeMarkupError("its main text can't be found") from error
    if not found or len(found) < _LEAST:
        return ""
    inner = found.partition("<body>")[2].rpartition("</body>")[0]
    return inner.strip() or found
