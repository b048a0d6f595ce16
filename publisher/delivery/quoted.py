"""Quoted-printable in pieces: text encoded once, links joined in for each recipient.

Each piece begins and ends at a soft line break, so a link of any length can stand between two
of them and no line grows beyond 76 characters (RFC 2045 section 6.7).
"""

from __future__ import annotations

import binascii
import re

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NEWLINE = re.compile("\r\n?")
_SOFT = b"=\r\n"
_LONGEST = 76  # RFC 2045 section 6.7 (5), the sign of a soft line break included


def encode_piece(text: str) -> bytes:
    """A piece of a body as quoted-printable with CRLF; control characters are dropped."""
    plain = _CONTROLS.sub("", _NEWLINE.sub("\n", text)).encode("utf-8", "replace")
    return _with_room(binascii.b2a_qp(plain, istext=True)).replace(b"\n", b"\r\n")


def _with_room(encoded: bytes) -> bytes:
    """The same with room at its end for the soft line break that a link begins with."""
    start = encoded.rfind(b"\n") + 1
    if len(encoded) - start < _LONGEST:
        return encoded
    cut = -3 if encoded[-3:-2] == b"=" else -1  # an encoded byte stays whole
    return encoded[:cut] + b"=\n" + encoded[cut:]


def encode_link(text: str) -> bytes:
    """A link between two pieces: on raw lines of its own, where a reader sees no break."""
    return _SOFT + binascii.b2a_qp(text.encode()).replace(b"\n", b"\r\n") + _SOFT
