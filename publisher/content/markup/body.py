"""The body of an entry: sanitised, headings in order, every address absolute, pictures listed."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from publisher.content.markup.links import Links
from publisher.content.markup.media import media_type
from publisher.content.markup.sanitise import is_pixel, sanitise
from publisher.content.markup.tree import drop, inner_html, parse_fragment
from publisher.content.text.characters import squeeze
from publisher.model import Image

_MEDIA = ("src", "poster")


@dataclass(slots=True)
class Body:
    """A sanitised body as a tree whose addresses are still as written; `heading` was its h1."""

    root: etree._Element
    heading: str


def open_body(html: str, title: str) -> Body:
    """Sanitise a manuscript's HTML and take its title off.

    The first h1 is the heading if the title is not known yet, or if it says the same; any other
    becomes an h2, for the title stands above it. Raises UnsafeMarkupError.
    """
    root = parse_fragment(sanitise(html))
    heading = ""
    for number, element in enumerate(list(root.iter("h1"))):
        words = squeeze(element.text_content())
        if number == 0 and words and (not title or words.casefold() == title.casefold()):
            heading = words
            drop(element)
        else:
            element.tag = "h2"
    return Body(root, heading)


def close_body(body: Body, links: Links) -> tuple[str, tuple[Image, ...]]:
    """The finished HTML, and the pictures in it, after every address was made absolute."""
    images: dict[str, Image] = {}
    for element in list(body.root.iter("a", "img", "source", "audio", "video", "blockquote", "q",
                                       "del", "ins")):  # fmt: skip
        if element.tag == "a":
            _link(element, links)
        elif element.tag == "img":
            image = _image(element, links)
            if image is not None:
                images.setdefault(image.url, image)
        elif "cite" in element.attrib:
            _resolve(element, "cite", links.page(element.get("cite")))
        else:
            _media(element, links)
    return sanitise(inner_html(body.root)).strip(), tuple(images.values())


def _resolve(element: etree._Element, attribute: str, address: str | None) -> None:
    if attribute not in element.attrib:
        return
    if address is None:
        del element.attrib[attribute]
    else:
        element.set(attribute, address)


def _link(element: etree._Element, links: Links) -> None:
    _resolve(element, "href", links.page(element.get("href", "")))
    if "href" not in element.attrib:
        element.tag = "span"
        element.attrib.clear()


def _media(element: etree._Element, links: Links) -> None:
    for attribute in _MEDIA:
        if attribute in element.attrib:
            _resolve(element, attribute, links.file(element.get(attribute)))
    if "srcset" in element.attrib:
        _resolve(element, "srcset", links.candidates(element.get("srcset")))


def _image(element: etree._Element, links: Links) -> Image | None:
    written = element.get("src", "")
    width, height = element.get("width", ""), element.get("height", "")
    _media(element, links)
    url = element.get("src")
    if not url or is_pixel(width, height):
        drop(element)
        return None
    if element.get("alt") is None:
        element.set("alt", "")
        links.warn(
            f"the picture `{written[:100]}` has no alternative text",
            'say in alt what it shows (alt="" if it only decorates)',
            written,
        )
    return Image(
        url=url,
        alt=squeeze(element.get("alt", "")),
        caption=_caption(element),
        type=media_type(url),
        width=int(width) if width.isdigit() else None,
        height=int(height) if height.isdigit() else None,
    )


def _caption(element: etree._Element) -> str:
    for parent in element.iterancestors("figure"):
        found = parent.find(".//figcaption")
        if found is not None:
            return squeeze(found.text_content())
    return squeeze(element.get("title", ""))
