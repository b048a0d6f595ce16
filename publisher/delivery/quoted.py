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


def encode_piece(text: str) -> bytes:
    """A piece of a body as quoted-printable with CRLF; control characters are dropped."""
    plain = _CONTROLS.sub("", _NEWLINE.sub("\n", text)).encode("utf-8", "replace")
    return binascii.b2a_qp(plain, istext=True).replace(b"\n", b"\r\n")


def encode_link(text: str) -> bytes:
    """A link between two pieces: on raw lines of its own, where a reader sees no break."""
    return _SOFT + binascii.b2a_qp(text.encode()).replace(b"\n", b"\r\n") + _SOFT
