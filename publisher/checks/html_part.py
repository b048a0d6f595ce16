"""What a mail client or a screen reader would choke on in a message's HTML part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree
from lxml import html as lxml_html

from publisher.checks.mail_source import MailSource, error, warning
from publisher.model import Finding
from publisher.valueclass import valueclass

HTML = "text/html"
_CLIPPED = 102_400  # Gmail cuts here and hides the rest, the way out with it
_NEARLY_CLIPPED = 92_160  # the rest is what forwarding and link checkers add
_FORBIDDEN = ("script", "iframe", "object", "embed", "form", "base")
_ADDRESSES = ("href", "src", "background", "action", "poster", "srcset")
_SCRIPTS = ("javascript:", "vbscript:")
_SAFE = ("https:", "mailto:", "tel:")
_REMOTE_STYLE = re.compile(r"@import|@font-face[^}]*url\(", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MARK = re.compile("[\ufdd0-\ufdef]|%EF%B7%9", re.IGNORECASE)
# What a template has where a value will stand: ours, and those that come from Mailchimp.
UNFILLED = re.compile(r"\{\{[^{}\n]*\}\}|\{%[^{}%\n]*%\}|\*\|[A-Z][A-Z0-9_:]*\|\*")
_UNFILLED = re.compile(r"\{\{|\{%|%7B%7B|%7B%25", re.IGNORECASE)


@valueclass(kw_only=False)
class Page:
    """The HTML part as a tree; comments, which hold what Outlook alone reads, are left out."""

    source: MailSource
    html: str
    root: lxml_html.HtmlElement
    elements: tuple[lxml_html.HtmlElement, ...]

    def named(self, *names: str) -> list[lxml_html.HtmlElement]:
        return [element for element in self.elements if element.tag in names]


def check_html(source: MailSource, page: Page | None) -> Iterator[Finding]:
    """Everything that is wrong with the HTML part, read as `page`; nothing if there is none."""
    if page is None:
        if source.html is not None:
            yield error(
                "the HTML part is empty or is no HTML",
                "RFC 2046 section 5.1.4",
                "say the same in it as in the text part",
                at=HTML,
            )
        return
    for check in _CHECKS:
        yield from check(page)


def room_left(html: str) -> int:
    """The bytes that an HTML part may still grow by before Gmail clips it."""
    return _CLIPPED - 1 - len(html.encode())


def visible_text(html: str) -> str:
    """The words of an HTML document, for comparison: white space is one space."""
    root = _tree(html)
    if root is None:
        return ""
    words = [text for text in root.itertext() if isinstance(text, str)]
    return re.sub(r"\s+", " ", " ".join(words))


def read_page(source: MailSource) -> Page | None:
    """The HTML part as a tree; None if there is none, or nothing in it."""
    if source.html is None:
        return None
    root = _tree(source.html)
    if root is None:
        return None
    elements = tuple(element for element in root.iter() if isinstance(element.tag, str))
    return Page(source, source.html, root, elements)


def _tree(html: str) -> lxml_html.HtmlElement | None:
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return None


def _size(page: Page) -> Iterator[Finding]:
    size = len(page.html.encode())
    rule = "Gmail, message clipping"
    mend = "lower the newsletter's limit or shorten the summaries"
    if size >= _CLIPPED:
        yield error(f"the HTML part has {size} bytes, and Gmail clips it at {_CLIPPED}", rule, mend,
                    at=HTML)  # fmt: skip
    elif size >= _NEARLY_CLIPPED:
        left = room_left(page.html)
        yield warning(f"only {left} bytes are left before Gmail clips the HTML part", rule, mend,
                      at=HTML)  # fmt: skip


def _active(page: Page) -> Iterator[Finding]:
    rule = "HTML in mail: nothing that runs"
    for element in page.named(*_FORBIDDEN):
        yield error(
            f"the HTML part has a <{element.tag}>",
            rule,
            "take it out: link to a page that has it",
            at=HTML,
            line=element.sourceline,
        )
    for element in page.elements:
        for name, value in element.attrib.items():
            scheme = re.sub(r"[\x00-\x20]+", "", value).lower()
            what = ""
            if name.lower().startswith("on"):
                what = f"<{element.tag}> has {name}, which runs a script"
            elif scheme.startswith(_SCRIPTS):
                what = f"<{element.tag} {name}> runs a script"
            if what:
                yield error(what, rule, "take it out", at=HTML, line=element.sourceline)


def _document(page: Page) -> Iterator[Finding]:
    language = page.root.get("lang", "").strip()
    if not language or language.lower() == "und":
        yield error(
            "<html> has no lang", "WCAG 2.2, 3.1.1", "set the newsletter's language",
            at=HTML, line=page.root.sourceline,
        )  # fmt: skip
    titles = page.named("title")
    if not titles or not (titles[0].text_content() or "").strip():
        yield error("there is no <title>", "WCAG 2.2, 2.4.2", "give it the subject", at=HTML)
    metas = page.named("meta")
    charset = any(
        meta.get("charset", "").lower() == "utf-8"
        or "charset=utf-8" in meta.get("content", "").lower()
        for meta in metas
    )
    if not charset:
        yield error(
            "no <meta> says charset utf-8",
            "HTML section 4.2.5.4",
            'write <meta charset="utf-8"> in the head',
            at=HTML,
        )
    names = {meta.get("name", "").lower() for meta in metas}
    if "viewport" not in names:
        yield warning(
            "there is no viewport <meta>: phones show it small",
            "CSS Viewport",
            'write <meta name="viewport" content="width=device-width"> in the head',
            at=HTML,
        )
    if "color-scheme" not in names:
        yield warning(
            "there is no color-scheme <meta>",
            "CSS Color Adjustment section 2.2",
            'write <meta name="color-scheme" content="light dark"> in the head',
            at=HTML,
        )
    if not any("prefers-color-scheme" in (style.text or "") for style in page.named("style")):
        yield warning(
            "there are no styles for dark mode",
            "Media Queries Level 5, section 12.5",
            "add @media (prefers-color-scheme: dark) to the styles",
            at=HTML,
        )


def _images(page: Page) -> Iterator[Finding]:
    for image in page.named("img"):
        address = image.get("src", "")[:80]
        if image.get("alt") is None:
            yield error(
                f"the image {address!a} has no alt",
                "WCAG 2.2, 1.1.1",
                'describe it, or say alt="" if it is mere decoration',
                at=HTML,
                line=image.sourceline,
            )
        if {image.get("width"), image.get("height")} & {"0", "1"}:
            yield warning(
                f"the image {address!a} has one pixel, as a tracker has",
                "promise: no tracking",
                "take it out",
                at=HTML,
                line=image.sourceline,
            )


def _links(page: Page) -> Iterator[Finding]:
    rule = "RFC 3986 section 4.3"
    for element in page.elements:
        for name in _ADDRESSES:
            if name not in element.attrib:
                continue
            address = (element.get(name) or "").strip()
            scheme = re.sub(r"[\x00-\x20]+", "", address).lower()
            if (name == "srcset" and not address) or scheme.startswith(_SCRIPTS):
                continue
            if address.lower().startswith("http:"):
                # It works for the reader, so it must not stop a whole edition.
                yield warning(
                    f"<{element.tag} {name}> {address[:80]!a} is not https",
                    rule,
                    "write https: where the other side speaks it",
                    at=HTML,
                    line=element.sourceline,
                )
            elif not address.lower().startswith(_SAFE) and not address.startswith("#"):
                yield error(
                    f"<{element.tag} {name}> {address[:80]!a} is not absolute",
                    rule,
                    "in a mail every link begins with https:, mailto: or tel:",
                    at=HTML,
                    line=element.sourceline,
                )


def _way_out(page: Page) -> Iterator[Finding]:
    leave = page.source.leave
    if not page.source.listed or not leave:
        return  # without an address the headers are what is wrong
    links = [link for link in page.named("a") if link.get("href", "").strip() == leave]
    if not any(_is_visible(link) for link in links):
        yield error(
            "the HTML part shows no link for leaving",
            "CAN-SPAM section 5(a)(3); RFC 8058 section 1",
            "the template's footer needs a link with words to {{ leave }}",
            at=HTML,
        )


def _is_visible(link: lxml_html.HtmlElement) -> bool:
    hidden = any(
        _HIDDEN.search(element.get("style", "")) or element.get("hidden") is not None
        for element in (link, *link.iterancestors())
    )
    shown = link.text_content().strip() or any(image.get("alt") for image in link.iter("img"))
    return bool(shown) and not hidden


def _leftovers(page: Page) -> Iterator[Finding]:
    rule = "promise: what leaves has been checked"
    if found := _MARK.search(page.html):
        yield error(
            "a mark of the template was not filled in",
            rule,
            "the marks are {{ leave }} and {{ preferences }}, whole and unchanged",
            at=HTML,
            line=page.html.count("\n", 0, found.start()) + 1,
        )
    yield from _unfilled_words(page)
    for element in page.elements:
        if element.tag.startswith("mj-"):
            yield error(
                f"<{element.tag}> is mail markup that was not compiled",
                rule,
                "close each mj- element, and nest them as MJML asks",
                at=HTML,
                line=element.sourceline,
            )
        for name in (*_ADDRESSES, "style", "class", "alt", "title", "width"):
            if _UNFILLED.search(element.get(name, "")):
                yield error(
                    f"<{element.tag} {name}> has template code in it",
                    rule,
                    "let the template fill it in: the names stand at its top",
                    at=HTML,
                    line=element.sourceline,
                )


def _unfilled_words(page: Page) -> Iterator[Finding]:
    """Template code that readers see, unless the text part has it too: then it is meant."""
    if not UNFILLED.search(page.html):
        return
    told = " ".join((page.source.text or "").split())
    for code in dict.fromkeys(UNFILLED.findall(visible_text(page.html))):
        if code not in told:
            at = page.html.find(code)
            yield warning(
                f"the HTML part shows {code[:60]!a}",
                "promise: what leaves has been checked",
                "let the template fill it in: the names stand at its top",
                at=HTML,
                line=page.html.count("\n", 0, at) + 1 if at >= 0 else None,
            )


def _layout(page: Page) -> Iterator[Finding]:
    for table in page.named("table"):
        if table.get("role") not in ("presentation", "none") and table.find(".//th") is None:
            yield warning(
                'a layout table has no role="presentation"',
                "WAI-ARIA 1.2, presentation",
                'write role="presentation": screen readers then read no table',
                at=HTML,
                line=table.sourceline,
            )
            break
    if page.source.listed and not _has_preheader(page):
        yield warning(
            "there is no preheader: inboxes show the first words instead",
            "trade habit",
            "begin the body with a hidden element that says what is inside",
            at=HTML,
        )
    remote = any("stylesheet" in link.get("rel", "").lower() for link in page.named("link")) or any(
        _REMOTE_STYLE.search(style.text or "") for style in page.named("style")
    )
    if remote:
        yield warning(
            "fonts or styles are fetched from elsewhere",
            "promise: no tracking",
            "name fonts that readers have, and write the styles into the message",
            at=HTML,
        )


def _has_preheader(page: Page) -> bool:
    """Whether a hidden element with words comes before all that is shown."""
    body = page.root.find("body")
    for element in body.iterdescendants() if body is not None else ():
        if isinstance(element.tag, str) and _HIDDEN.search(element.get("style", "")):
            return bool(element.text_content().strip())
        if (element.text or "").strip():
            return False
    return False


_CHECKS: tuple[Callable[[Page], Iterator[Finding]], ...] = (
    _size,
    _active,
    _document,
    _images,
    _links,
    _way_out,
    _leftovers,
    _layout,
)
