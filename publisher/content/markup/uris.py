"""Which texts are URIs, so that every format and every validator takes them as ids."""

from __future__ import annotations

import re

from publisher.late import late_pattern

_PART = r"(?:[A-Za-z0-9;/?:@&=+$._!~*'(),-]|%[0-9A-Fa-f]{2})"
# RFC 3986 section 3: a scheme, a colon, and what may follow; of any length that an id has.
_URI = late_pattern(
    rf"[A-Za-z][A-Za-z0-9+.-]{{0,30}}:(?=.{{1,500}}$)\[?{_PART}+\]?{_PART}*(?:#{_PART}*)?"
)
_UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_SCHEMES = {
    "http": re.compile(r"//[^/?#].*"),
    "https": re.compile(r"//[^/?#].*"),
    "urn": re.compile(
        rf"(?:[Uu][Uu][Ii][Dd]:{_UUID}|(?![Uu][Uu][Ii][Dd]:)[A-Za-z0-9][A-Za-z0-9-]{{1,31}}:[^/?#]+)"
    ),
    "tag": re.compile(r"(?:[a-z0-9._-]+@)?[a-z0-9.-]+,[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?:.*"),
}


def is_uri(text: str) -> bool:
    """Whether a text can be an id for ever: a URI that also keeps the rules of its scheme.

    RFC 3986 for all, RFC 8141 for urn:, RFC 9562 for urn:uuid:, RFC 4151 for tag:.
    """
    scheme, _, rest = text.partition(":")
    special = _SCHEMES.get(scheme.lower())
    return _URI.fullmatch(text) is not None and (special is None or bool(special.fullmatch(rest)))
