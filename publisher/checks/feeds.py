"""What the W3C validator would refuse in a feed, told quickly enough to run on each changed one.

An ERROR is what that validator calls an error (and what JSON Feed 1.1 says MUST be), a WARNING
what it warns of. It is no substitute for the validator: the tests run both on the same feeds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from publisher.model import FeedFormat, Finding, Severity

_A = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_MEDIA = "{http://search.yahoo.com/mrss/}content"
_PERMALINK = {"true", "1", None}


@dataclass(slots=True)
class _Report:
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


def check_feed(data: bytes, form: FeedFormat, path: str) -> list[Finding]:
    """What is wrong with a feed file; `path` only names it in the findings.

    Errors mean that readers may refuse the whole feed, warnings that one of them may show it
    wrongly. No file is opened and no address fetched.
    """
    report = _Report(path)
    try:
        data.decode()
    except UnicodeDecodeError as err:
        report.error("the feed is not UTF-8", "RFC 3629", line=_line_at(data, err.start))
        return report.findings
    _check_characters(data, report)
    _CHECKS[form](data, report)
    return report.findings


# ---------------------------------------------------------------- RSS


def _check_rss(data: bytes, report: _Report) -> None:
    root = _parsed(data, "rss", report)
    if root is None:
        return
    channel = root.find("channel")
    if root.get("version") != "2.0" or channel is None:
        report.error("<rss> has no version 2.0 or no <channel>", "RSS 2.0", line=root.sourceline)
        return
    for name in ("title", "link", "description"):
        _one(channel, name, "RSS 2.0", report)
    _addresses(channel.findall("link"), report)
    _moments(channel, ("pubDate", "lastBuildDate"), _is_rfc822, report)
    if not any(link.get("rel") == "self" for link in channel.findall(f"{_A}link")):
        report.warning("the feed does not say its own address (atom:link)", "RSS profile")
    items = channel.findall("item")
    _unique((item.findtext("guid") for item in items), "guid", report)
    for item in items:
        _check_item(item, report)


def _check_item(item: Any, report: _Report) -> None:
    line = item.sourceline
    names = [child.tag for child in item]
    if "title" not in names and "description" not in names:
        report.error("an item has neither title nor description", "RSS 2.0", line=line)
    for name in ("title", "link", "description", "guid", "pubDate", "author", _CONTENT):
        if names.count(name) > 1:
            report.error(f"an item has more than one {_shown(name)}", "RSS 2.0", line=line)
    if names.count("enclosure") > 1:
        report.error("an item has more than one enclosure", "RSS profile", line=line)
    if _CONTENT in names and "description" not in names[: names.index(_CONTENT)]:
        report.warning("content:encoded without a description before it", "RSS profile", line=line)
    _check_guid(item.find("guid"), line, report)
    _addresses(item.findall("link"), report)
    _addresses(item.findall("enclosure"), report, "url")
    _addresses(item.findall(_MEDIA), report, "url")
    for enclosure in item.findall("enclosure"):
        _check_enclosure(enclosure, report)
    for author in (*item.findall("author"), *item.findall(_CREATOR)):
        _named(author, report)
    _moments(item, ("pubDate",), _is_rfc822, report)
    _moments(item, (f"{_A}updated",), _is_rfc3339, report)
    for name in ("description", _CONTENT):
        _check_html(item.findtext(name) or "", line, report)


def _check_guid(guid: Any, line: int, report: _Report) -> None:
    if guid is None or not _text(guid):
        report.warning("an item has no guid, so an edit shows it again", "RSS profile", line=line)
    elif guid.get("isPermaLink") in _PERMALINK and not _is_web(_text(guid)):
        report.error(
            f"guid {_text(guid)!r} is no web address",
            "RSS 2.0",
            line=guid.sourceline,
            mend='write isPermaLink="false"',
        )


def _check_enclosure(enclosure: Any, report: _Report) -> None:
    if not (enclosure.get("length") or "").isdigit() or "/" not in (enclosure.get("type") or ""):
        report.error(
            "an enclosure has no length in bytes or no media type",
            "RSS 2.0",
            line=enclosure.sourceline,
            mend="write 0 for an unknown length",
        )


# ---------------------------------------------------------------- Atom


def _check_atom(data: bytes, report: _Report) -> None:
    root = _parsed(data, f"{_A}feed", report)
    if root is None:
        return
    for name in ("id", "title", "updated"):
        _one(root, f"{_A}{name}", "RFC 4287 section 4.1.1", report)
    _moments(root, (f"{_A}updated",), _is_rfc3339, report)
    _check_links(root, report)
    if not any(link.get("rel") == "self" for link in root.findall(f"{_A}link")):
        report.warning("the feed does not say its own address", "RFC 4287 section 4.1.1")
    signed = _check_people(root, report)
    entries = root.findall(f"{_A}entry")
    _unique((entry.findtext(f"{_A}id") for entry in entries), "id", report)
    for entry in entries:
        _check_entry(entry, signed, report)


def _check_entry(entry: Any, signed: bool, report: _Report) -> None:
    line = entry.sourceline
    rule = "RFC 4287 section 4.1.2"
    for name in ("id", "title", "updated"):
        _one(entry, f"{_A}{name}", rule, report)
    id_ = _text(entry.find(f"{_A}id"))
    if id_ and not _SCHEME.match(id_):
        report.error(f"id {id_!r} is no IRI", "RFC 4287 section 4.2.6", line=line)
    if not _check_people(entry, report) and not signed:
        report.error("neither entry nor feed has an author", rule, line=line)
    _moments(entry, (f"{_A}updated", f"{_A}published"), _is_rfc3339, report)
    moments = [entry.findtext(f"{_A}{name}") or "" for name in ("published", "updated")]
    if all(map(_is_rfc3339, moments)):
        published, updated = map(datetime.fromisoformat, moments)
        if updated < published:
            report.warning("an entry was updated before it was published", rule, line=line)
    content = entry.findall(f"{_A}content")
    alternate = _check_links(entry, report)
    if len(content) > 1 or (not content and not alternate):
        report.error("an entry needs one content or an alternate link", rule, line=line)
    for category in entry.findall(f"{_A}category"):
        if not category.get("term"):
            report.error("a category has no term", "RFC 4287 section 4.2.2", line=line)
    _addresses(entry.findall(_MEDIA), report, "url")
    for element in content:
        if element.get("type") == "html":
            _check_html(element.text or "", line, report)


def _check_links(parent: Any, report: _Report) -> bool:
    """Check a feed's or entry's links; whether one is an alternate."""
    links = parent.findall(f"{_A}link")
    _addresses(links, report, "href")
    alternates = [
        (link.get("type"), link.get("hreflang"))
        for link in links
        if link.get("rel", "alternate") == "alternate"
    ]
    if len(set(alternates)) < len(alternates):
        report.error(
            "two alternate links have the same type and language",
            "RFC 4287 section 4.1.1",
            line=parent.sourceline,
        )
    return bool(alternates)


def _check_people(parent: Any, report: _Report) -> bool:
    """Check a feed's or entry's authors; whether there is one."""
    people = parent.findall(f"{_A}author")
    for person in people:
        name = person.find(f"{_A}name")
        if name is None:
            report.error("an author has no name", "RFC 4287 section 3.2", line=person.sourceline)
        else:
            _named(name, report)
    return bool(people)


# ---------------------------------------------------------------- JSON Feed


def _check_json(data: bytes, report: _Report) -> None:
    try:
        feed = json.loads(data)
    except ValueError as err:  # a JSONDecodeError, or a number that no program can hold
        report.error(f"the feed is not JSON: {err}", "RFC 8259", line=getattr(err, "lineno", None))
        return
    except RecursionError:
        report.error("the feed is nested too deeply", "RFC 8259 section 9")
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        report.error("the feed has no list of items", _JSON)
        return
    if not str(feed.get("version")).startswith("https://jsonfeed.org/version/1"):
        report.error("the feed has no version of JSON Feed", _JSON)
    if not _said(feed.get("title")):
        report.error("the feed has no title", _JSON)
    _json_addresses(feed, ("home_page_url", "feed_url"), "the feed", report)
    _unique((_said(item.get("id")) for item in items), "id", report)
    for item in items:
        _check_json_item(item, report)
    for text in _strings(feed):
        if _CONTROL.search(text):
            report.error(f"control characters in {text[:40]!r}", "RFC 8259 section 7")


def _check_json_item(item: dict[str, Any], report: _Report) -> None:
    name = f"item {item.get('id')!r}"
    if not _said(item.get("id")):
        report.error("an item has no id", _JSON)
    if not any(isinstance(item.get(key), str) for key in ("content_html", "content_text")):
        report.error(f"{name} has neither content_html nor content_text", _JSON)
    _json_addresses(item, ("url", "external_url", "image", "banner_image"), name, report)
    for key in ("date_published", "date_modified"):
        if key in item and not _is_rfc3339(str(item[key])):
            report.error(f"{name}: {key} {item[key]!r} is no date", "RFC 3339 section 5.6")
    for author in _dicts(item.get("authors")):
        if not any(_said(author.get(key)) for key in ("name", "url", "avatar")):
            report.error(f"{name} has an author without a name", _JSON)
    for file in _dicts(item.get("attachments")):
        if not _said(file.get("url")) or "/" not in str(file.get("mime_type")):
            report.error(f"{name} has an attachment without url or mime_type", _JSON)
        _json_addresses(file, ("url",), name, report)
    _check_html(str(item.get("content_html") or ""), None, report, name)


def _json_addresses(
    fields: dict[str, Any], keys: tuple[str, ...], whose: str, report: _Report
) -> None:
    for key in keys:
        if key in fields and not _is_web(str(fields[key])):
            report.error(f"{whose}: {key} {fields[key]!r} is no web address", _JSON)


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    return (
        (each for each in value if isinstance(each, dict)) if isinstance(value, list) else iter(())
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _said(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


# ---------------------------------------------------------------- what the formats share

_JSON = "JSON Feed 1.1"
_CHECKS: dict[FeedFormat, Callable[[bytes, _Report], None]] = {
    "rss": _check_rss,
    "atom": _check_atom,
    "json": _check_json,
}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")
_URI = re.compile(r"[A-Za-z0-9;/?:@&=+$._!~*'(),%#\[\]-]+")  # RFC 3986 section 2
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_RFC822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})",
    re.ASCII,
)


def _parsed(data: bytes, root: str, report: _Report) -> Any:
    """The root element, or None with the reason reported."""
    # Entities stay unread: no feed of ours has any. Long articles are no attack, hence huge_tree.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        element = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as err:
        report.error(f"the feed is not well-formed: {err.msg}", "XML 1.0", line=err.lineno)
        return None
    if element.tag != root:
        report.error(f"the root is <{_shown(element.tag)}>, not <{_shown(root)}>", "XML 1.0")
        return None
    return element


def _check_characters(data: bytes, report: _Report) -> None:
    doubtful = _C1.search(data)
    at = doubtful.start() if doubtful else data.find("\ufffd".encode())
    if at >= 0:
        report.warning(
            "there are signs of text read in the wrong encoding (C1 controls, U+FFFD)",
            "RFC 3629",
            line=_line_at(data, at),
            mend="save the article as UTF-8",
        )


def _line_at(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _shown(tag: str) -> str:
    return tag.rpartition("}")[2]


def _text(element: Any) -> str:
    return "" if element is None else (element.text or "").strip()


def _one(parent: Any, name: str, rule: str, report: _Report) -> None:
    found = parent.findall(name)
    if len(found) != 1 or not _text(found[0]):
        report.error(
            f"<{_shown(parent.tag)}> needs exactly one {_shown(name)} that says something",
            rule,
            line=parent.sourceline,
        )


def _named(element: Any, report: _Report) -> None:
    if not _text(element):
        report.warning(
            "an author has a blank name", "RFC 4287 section 3.2.1", line=element.sourceline
        )


def _unique(ids: Iterable[str | None], name: str, report: _Report) -> None:
    seen: set[str] = set()
    for id_ in ids:
        if id_ and id_ in seen:
            report.error(
                f"the {name} {id_!r} stands twice",
                "RFC 4287 section 4.1.1",
                mend="give each article an id of its own",
            )
        seen.add(id_ or "")


def _addresses(elements: Iterable[Any], report: _Report, attribute: str = "") -> None:
    """Each element's text, or its attribute, must be an absolute web address."""
    for element in elements:
        address = element.get(attribute, "") if attribute else _text(element)
        if not _is_web(address):
            report.error(
                f"{_shown(element.tag)} {address!r} is no absolute web address",
                "RFC 3986 section 4.3",
                line=element.sourceline,
            )


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc and _URI.fullmatch(address))


