"""Addresses of our own, made relative, so that the folder can be opened straight from a disk."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from urllib.parse import quote

from publisher.model import Publication

# Of those tags only that may have an attribute.
_TAG = re.compile(r"<[a-zA-Z][^<>\"\s]*\s(?:[^<>\"]|\"[^\"]*\")*>")
_ADDRESS = re.compile(r"(\s(?:href|src|poster)=\")([^\"]*)(\")")
_SOURCES = re.compile(r"(\ssrcset=\")([^\"]*)(\")")
# What stands in the output folder by name; the rest of the publication's host is not ours.
_FOLDERS = "(?:media|entries|tags|authors|sections|editions)/"
_OURS = re.compile(rf"{_FOLDERS}.|(?:index\.html)?$")

_ESCAPED = re.compile("[&<>\"']")  # signs that HTML may have in one way or another


def relative(path: str, origin: str) -> str:
    """The address of one file of the output folder as another one must write it."""
    return "../" * origin.count("/") + _quoted(path)


@lru_cache(4096)  # the same few feeds have their page named on all others
def _quoted(path: str) -> str:
    return quote(path, safe="/")


def relative_links(html: str, publication: Publication, origin: str) -> str:
    """HTML whose own addresses (links, images, sources) are relative to the page `origin`.

    Wants HTML as a serialiser writes it: attributes in double quotes.
    """
    if "srcset=" not in html and _ours_of(publication.url).search(html) is None:
        return html

    def address(value: str) -> str:
        plain = unescape(value).strip()
        rest = plain.removeprefix(publication.url)
        if rest == plain or not _OURS.match(rest):
            return value
        # Already quoted as an address, so the folders are all that may be counted.
        up = "../" * origin.count("/")
        return escape(up + (rest or "index.html"))

    def sources(value: str) -> str:
        parts = [part.strip().partition(" ") for part in value.split(", ")]
        return ", ".join(address(url) + space + size for url, space, size in parts)

    def tag(found: re.Match[str]) -> str:
        text = _ADDRESS.sub(lambda m: m[1] + address(m[2]) + m[3], found[0])
        return _SOURCES.sub(lambda m: m[1] + sources(m[2]) + m[3], text)

    return _TAG.sub(tag, html)


@lru_cache(16)
def _ours_of(url: str) -> re.Pattern[str]:
    """What stands in HTML wherever an address of ours does: one look instead of one a link."""
    written = _ESCAPED.split(url)[0]
    ours = rf"(?:{_FOLDERS}|(?:index\.html)?[\s\",])" if written == url else ""
    return re.compile(re.escape(written) + ours)
