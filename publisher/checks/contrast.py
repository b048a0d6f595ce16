"""Words that stand too faintly on their ground, by the styles of the message, in light and in dark.

Colours are worked out as a client with full support of the styles would: rules by importance and
weight, then what is inherited. A picture or a gradient behind words can't be judged and is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cssselect import HTMLTranslator, SelectorError, parse
from tinycss2.color3 import RGBA, parse_color

from publisher.checks.html_part import HTML, Page
from publisher.checks.mail_source import warning
from publisher.checks.styles import Declaration, Rule, declared, rules_of
from publisher.model import Finding
from publisher.valueclass import valueclass

_Weight = tuple[bool, tuple[int, int, int, int], int]
_COLOURS = ("color", "background", "background-color")
_FONTS = ("font", "font-size", "font-weight")
_WANTED = frozenset((*_COLOURS, *_FONTS, "display"))
_WHITE = RGBA(1, 1, 1, 1)
_NIGHT = RGBA(0.07, 0.07, 0.07, 1)  # about what clients have behind a dark message
_SIZES = {"h1": 32.0, "h2": 24.0, "h3": 18.7, "small": 13.3}
_BOLD = frozenset(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"))


@valueclass(kw_only=False)
class _Look:
    """How words look in an element; `ground` is None where a picture makes it unknown."""

    ink: RGBA
    ground: RGBA | None
    size: float
    bold: bool


@dataclass(slots=True)
class _Styles:
    """The declarations that win in each element, by property."""

    of: dict[Any, dict[str, tuple[_Weight, str]]] = field(default_factory=dict)

    def add(self, element: Any, declaration: Declaration, weight: _Weight) -> None:
        mine = self.of.setdefault(element, {})
        # Both set the ground, so they compete with one another.
        name = "background-color" if declaration.name == "background" else declaration.name
        if name not in mine or mine[name][0] <= weight:
            mine[name] = (weight, declaration.value)

    def value(self, element: Any, name: str) -> str:
        return self.of.get(element, {}).get(name, (None, ""))[1]


def check_contrast(page: Page) -> Iterator[Finding]:
    """A warning for each pair of colours that is too close (WCAG 2.2, 1.4.3)."""
    rules = rules_of(page)
    dark = any("prefers-color-scheme: dark" in one for rule in rules for one in rule.within)
    told: set[tuple[str, str]] = set()
    for scheme in ("light", "dark") if dark else ("light",):
        styles = _cascade(page, rules, scheme)
        body = page.root.find("body")
        start = _Look(_NIGHT, _WHITE, 16, False) if scheme == "light" else _dark_start()
        if body is None:
            continue
        for element, look in _looks(body, start, styles):
            ratio = _ratio(look.ink, look.ground) if look.ground else 21.0
            large = look.size >= 24 or (look.bold and look.size >= 18.66)
            needed = 3.0 if large else 4.5
            pair = (scheme, f"{look.ink}{look.ground}")
            if ratio >= needed or pair in told:
                continue
            told.add(pair)
            words = " ".join(_own_words(element).split())[:40]
            yield warning(
                f"{words!r} has a contrast of {ratio:.1f}:1 in the {scheme}, not {needed:.1f}:1 "
                f"({_hex(look.ink)} on {_hex(look.ground)})",
                "WCAG 2.2, 1.4.3",
                "set the words or their ground further apart",
                at=HTML,
                line=element.sourceline,
            )


def _dark_start() -> _Look:
    return _Look(_WHITE, _NIGHT, 16, False)


def _cascade(page: Page, rules: list[Rule], scheme: str) -> _Styles:
    styles = _Styles()
    for order, rule in enumerate(rules):
        wanted = [one for one in rule.declarations if one.name in _WANTED]
        if not wanted or not _applies(rule, scheme):
            continue
        for element, weight in _matched(page, rule.selector):
            for declaration in wanted:
                styles.add(element, declaration, (declaration.important, weight, order))
    for element in page.elements:
        for declaration in declared(element.get("style", "")):
            if declaration.name in _WANTED:
                styles.add(element, declaration, (declaration.important, (1, 0, 0, 0), len(rules)))
    return styles


def _applies(rule: Rule, scheme: str) -> bool:
    """Whether a rule counts on a screen in this colour scheme; widths are all taken to fit."""
    for one in rule.within:
        if not one.startswith("media") or "print" in one or "-ms-" in one:
            return False
        if "prefers-color-scheme" in one and f"prefers-color-scheme: {scheme}" not in one:
            return False
    return bool(rule.selector)


def _matched(page: Page, text: str) -> Iterator[tuple[Any, tuple[int, int, int, int]]]:
    """The elements that a selector means, with its weight."""
    tree = page.root.getroottree()
    for path, weight in _paths(text):
        for element in tree.xpath(path):
            yield element, weight


@lru_cache(maxsize=512)
def _paths(text: str) -> tuple[tuple[str, tuple[int, int, int, int]], ...]:
    """The XPath and the weight of each selector in a list; none for one that isn't known."""
    found = []
    try:
        for selector in parse(text):
            path = HTMLTranslator().selector_to_xpath(selector)
            if not selector.pseudo_element:
                found.append((path, (0, *selector.specificity())))
    except SelectorError:
        return ()  # as CSS has it: one that is not known spoils the list
    return tuple(found)


