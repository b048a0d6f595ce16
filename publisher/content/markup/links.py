"""Every address in an entry made absolute, and the files beside it told apart.

A relative address of a picture or a file means a file beside the article: it becomes an Asset,
published below `media/<slug>/`. Everything else is resolved against the entry's own address
(RFC 3986 section 5).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin, urlsplit

from publisher.content.markup.media import ARTICLES, PUBLISHABLE, extension
from publisher.content.markup.sanitise import SCHEMES
from publisher.content.text.slugs import slugify
from publisher.model import Asset, Finding, Publication, Severity

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_BEFORE_CANDIDATE = re.compile(r"[\s,]*")
_CANDIDATE = re.compile(r"\S+")
_DESCRIPTOR = re.compile(r"[0-9.]{1,10}[wx]")
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\"{}|\\^`]")
_MOST_FINDINGS = 20


@dataclass(slots=True)
class Links:
    """Resolves the addresses of one article; `assets` and `findings` grow as it does.

    `path` is the article's, `base` what relative addresses are relative to, `beside` whether a
    relative picture is a file beside the article; `source` the text that lines are counted in.
    """

    path: str
    slug: str
    publication: Publication
    base: str
    source: str = ""
    beside: bool = True
    assets: dict[str, Asset] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def page(self, address: str) -> str | None:
        """Where a link leads, absolute; None if it must not or can't be kept."""
        address = address.strip()
        if self._is_file_beside(address):
            kind = extension(address)
            if kind in ARTICLES:
                self.warn(
                    f"a link leads to an article's file, `{address[:100]}`, so it was left out",
                    "link to the address at which that entry is published",
                    address,
                )
                return None
            if kind in PUBLISHABLE or kind == "svg":
                return self._asset(address)
        return self._absolute(address, SCHEMES)

    def file(self, address: str) -> str | None:
        """Where a picture, sound or film is, absolute; None if it can't be published."""
        address = address.strip()
        if self._is_file_beside(address):
            return self._asset(address)
        return self._absolute(address, frozenset({"http", "https"}))

    def candidates(self, srcset: str) -> str | None:
        """A whole srcset, each address absolute; None if none is left."""
        # HTML standard section 4.8.4.2.1: an address may hold commas, but not end with one.
        kept: list[str] = []
        at = _skip(srcset, 0)
        while match := _CANDIDATE.match(srcset, at):
            address, at, size = match[0], match.end(), ""
            if not address.endswith(","):
                comma = srcset.find(",", at)
                comma = len(srcset) if comma < 0 else comma
                size, at = srcset[at:comma].strip(), comma
            if (url := self.file(address.rstrip(","))) is not None:
                size = f" {size}" if _DESCRIPTOR.fullmatch(size) else ""
                kept.append(url.replace(",", "%2C") + size)
            at = _skip(srcset, at)
        return ", ".join(kept) or None

    def _is_file_beside(self, address: str) -> bool:
        return (
            self.beside
            and bool(address)
            and not address.startswith(("/", "#", "?", "\\"))
            and not _SCHEME.match(address)
            and bool(extension(address))
        )

    def _absolute(self, address: str, schemes: frozenset[str]) -> str | None:
        try:
            return _resolve(self.base, address, schemes)
        except ValueError:
            self.warn(f"`{address[:100]}` is no address, so it was left out", "mend it", address)
            return None

    def _asset(self, address: str) -> str | None:
        name = unquote(address.partition("#")[0].partition("?")[0])
        source = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), name))
        if source.startswith(("../", "/")) or "\\" in name or _control(name):
            self._refuse(address, "leaves the articles folder", "copy it beside the article")
            return None
        kind = extension(source)
        if kind not in PUBLISHABLE:
            why = "can carry script" if kind == "svg" else "is of a kind that is not published"
            self._refuse(address, why, f"use one of {', '.join(PUBLISHABLE)}")
            return None
        asset = self.assets.get(source)
        if asset is None:
            asset = Asset(source=source, path=self._place(source, kind))
            self.assets[source] = asset
        return self.publication.address(asset.path)

    def _place(self, source: str, kind: str) -> str:
        stem = posixpath.basename(source)[: -len(kind) - 1]
        plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}", stem)
        name = stem if plain else slugify(stem)
        number, place = 1, f"media/{self.slug}/{name}.{kind}"
        while place.lower() in self.taken:
            number += 1
            place = f"media/{self.slug}/{name}-{number}.{kind}"
        self.taken.add(place.lower())
        return place

    def _refuse(self, address: str, why: str, mend: str) -> None:
        self.warn(f"the file `{address[:100]}` {why}, so it was left out", mend, address)

    def warn(self, what: str, mend: str, needle: str) -> None:
        """Note something for the editor, at the line where `needle` stands in the file."""
        if len(self.findings) >= _MOST_FINDINGS:
            return
        at = self.source.find(needle) if needle else -1
        line = self.source.count("\n", 0, at) + 1 if at >= 0 else None
        finding = Finding(
            severity=Severity.WARNING, what=what, mend=mend, path=self.path, line=line
        )
        if finding not in self.findings:
            self.findings.append(finding)


def whole_address(base: str, address: str) -> str:
    """A web address that may be relative to `base`, absolute; "" if it is none."""
    try:
        return _resolve(base, address.strip(), frozenset({"http", "https"})) or ""
    except ValueError:
        return ""


def _resolve(base: str, address: str, schemes: frozenset[str]) -> str | None:
    """Absolute, None with another scheme; ValueError for what is no address."""
    parts = urlsplit(urljoin(base, address))
    if parts.scheme not in schemes or (parts.scheme in {"http", "https"} and not parts.hostname):
        return None
    _ = parts.port
    return _UNSAFE.sub(lambda match: quote(match[0]), parts.geturl())


def _skip(srcset: str, at: int) -> int:
    match = _BEFORE_CANDIDATE.match(srcset, at)
    return match.end() if match else at


def _control(name: str) -> bool:
    return any(not character.isprintable() for character in name)
