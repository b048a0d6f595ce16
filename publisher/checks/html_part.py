"""What a mail client or a screen reader would choke on in a message's HTML part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

from publisher.checks.mail_source import MailSource, error, warning
from publisher.model import Finding

_CLIPPED = 102_400  # Gmail cuts here and hides the rest, the way out with it
_FORBIDDEN = ("script", "iframe", "object", "embed", "form", "base")
_ADDRESSES = ("href", "src", "background", "action", "poster", "srcset")
_SAFE = ("https:", "mailto:", "tel:")
_REMOTE_STYLE = re.compile(r"@import|@font-face[^}]*url\(", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MARK = re.compile("[\ufdd0-\ufdef]|%EF%B7%9", re.IGNORECASE)
_UNFILLED = re.compile(r"\{\{|\{%|%7B%7B|%7B%25", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Page:
    """The HTML part as a tree; comments, which hold what Outlook alone reads, are left out."""

    source: MailSource
    html: str
    root: lxml_html.HtmlElement
    elements: tuple[lxml_html.HtmlElement, ...]

    def named(self, *names: str) -> list[lxml_html.HtmlElement]:
        return [element for element in self.elements if element.tag in names]


def check_html(source: MailSource) -> Iterator[Finding]:
    """Everything that is wrong with the HTML part; nothing if there is none."""
    page = _page(source)
    if page is None:
        yield error("the HTML part is empty or is no HTML", "RFC 2046 section 5.1.4")
        return
    for check in _CHECKS:
        yield from check(page)


def visible_text(html: str) -> str:
    """The words of an HTML document, for comparison: white space is one space."""
    root = _tree(html)
    if root is None:
        return ""
    words = [text for text in root.itertext() if isinstance(text, str)]
    return re.sub(r"\s+", " ", " ".join(words))


def _page(source: MailSource) -> _Page | None:
    root = _tree(source.html or "")
    if root is None or source.html is None:
        return None
    elements = tuple(element for element in root.iter() if isinstance(element.tag, str))
    return _Page(source, source.html, root, elements)


def _tree(html: str) -> lxml_html.HtmlElement | None:
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return None


def _size(page: _Page) -> Iterator[Finding]:
    size = len(page.html.encode())
    if size >= _CLIPPED:
        yield error(
            f"the HTML part has {size} bytes, and Gmail clips it at {_CLIPPED}",
            "Gmail, message clipping",
            mend="lower the newsletter's limit or shorten the summaries",
        )


def _active(page: _Page) -> Iterator[Finding]:
    rule = "HTML in mail: nothing that runs"
    for element in page.named(*_FORBIDDEN):
        yield error(f"the HTML part has a <{element.tag}>", rule)
    for element in page.elements:
        for name, value in element.attrib.items():
            scheme = re.sub(r"[\x00-\x20]+", "", value).lower()
            if name.lower().startswith("on"):
                yield error(f"<{element.tag}> has {name}, which runs a script", rule)
            elif scheme.startswith(("javascript:", "vbscript:")):
                yield error(f"<{element.tag} {name}> runs a script", rule)


def _document(page: _Page) -> Iterator[Finding]:
    language = page.root.get("lang", "").strip()
    if not language or language.lower() == "und":
        yield error("<html> has no lang", "WCAG 2.2, 3.1.1", mend="set the newsletter's language")
    titles = page.named("title")
    if not titles or not (titles[0].text_content() or "").strip():
        yield error("there is no <title>", "WCAG 2.2, 2.4.2")
    metas = page.named("meta")
    charset = any(
        meta.get("charset", "").lower() == "utf-8"
        or "charset=utf-8" in meta.get("content", "").lower()
        for meta in metas
    )
    if not charset:
        yield error("no <meta> says charset utf-8", "HTML section 4.2.5.4")
    names = {meta.get("name", "").lower() for meta in metas}
    if "viewport" not in names:
        yield warning("there is no viewport <meta>: phones show it small", "CSS Viewport")
    if "color-scheme" not in names:
        yield warning("there is no color-scheme <meta>", "CSS Color Adjustment section 2.2")
    if not any("prefers-color-scheme" in (style.text or "") for style in page.named("style")):
        yield warning("there are no styles for dark mode", "Media Queries Level 5, section 12.5")


def _images(page: _Page) -> Iterator[Finding]:
    for image in page.named("img"):
        if image.get("alt") is None:
            yield error(
                f"the image {image.get('src', '')[:80]!a} has no alt",
                "WCAG 2.2, 1.1.1",
                mend='describe it, or say alt="" if it is mere decoration',
            )
        if {image.get("width"), image.get("height")} & {"0", "1"}:
            yield warning(
                f"the image {image.get('src', '')[:80]!a} has one pixel, as a tracker has",
                "promise: no tracking",
            )


def _links(page: _Page) -> Iterator[Finding]:
    rule = "RFC 3986 section 4.3"
    for element in page.elements:
        for name in _ADDRESSES:
            address = (element.get(name) or "").strip()
            if name not in element.attrib or (name == "srcset" and not address):
                continue
            if address.lower().startswith("http:"):
                # It works for the reader, so it must not stop a whole edition.
                yield warning(f"<{element.tag} {name}> {address[:80]!a} is not https", rule)
            elif not address.lower().startswith(_SAFE) and not address.startswith("#"):
                yield error(
                    f"<{element.tag} {name}> {address[:80]!a} is not absolute",
                    rule,
                    mend="in a mail every link begins with https:, mailto: or tel:",
                )


def _way_out(page: _Page) -> Iterator[Finding]:
    if not page.source.listed:
        return
    leave = page.source.leave
    links = [link for link in page.named("a") if link.get("href", "").strip() == leave]
    if not leave or not any(_is_visible(link) for link in links):
        yield error(
            "the HTML part shows no link for leaving",
            "CAN-SPAM section 5(a)(3); RFC 8058 section 1",
            mend="the template's footer needs the mark for leaving in a link with words",
        )


def _is_visible(link: lxml_html.HtmlElement) -> bool:
    hidden = any(
        _HIDDEN.search(element.get("style", "")) or element.get("hidden") is not None
        for element in (link, *link.iterancestors())
    )
    shown = link.text_content().strip() or any(image.get("alt") for image in link.iter("img"))
    return bool(shown) and not hidden


def _leftovers(page: _Page) -> Iterator[Finding]:
    rule = "promise: what leaves has been checked"
    if _MARK.search(page.html):
        yield error("a mark of the template was not filled in", rule)
    if any(element.tag.startswith("mj-") for element in page.elements):
        yield error("the HTML part has mail markup that was not compiled", rule)
    for element in page.elements:
        for name in (*_ADDRESSES, "style", "class"):
            if _UNFILLED.search(element.get(name, "")):
                yield error(f"<{element.tag} {name}> has template code in it", rule)


def _layout(page: _Page) -> Iterator[Finding]:
    for table in page.named("table"):
        if table.get("role") not in ("presentation", "none") and table.find(".//th") is None:
            yield warning(
                'a layout table has no role="presentation"',
                "WAI-ARIA 1.2, presentation",
            )
            break
    if not _has_preheader(page):
        yield warning("there is no preheader: inboxes show the first words instead", "trade habit")
    remote = any("stylesheet" in link.get("rel", "").lower() for link in page.named("link")) or any(
        _REMOTE_STYLE.search(style.text or "") for style in page.named("style")
    )
    if remote:
        yield warning("fonts or styles are fetched from elsewhere", "promise: no tracking")


def _has_preheader(page: _Page) -> bool:
    """Whether a hidden element with words comes before all that is shown."""
    body = page.root.find("body")
    for element in body.iterdescendants() if body is not None else ():
        if isinstance(element.tag, str) and _HIDDEN.search(element.get("style", "")):
            return bool(element.text_content().strip())
        if (element.text or "").strip():
            return False
    return False


_CHECKS: tuple[Callable[[_Page], Iterator[Finding]], ...] = (
    _size,
    _active,
    _document,
    _images,
    _links,
    _way_out,
    _leftovers,
    _layout,
)
