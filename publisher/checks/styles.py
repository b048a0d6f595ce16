"""The styles of an HTML part: what its <style> elements and style attributes say, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import tinycss2

from publisher.checks.html_part import Page
from publisher.valueclass import valueclass


@valueclass(kw_only=False)
class Declaration:
    """One property as written, its name in lower case, its value without `!important`."""

    name: str
    value: str
    important: bool


@valueclass(kw_only=False)
class Rule:
    """What a rule says; `within` are the at-rules around it, `selector` is a list by commas.

    `line` is its line in the HTML. An at-rule that holds no rules (@import, @font-face) has no
    selector.
    """

    selector: str
    declarations: tuple[Declaration, ...]
    within: tuple[str, ...]
    line: int


def rules_of(page: Page) -> list[Rule]:
    """Every rule of the <style> elements, in order; what can't be read is left out."""
    found: list[Rule] = []
    for style in page.named("style"):
        media = style.get("media", "").strip().lower()
        around = (f"media {media}",) if media and media != "all" else ()
        above = (style.sourceline or 1) - 1
        found += [
            replace(rule, within=(*around, *rule.within), line=rule.line + above)
            for rule in _sheet(style.text or "")
        ]
    return found


@lru_cache(maxsize=64)  # all editions of a newsletter have the same
def _sheet(text: str) -> tuple[Rule, ...]:
    nodes = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return tuple(_rules(nodes, ()))


@lru_cache(maxsize=4096)  # all entries of a digest have the same
def declared(text: str) -> tuple[Declaration, ...]:
    """What a style attribute, or the inside of a rule, says."""
    return tuple(_declarations(tinycss2.parse_blocks_contents(text)))


def _rules(nodes: Iterable[Any], within: tuple[str, ...]) -> Iterator[Rule]:
    for node in nodes:
        if node.type == "qualified-rule":
            selector = tinycss2.serialize(node.prelude).strip()
            inside = tinycss2.parse_blocks_contents(node.content)
            yield Rule(selector, tuple(_declarations(inside)), within, node.source_line)
        elif node.type == "at-rule":
            name = node.lower_at_keyword
            prelude = " ".join(tinycss2.serialize(node.prelude).lower().split())
            inside_of = (*within, f"{name} {prelude}".strip())
            if node.content is None:
                yield Rule("", (), inside_of, node.source_line)
            elif name in ("media", "supports", "layer", "container"):
                inner = tinycss2.parse_rule_list(
                    node.content, skip_comments=True, skip_whitespace=True
                )
                yield from _rules(inner, inside_of)
            else:
                inside = tinycss2.parse_blocks_contents(node.content)
                yield Rule("", tuple(_declarations(inside)), inside_of, node.source_line)


def _declarations(nodes: Iterable[Any]) -> Iterator[Declaration]:
    for node in nodes:
        if node.type == "declaration":
            value = re.sub(r"\s+", " ", tinycss2.serialize(node.value)).strip()
            yield Declaration(node.lower_name, value, bool(node.important))
