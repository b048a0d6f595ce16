"""The HTML inside a feed: nothing in it may be relative."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from publisher.checks.feeds.common import SCHEME, Report

# A start tag, and the attributes in it: enough for sanitised HTML, and far cheaper than a parser.
_TAG = re.compile(r"""<[a-z](?:[^<>"']+|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
_KEPT = 100
_CANDIDATE = re.compile(r"\s*([^\s,]\S*[^\s,]|[^\s,])(?:\s[^,]*)?(?:,|$)")


def check_html(html: str, line: int | None, report: Report, name: str = "content") -> None:
    """Nothing in content may be relative: a feed reader stands elsewhere."""
    relative, active = _refused(html)
    for address in relative:
        report.warning(
            f"{name} refers to {address!r}, which leads nowhere in a feed reader",
            "RFC 3986 section 4.3",
            line=line,
            mend="write the whole address",
        )
    if active:
        report.warning(
            f"{name} has {active[:30].strip()!r}, which readers take out",
            "W3C feed validator, SecurityRisk",
            line=line,
            mend="take it out",
        )


_ACTIVE = re.compile(
    r"<(?:script|iframe|object|embed|form|base|meta|link|applet|frameset)\b"
    r"|<[a-z][^<>]*\s(?:on[a-z]+\s*=|(?:href|src)\s*=\s*[\"']?javascript:)",
    re.IGNORECASE,
)


@lru_cache(_KEPT)  # the same content stands in each of the formats
def _refused(html: str) -> tuple[tuple[str, ...], str]:
    """The relative addresses in it, and the first thing that would be active."""
    relative = tuple(one for one in _references(html) if not SCHEME.match(one))
    found = _ACTIVE.search(html)
    return relative, found[0] if found else ""


def _references(html: str) -> Iterator[str]:
    for tag in _TAG.findall(html):
        for attribute in _ATTRIBUTE.finditer(tag) if "=" in tag else ():
            key = attribute[1].lower()
            if key in ("href", "src", "poster"):
                yield unescape(attribute[2] or attribute[3] or attribute[4] or "").strip()
            elif key == "srcset":
                value = unescape(attribute[2] or attribute[3] or attribute[4] or "")
                yield from (found[1] for found in _CANDIDATE.finditer(value))
