"""What the checks of the three formats share: the report, and what an address or a date is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from publisher.model import Finding, Severity

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}content"
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")
_URI = re.compile(r"[A-Za-z0-9;/?:@&=+$._!~*'(),%#\[\]-]+")  # RFC 3986 section 2
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_RFC822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})",
    re.ASCII,
)


def parsed(data: bytes, root: str, report: Report) -> Any:
    """The root element, or None with the reason reported."""
    # Entities stay unread: no feed of ours has any. Long articles are no attack, hence huge_tree.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        element = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as err:
        report.error(f"the feed is not well-formed: {err.msg}", "XML 1.0", line=err.lineno)
        return None
    if element.tag != root:
        report.error(f"the root is <{shown(element.tag)}>, not <{shown(root)}>", "XML 1.0")
        return None
    return element


def check_characters(data: bytes, report: Report) -> None:
    doubtful = _C1.search(data)
    at = doubtful.start() if doubtful else data.find("\ufffd".encode())
    if at >= 0:
        report.warning(
            "there are signs of text read in the wrong encoding (C1 controls, U+FFFD)",
            "RFC 3629",
            line=line_at(data, at),
            mend="save the article as UTF-8",
        )


def line_at(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def shown(tag: str) -> str:
    return tag.rpartition("}")[2]


def text_of(element: Any) -> str:
    return "" if element is None else (element.text or "").strip()


def one(parent: Any, name: str, rule: str, report: Report) -> None:
    found = parent.findall(name)
    if len(found) != 1 or not text_of(found[0]):
        report.error(
            f"<{shown(parent.tag)}> needs exactly one {shown(name)} that says something",
            rule,
            line=parent.sourceline,
        )


def named(element: Any, report: Report) -> None:
    if not text_of(element):
        report.warning(
            "an author has a blank name", "RFC 4287 section 3.2.1", line=element.sourceline
        )


def unique(ids: Iterable[str | None], name: str, report: Report) -> None:
    seen: set[str] = set()
    for id_ in ids:
        if id_ and id_ in seen:
            report.error(
                f"the {name} {id_!r} stands twice",
                "RFC 4287 section 4.1.1",
                mend="give each article an id of its own",
            )
        seen.add(id_ or "")


def addresses(elements: Iterable[Any], report: Report, attribute: str = "") -> None:
    """Each element's text, or its attribute, must be an absolute web address."""
    for element in elements:
        address = element.get(attribute, "") if attribute else text_of(element)
        if not is_web(address):
            report.error(
                f"{shown(element.tag)} {address!r} is no absolute web address",
                "RFC 3986 section 4.3",
                line=element.sourceline,
            )


def is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc and _URI.fullmatch(address))


def moments(
    parent: Any, names: tuple[str, ...], is_right: Callable[[str], bool], report: Report
) -> None:
    for name in names:
        for element in parent.findall(name):
            if not is_right(element.text or ""):
                report.error(
                    f"{shown(name)} {element.text!r} is no date",
                    "RFC 822 section 5.1" if is_right is is_rfc822 else "RFC 3339 section 5.6",
                    line=element.sourceline,
                )


def is_rfc3339(text: str) -> bool:
    try:
        return bool(_RFC3339.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def is_rfc822(text: str) -> bool:
    """Syntax, a date that exists, and the right day of the week."""
    if not _RFC822.fullmatch(text):
        return False
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return False
    return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()] == text[:3]


@dataclass(slots=True)
class Report:
    """The findings on one feed, with the place of each."""

    path: str
    findings: list[Finding] = field(default_factory=list)

    def error(self, what: str, rule: str, *, line: int | None = None, mend: str = "") -> None:
        self._add(Severity.ERROR, what, rule, line, mend)

    def warning(self, what: str, rule: str, *, line: int | None = None, mend: str = "") -> None:
        self._add(Severity.WARNING, what, rule, line, mend)

    def _add(self, severity: Severity, what: str, rule: str, line: int | None, mend: str) -> None:
        self.findings.append(
            Finding(severity=severity, what=what, rule=rule, path=self.path, line=line, mend=mend)
        )