def _moments(
    parent: Any, names: tuple[str, ...], is_right: Callable[[str], bool], report: _Report
) -> None:
    for name in names:
        for element in parent.findall(name):
            if not is_right(element.text or ""):
                report.error(
                    f"{_shown(name)} {element.text!r} is no date",
                    "RFC 822 section 5.1" if is_right is _is_rfc822 else "RFC 3339 section 5.6",
                    line=element.sourceline,
                )


def _is_rfc3339(text: str) -> bool:
    try:
        return bool(_RFC3339.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _is_rfc822(text: str) -> bool:
    """Syntax, a date that exists, and the right day of the week."""
    if not _RFC822.fullmatch(text):
        return False
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return False
    return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()] == text[:3]


# A start tag, and the attributes in it: enough for sanitised HTML, and far cheaper than a parser.
_TAG = re.compile(r"""<[a-z](?:[^<>"']+|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
_CANDIDATE = re.compile(r"\s*([^\s,]\S*[^\s,]|[^\s,])(?:\s[^,]*)?(?:,|$)")


def _check_html(html: str, line: int | None, report: _Report, name: str = "content") -> None:
    """Nothing in content may be relative: a feed reader stands elsewhere."""
    for address in _references(html):
        if not _SCHEME.match(address):
            report.warning(
                f"{name} refers to {address!r}, which leads nowhere in a feed reader",
                "RFC 3986 section 4.3",
                line=line,
                mend="write the whole address",
            )


def _references(html: str) -> Iterator[str]:
    for tag in _TAG.finditer(html):
        for attribute in _ATTRIBUTE.finditer(tag[0]):
            key = attribute[1].lower()
            if key in ("href", "src", "poster"):
                yield unescape(attribute[2] or attribute[3] or attribute[4] or "").strip()
            elif key == "srcset":
                value = unescape(attribute[2] or attribute[3] or attribute[4] or "")
                yield from (found[1] for found in _CANDIDATE.finditer(value))
