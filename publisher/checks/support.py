"""Which HTML and CSS a message uses, and how many mail clients show it.

The figures are in clients.tsv beside this module. A share is the mean over six families of
clients (Gmail, Apple Mail, Outlook on Windows, on the Mac and on the web, Yahoo), each counted once
whatever it has of platforms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from publisher.checks.html_part import HTML, Page
from publisher.checks.mail_source import warning
from publisher.checks.styles import Declaration, Rule, declared, rules_of
from publisher.model import Finding
from publisher.valueclass import valueclass

FAMILIES = (
    "Gmail",
    "Apple Mail",
    "Outlook on Windows",
    "Outlook on the Mac",
    "Outlook on the web",
    "Yahoo",
)
ENOUGH = 0.9
_URL = re.compile(r"url\([^)]*\)")


@valueclass(kw_only=False)
class Feature:
    """A feature of HTML or CSS; `clients` has a letter for each client, by family.

    `fallback` says what a reader has instead where it isn't shown, empty if nothing good.
    """

    name: str
    kind: str
    pattern: str
    clients: tuple[str, ...]
    fallback: str

    @property
    def share(self) -> float:
        """The share of clients that show it, at least in part, from 0 to 1."""
        return _mean(self.clients, "ya")

    @property
    def whole(self) -> float:
        """The share of clients that show all of it."""
        return _mean(self.clients, "y")

    @property
    def missing(self) -> tuple[str, ...]:
        """The families in which a client does not show it."""
        return tuple(
            family for family, letters in zip(FAMILIES, self.clients, strict=True) if "n" in letters
        )


@valueclass(kw_only=False)
class Use:
    """A feature that a message uses, and the line of its HTML that does so first."""

    feature: Feature
    line: int | None


def check_support(page: Page) -> Iterator[Finding]:
    """A warning for each feature that too few clients show, and that has no fallback."""
    for use in uses_of(page):
        feature = use.feature
        if feature.share >= ENOUGH or feature.fallback:
            continue
        yield warning(
            f"{feature.name} is shown by {feature.share:.0%} of mail clients: not, or not on each "
            f"device, by {', '.join(feature.missing)}",
            "caniemail.com, June 2026",
            "do without it, or let tables and what every client shows carry the message",
            at=HTML,
            line=use.line,
        )


def uses_of(page: Page) -> list[Use]:
    """The features in the table that the message uses, in the table's order.

    What stands in Outlook's own comments is not looked at: no other client reads it.
    """
    rules = rules_of(page)
    used = _Used(page, rules)
    found = ((feature, used.line_of(feature)) for feature in features())
    return [Use(feature, line or None) for feature, line in found if line is not None]


@cache
def features() -> tuple[Feature, ...]:
    """The table."""
    text = Path(__file__).with_name("clients.tsv").read_text(encoding="utf-8")
    found = []
    for line in text.splitlines():
        if not line.startswith("#"):
            _, how, name, *clients, fallback = line.split("\t")
            kind, _, pattern = how.partition(" ")
            found.append(
                Feature(name, kind, pattern, tuple(clients), "" if fallback == "-" else fallback)
            )
    return tuple(found)


class _Used:
    """Everything that a message uses, by kind; each with the first line on which it stands."""

    def __init__(self, page: Page, rules: list[Rule]) -> None:
        self.elements: dict[str, int] = {}
        self.attributes: dict[str, int] = {}
        self.addresses: dict[str, int] = {}
        self.images: dict[str, int] = {}
        self.metas: dict[str, int] = {}
        self.declarations: dict[Declaration, int] = {}
        self.selectors: dict[str, int] = {}
        self.around: dict[str, int] = {}
        for element in page.elements:
            self._take(element)
        for rule in rules:
            for one in rule.selector.split(","):
                self.selectors.setdefault(one.strip().lower(), rule.line)
            for one in rule.within:
                self.around.setdefault(one, rule.line)
            for declaration in rule.declarations:
                self.declarations.setdefault(declaration, rule.line)

    def _take(self, element: Any) -> None:
        tag, line = element.tag, element.sourceline or 0
        self.elements.setdefault(tag, line)
        for name, value in element.attrib.items():
            self.attributes.setdefault(name.lower(), line)
            if name == "style":
                for declaration in declared(value):
                    self.declarations.setdefault(declaration, line)
            elif name == "href" and tag == "a":
                self.addresses.setdefault(value.strip().lower(), line)
            elif name == "src" and tag == "img":
                self.images.setdefault(value.strip().lower(), line)
            elif name == "name" and tag == "meta":
                self.metas.setdefault(value.strip().lower(), line)

    def line_of(self, feature: Feature) -> int | None:
        """The first line that uses a feature; None if none does."""
        words = feature.pattern.split()
        match feature.kind:
            case "element":
                return _first(self.elements, words)
            case "attribute":
                return _first(self.attributes, words)
            case "meta":
                return _first(self.metas, words)
            case "link":
                return _matching(self.addresses, re.escape(feature.pattern), re.match)
            case "image":
                endings = "|".join(map(re.escape, words))
                pattern = endings if endings == "data:" else rf".*\.(?:{endings})(?:[?#]|$)"
                return _matching(self.images, pattern, re.match)
            case "selector":
                return _matching(self.selectors, feature.pattern, re.search)
            case "at":
                return _matching(self.around, rf"{feature.pattern}\b", re.match)
            case "media":
                return _matching(self.around, rf"media .*{feature.pattern}", re.match)
            case _:
                return self._in_declarations(feature)

    def _in_declarations(self, feature: Feature) -> int | None:
        holds = _HOLDS[feature.kind](feature.pattern)
        lines = [line for declaration, line in self.declarations.items() if holds(declaration)]
        return min(lines, default=None)


def _first(known: dict[str, int], names: list[str]) -> int | None:
    return min((known[name] for name in names if name in known), default=None)


def _matching(
    known: dict[str, int], pattern: str, find: Callable[[str, str], object]
) -> int | None:
    return min((line for text, line in known.items() if find(pattern, text)), default=None)


_Holds = Callable[[Declaration], bool]


def _holds_property(pattern: str) -> _Holds:
    names = frozenset(pattern.split())
    return lambda one: one.name in names


def _holds_value(pattern: str) -> _Holds:
    name, _, value = pattern.partition(" ")
    return lambda one: one.name == name and re.fullmatch(value, one.value.lower()) is not None


def _holds_in_value(form: str) -> Callable[[str], _Holds]:
    """For what may stand anywhere in a value, with `{}` for the words to look for."""

    def holding(pattern: str) -> _Holds:
        found = re.compile(form.format("|".join(map(re.escape, pattern.split()))))
        return lambda one: found.search(_URL.sub("", one.value.lower())) is not None

    return holding


_HOLDS: dict[str, Callable[[str], _Holds]] = {
    "property": _holds_property,
    "value": _holds_value,
    "function": _holds_in_value(r"(?<![\w-])(?:{})\("),
    "unit": _holds_in_value(r"\d(?:{})(?![\w%-])"),
    "word": _holds_in_value(r"(?<![\w-])(?:{})(?![\w-])"),
    "important": lambda _: lambda one: one.important,
}


def _mean(clients: tuple[str, ...], letters: str) -> float:
    shares = []
    for family in clients:
        known = [letter for letter in family if letter != "u"]
        if known:
            shares.append(sum(letter in letters for letter in known) / len(known))
    return sum(shares) / len(shares)
