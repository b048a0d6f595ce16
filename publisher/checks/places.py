"""Where in the file of a message a finding is, for whoever opens it in an editor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import Message

from publisher.model import Finding


def locate(findings: Sequence[Finding], data: bytes, path: str) -> list[Finding]:
    """The findings on a message with `path` and the line of the file in place of header and part.

    A line of a base64 part can't be told from outside; such a finding has the part's first line.
    """
    lines = re.split(rb"\r\n|\n", data)
    return [
        replace(one, path=path, line=_line_of(one.path, one.line, data, lines)) for one in findings
    ]


def _line_of(at: str, line: int | None, data: bytes, lines: Sequence[bytes]) -> int | None:
    if not at:
        return line
    if "/" not in at:
        return _header(at, lines)
    return _in_part(at, line or 1, data, lines)


def _header(name: str, lines: Sequence[bytes]) -> int:
    """The line of a header; the first line where it is not there at all."""
    wanted = name.lower().encode() + b":"
    for number, line in enumerate(lines, 1):
        if not line:
            break
        if line.lower().startswith(wanted):
            return number
    return 1


def _in_part(media_type: str, line: int, data: bytes, lines: Sequence[bytes]) -> int:
    part = next(
        (one for one in message_from_bytes(data).walk() if one.get_content_type() == media_type),
        None,
    )
    first = None if part is None else _first_line(part, lines)
    if part is None or first is None:
        return 1
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        return first
    if encoding != "quoted-printable":
        return first + line - 1
    # RFC 2045 section 6.7 (5): a line that ends in "=" goes on in the next one.
    whole = 1
    for number in range(first, len(lines) + 1):
        if whole == line:
            return number
        whole += not lines[number - 1].endswith(b"=")
    return first


def _first_line(part: Message, lines: Sequence[bytes]) -> int | None:
    """The line of the file on which the content of a part begins."""
    body = part.get_payload()
    if not isinstance(body, str):
        return None
    wanted = [one.encode("utf-8", "surrogateescape") for one in body.splitlines()[:20]]
    for number in range(len(lines)):
        if list(lines[number : number + len(wanted)]) == wanted:
            return number + 1
    return None