def _looks(element: Any, above: _Look, styles: _Styles) -> Iterator[tuple[Any, _Look]]:
    """Each element with words of its own that are shown, and how they look."""
    waiting = [(element, above)]
    while waiting:
        here, outer = waiting.pop()
        if here.get("hidden") is not None or styles.value(here, "display") == "none":
            continue
        look = _look(here, outer, styles)
        if _own_words(here).strip():
            yield here, look
        waiting += [(child, look) for child in reversed(here) if isinstance(child.tag, str)]


def _look(element: Any, outer: _Look, styles: _Styles) -> _Look:
    ink = _colour(styles.value(element, "color") or element.get("color", "")) or outer.ink
    ground = outer.ground
    painted = styles.value(element, "background-color") or element.get("bgcolor", "")
    if "url(" in painted or "gradient(" in painted or element.get("background"):
        ground = None
    elif (colour := _first_colour(painted)) and colour.alpha > 0:
        ground = colour if colour.alpha == 1 else None
    size, bold = _font(element, outer, styles)
    return _Look(ink, ground, size, bold)


def _font(element: Any, outer: _Look, styles: _Styles) -> tuple[float, bool]:
    short = styles.value(element, "font")
    text = styles.value(element, "font-size") or short
    pixels = re.search(r"(?<![\w.])(\d+(?:\.\d+)?)px", text)
    size = float(pixels[1]) if pixels else _SIZES.get(element.tag, outer.size)
    weight = styles.value(element, "font-weight") or short
    if weight:
        bold = bool(re.match(r"(?:\w+ )*(?:bold|bolder|[6-9]00)\b", weight))
    else:
        bold = outer.bold or element.tag in _BOLD
    return size, bold


def _own_words(element: Any) -> str:
    if element.tag in ("style", "script", "title"):
        return ""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _first_colour(value: str) -> RGBA | None:
    """The colour in a background, which may also say other things."""
    found = _colour(value)
    for word in () if found else re.findall(r"[\w-]+\([^)]*\)|[^\s,]+", value):
        found = found or _colour(word)
    return found


def _colour(value: str) -> RGBA | None:
    parsed = parse_color(value) if value else None
    return parsed if isinstance(parsed, RGBA) else None  # currentColor is what it was


def _ratio(one: RGBA, other: RGBA) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: RGBA) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.red, colour.green, colour.blue)
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def _hex(colour: RGBA | None) -> str:
    if colour is None:
        return "a picture"
    parts = (colour.red, colour.green, colour.blue)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
