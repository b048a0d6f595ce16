"""What a DKIM signature is made of: headers and body in their relaxed forms (RFC 6376 section 3.4).

Relays may fold a header anew or trim a line; in these forms that makes no difference.
"""

from __future__ import annotations

import re

_FIELD = re.compile(rb"[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
_WSP = re.compile(rb"[ \t]+")
_LINE_END = re.compile(rb"[ \t]+(?=\r\n)")


def split_fields(head: bytes) -> list[bytes]:
    """The header fields of a head, each whole with its line ends, in order."""
    return _FIELD.findall(head)


def field_name(field: bytes) -> str:
    """A field's name in lower case."""
    return field.partition(b":")[0].strip().lower().decode("ascii", "replace")


def relaxed_field(field: bytes) -> bytes:
    """A field on one line: name in lower case, each run of white space one space (3.4.2)."""
    name, _, value = field.partition(b":")
    plain = _WSP.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.strip().lower() + b":" + plain + b"\r\n"


def relaxed_lines(piece: bytes) -> bytes:
    """A piece of a body: each run of white space one space, none before a line's end (3.4.4).

    Piece by piece is as good as the whole, as long as no piece but the last ends in white space
    that the next one would go on with. Empty lines at the end of a body are its owner's to drop.
    """
    return _WSP.sub(b" ", _LINE_END.sub(b"", piece))
