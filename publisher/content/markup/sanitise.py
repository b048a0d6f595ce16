"""The one sanitiser: what may stand in a feed, a page and a mail, and nothing else.

An allow-list of elements and attributes (nh3), no style, class or id, addresses by http, https,
mailto and tel only. What comes out is a fixed point: sanitising it again changes nothing.
"""

from __future__ import annotations

import re
from functools import cache

import nh3

from publisher.content.text.characters import clean
from publisher.content.text.lexicon import words

_DEEPEST = 256
# A book has some ten thousand; each costs some ten microseconds on its way.
_MOST_ELEMENTS = 50_000
# How many elements a parser may have to open again because they were left open (HTML standard,
# section 13.2.4.3): a few hundred in real pages, millions in a text made to hang us.
_MOST_REOPENED = 100_000

_TAGS = words(
    "a abbr audio b blockquote br caption cite code col colgroup dd del details dfn div dl dt "
    "em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt "
    "ruby s samp small source span strong sub summary sup table tbody td tfoot th thead time "
    "tr u ul var video wbr"
)
_DROPPED_WHOLE = words(
    "script style noscript template iframe object embed applet form select textarea button "
    "svg math frameset title head"
)
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height"},
    "source": {"src", "srcset", "sizes", "type", "media"},
    "audio": {"src", "controls"},
    "video": {"src", "controls", "poster", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "reversed"},
    "time": {"datetime"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "del": {"cite", "datetime"},
    "ins": {"cite", "datetime"},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_DIGITS = re.compile(r"[0-9]{1,5}")
_MOST_ROUNDS = 4

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SKIPPED = re.compile(r"<(script|style|textarea|title|xmp)\b|<!--", re.IGNORECASE)
_VOID = words(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th "
    "option optgroup tbody thead tfoot colgroup rp rt html head body"
)
_FORMATTING = words("a b big code em font i nobr s small strike strong tt u")
_PIXEL_TAG = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_NARROW = re.compile(r"\bwidth ?[:=] ?[\"']? ?[01](?:px)? ?(?:[;\"' />]|$)", re.IGNORECASE)
_LOW = re.compile(r"\bheight ?[:=] ?[\"']? ?[01](?:px)? ?(?:[;\"' />]|$)", re.IGNORECASE)


class UnsafeMarkupError(ValueError):
    """The markup can't be parsed safely; the text says why."""


def sanitise(html: str) -> str:
    """Markup that is safe in every output: well-formed, allowed elements, no pixels of 1x1.

    Raises UnsafeMarkupError for what is nested so deep, or left open so often, that parsing it
    would take a machine down.
    """
    refuse_bombs(html)
    for _ in range(_MOST_ROUNDS):
        # After the cleaner, too: what it mends may only then be a picture of 1x1.
        cleaned = clean(_cleaner().clean(_PIXEL_TAG.sub(_without_pixel, html)))
        cleaned = _PIXEL_TAG.sub(_without_pixel, cleaned)
        if cleaned == html:
            return cleaned
        html = cleaned
        refuse_bombs(html)
    raise UnsafeMarkupError("it reads differently each time it is parsed")


def is_pixel(width: str, height: str) -> bool:
    """Whether an image of this size is there to count readers, not to be seen."""
    return width.strip() in {"0", "1"} and height.strip() in {"0", "1"}


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes=_ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes=set(SCHEMES),
        link_rel="noopener",
    )


def _filter(_tag: str, attribute: str, value: str) -> str | None:
    if attribute in {"width", "height", "colspan", "rowspan", "start"}:
        value = value.strip()
        return value if _DIGITS.fullmatch(value) else None
    if attribute == "dir":
        return value if value in {"ltr", "rtl", "auto"} else None
    if attribute == "srcset":
        return _safe_srcset(value)
    if attribute in {"src", "poster"} and ":" in value.partition("/")[0]:
        # Nobody's picture stands at a mailto: or tel: address.
        return value if value.strip().lower().startswith(("http:", "https:")) else None
    return value


def _safe_srcset(value: str) -> str | None:
    for candidate in value.split(","):
        scheme, colon, _ = candidate.strip().partition(":")
        if colon and "/" not in scheme and scheme.lower() not in {"http", "https"}:
            return None
    return value


def _without_pixel(match: re.Match[str]) -> str:
    tag = " ".join(match[0].split())
    return "" if _NARROW.search(tag) and _LOW.search(tag) else match[0]


def refuse_bombs(html: str) -> None:
    """Raise UnsafeMarkupError for markup that a parser would choke on; linear in its length."""
    depth = formatting = reopened = elements = 0
    for match in _TAG.finditer(_without_raw_text(html)):
        name = match[2].lower()
        elements += not match[1]
        if elements > _MOST_ELEMENTS:
            raise UnsafeMarkupError(f"there are more than {_MOST_ELEMENTS:,} elements in it")
        if name in _VOID:
            reopened += formatting if not match[1] else 0
        elif match[1]:
            depth = max(0, depth - 1)
            formatting -= name in _FORMATTING and formatting > 0
        else:
            depth += 1
            reopened += formatting
            formatting += name in _FORMATTING
            if depth > _DEEPEST:
                raise UnsafeMarkupError(f"elements are nested deeper than {_DEEPEST} levels")
        if formatting > 32 and reopened > _MOST_REOPENED:
            raise UnsafeMarkupError("too many elements are opened and never closed")


def _without_raw_text(html: str) -> str:
    """Without scripts, styles and comments, where tags are text."""
    kept: list[str] = []
    at = 0
    lowered = html.lower()
    if len(lowered) != len(html):
        return html  # a letter that grows when lowered: rare, and the count only gets stricter
    while match := _SKIPPED.search(html, at):
        end = f"</{match[1].lower()}" if match[1] else "-->"
        stop = lowered.find(end, match.end())
        kept.append(html[at : match.start()])
        if stop < 0:
            return "".join(kept)
        at = stop + len(end)
    kept.append(html[at:])
    return "".join(kept)
