"""Addresses and permanent names as feeds write them: URIs, in ASCII, or nothing at all."""

from __future__ import annotations

import re
from urllib.parse import quote

import idna

from publisher.feeds.characters import clean
from publisher.model import Feed, Publication

_PLAIN = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?(?:[/?](?:[\w./?:@!$&'()*+,;=~-]|%[0-9A-Fa-f]{2})*)?", re.ASCII
)
_WEB = re.compile(
    r"(https?)://(?:([^/?#@]*)@)?(\[[0-9a-f:.]+\]|[^/?#:@\[\]]+)(:\d+)?(.*)", re.IGNORECASE
)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[A-Za-z0-9._-]+")
# What the validator of Atom and RSS takes for an address: RFC 5322 without quoted local parts.
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")

# The date in a tag: URI (RFC 4151 section 2.1) is one on which its author held the domain. We
# can't know when that began, and it must never change: not with the day of the build, not with
# the first entry. So it is the same for all publications, and stands for "since ever".
_SINCE = "2000-01-01"


def web_address(text: str) -> str:
    """An absolute http or https address as a URI (RFC 3986), or "" if it can't be one.

    Letters beyond ASCII, spaces and stray signs are percent-encoded, the host is in A-labels.
    """
    if _PLAIN.fullmatch(text):
        return text
    match = _WEB.fullmatch("".join(clean(text).split("\n")).strip())
    if not match:
        return ""
    scheme, user, host, port, rest = match.groups(default="")
    if not _HOST.fullmatch(host) and not host.startswith("["):
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            return ""
    rest, hash_, fragment = rest.partition("#")
    if rest and rest[0] not in "/?":
        return ""
    user = f"{_quoted(user)}@" if user else ""
    return f"{scheme.lower()}://{user}{host}{port}{_quoted(rest)}{hash_}{_quoted(fragment)}"


def _quoted(part: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe="/?:@!$&'()*+,;=%~")


def mail_address(text: str) -> str:
    """The address if every format takes it, or ""."""
    return text if _MAIL.fullmatch(text) else ""


def feed_id(feed: Feed, publication: Publication) -> str:
    """The permanent name of a feed: it stays when the publication moves to another address."""
    return _tag_uri(publication, f"feeds/{feed.folder}")


def scheme_id(kind: str, publication: Publication) -> str:
    """The permanent name of a list of categories: "sections", "tags/person"."""
    return _tag_uri(publication, kind)


def _tag_uri(publication: Publication, what: str) -> str:
    return f"tag:{publication.domain},{_SINCE}:{what}"
