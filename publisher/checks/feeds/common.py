"""What the checks of the three formats share: the report, and what an address or a date is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
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
        report.error(
            f"the feed is not well-formed: {err.msg}",
            "XML 1.0",
            line=err.lineno,
            mend="close each element, and write & and < as &amp; and &lt;",
        )
        return None
    if element.tag != root:
        report.error(
            f"the root is <{shown(element.tag)}>, not <{shown(root)}>",
            "XML 1.0",
            line=element.sourceline,
            mend="begin it as the format asks, with its namespace",
        )
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


class Family:
    """An element with its children by tag: looked through once, not once for each that is asked."""

    def __init__(self, parent: Any) -> None:
        self.parent = parent
        self.tags: list[Any] = []  # of a comment it is no text
        self._children: dict[Any, list[Any]] = {}
        for child in parent:
            tag = child.tag
            self.tags.append(tag)
            self._children.setdefault(tag, []).append(child)

    @property
    def line(self) -> int | None:
        """Where the parent stands."""
        line: int | None = self.parent.sourceline
        return line

    def all(self, name: str) -> list[Any]:
        """The children with this tag."""
        return self._children.get(name, [])

    def first(self, name: str) -> Any:
        """The first of them, or None."""
        return next(iter(self.all(name)), None)

    def repeated(self) -> list[Any]:
        """The tags that more than one child has."""
        if len(self.tags) == len(self._children):
            return []
        return [tag for tag, some in self._children.items() if len(some) > 1]


def one(family: Family, name: str, rule: str, report: Report) -> None:
    found = family.all(name)
    if len(found) != 1 or not text_of(found[0]):
        report.error(
            f"<{shown(family.parent.tag)}> needs exactly one {shown(name)} that says something",
            rule,
            line=family.line,
            mend=f"write one {shown(name)}",
        )


def named(element: Any, report: Report) -> None:
    if not text_of(element):
        report.warning(
            "an author has a blank name",
            "RFC 4287 section 3.2.1",
            line=element.sourceline,
            mend="write the name, or leave the author out",
        )


def repeated(ids: Iterable[str]) -> list[str]:
    """Those of these ids that stood before."""
    seen: set[str] = set()
    again = []
    for id_ in ids:
        if id_ and id_ in seen:
            again.append(id_)
        seen.add(id_)
    return again


def unique(entries: Iterable[Family], name: str, report: Report) -> None:
    """No two entries may have the same id, in the child of this name."""
    lines: dict[str, int | None] = {}
    ids = []
    for entry in entries:
        id_ = text_of(entry.first(name))
        lines[id_] = entry.line
        ids.append(id_)
    for id_ in repeated(ids):
        report.error(
            f"the {shown(name)} {id_!r} stands twice",
            "RFC 4287 section 4.1.1",
            line=lines[id_],
            mend="give each article an id of its own",
        )


def addresses(elements: Iterable[Any], report: Report, attribute: str = "") -> None:
    """Each element's text, or its attribute, must be an absolute web address."""
    for element in elements:
        address = element.get(attribute, "") if attribute else text_of(element)
        if not is_web(address):
            report.error(
                f"{shown(element.tag)} {address!r} is no absolute web address",
                "RFC 3986 section 4.3",
                line=element.sourceline,
                mend="write the whole address, from https: on",
            )


def is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc and _URI.fullmatch(address))


def moments(
    family: Family, names: tuple[str, ...], is_right: Callable[[str], bool], report: Report
) -> None:
    for name in names:
        for element in family.all(name):
            if not is_right(element.text or ""):
                report.error(
                    f"{shown(name)} {element.text!r} is no date",
                    "RFC 822 section 5.1" if is_right is is_rfc822 else "RFC 3339 section 5.6",
                    line=element.sourceline,
                    mend="write it as Tue, 27 Oct 2026 12:00:00 GMT"
                    if is_right is is_rfc822
                    else "write it as 2026-10-27T12:00:00Z",
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


LARGE = 5 * 1024 * 1024
_MAIL = re.compile(r"[^\s@<>()\[\]]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;.*)?", re.ASCII)


def check_size(data: bytes, report: Report) -> None:
    """Readers fetch a whole feed again and again; some take no more than so much."""
    if len(data) > LARGE:
        report.warning(
            f"the feed has {len(data) / 2**20:.1f} MB, and readers fetch all of it each time",
            "practice: readers cap what they take, Miniflux at 15 MB unless told otherwise",
            mend="lower [feeds] limit and close older entries into an archive",
        )


def check_order(
    told: str, newest: str, dates: Sequence[str], read: Callable[[str], datetime], report: Report
) -> None:
    """What a feed says of its own age, `told` under the name `newest`, and the order of entries.

    `dates` are those of the entries, in order, "" where there is none; `read` understands them.
    """
    moments_ = [moment for moment in (_moment(one, read) for one in dates) if moment]
    own = _moment(told, read)
    if own and moments_ and own < max(moments_):
        report.warning(
            f"{newest} is older than the newest entry, so readers may not look at it",
            "RFC 4287 section 4.2.15",
            mend=f"set {newest} to when an entry last changed",
        )
    backwards = sorted(moments_)
    if len(moments_) > 2 and moments_ == backwards and len(set(moments_)) == len(moments_):
        report.warning(
            "the entries run backwards, the oldest first: many readers show the first ones alone",
            "practice: the newest first",
            mend="turn their order round",
        )


def _moment(text: str, read: Callable[[str], datetime]) -> datetime | None:
    try:
        moment = read(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None


def at_most_one(family: Family, names: frozenset[str], rule: str, report: Report) -> None:
    """These elements may stand once."""
    for name in family.repeated():
        if name in names:
            report.error(
                f"<{shown(family.parent.tag)}> has more than one {shown(name)}",
                rule,
                line=family.all(name)[1].sourceline,
                mend="leave one",
            )


def only_known(
    family: Family, known: frozenset[str], space: str, rule: str, report: Report
) -> None:
    """Elements in the format's own namespace must be the format's own, and no words stray.

    `known` has their tags, each with that namespace (`space`, "" for none).
    """
    parent = family.parent
    for child, tag in zip(parent, family.tags, strict=True):
        if tag in known or not isinstance(tag, str):
            continue
        inside, _, name = tag.rpartition("}")
        if inside.removeprefix("{") == space:
            report.error(
                f"<{shown(parent.tag)}> has <{name}>, which the format does not know there",
                rule,
                line=child.sourceline,
                mend="take it out, or give it the namespace of the extension that has it",
            )
    if any(text and text.strip() for text in (parent.text, *(child.tail for child in parent))):
        report.error(
            f"words stand in <{shown(parent.tag)}> outside of any element",
            rule,
            line=parent.sourceline,
            mend="put them into an element",
        )


def is_mail(text: str) -> bool:
    """Whether a text is a mail address, with or without a name in brackets behind it."""
    return bool(_MAIL.fullmatch(text.partition(" ")[0]))


def is_language(text: str) -> bool:
    """Whether a text is formed as a language tag is (BCP 47)."""
    return bool(_LANGUAGE.fullmatch(text))


def is_media_type(text: str) -> bool:
    """Whether a text is formed as a media type is (RFC 6838)."""
    return bool(_MEDIA_TYPE.fullmatch(text))


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
