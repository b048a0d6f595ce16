"""The Range header: the one part of a file that a player of podcasts asks for."""

from __future__ import annotations

import re
from typing import NamedTuple

from starlette.datastructures import Headers

_RANGE = re.compile(r"bytes=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*")


class Span(NamedTuple):
    """From the first byte to the last, both counted from 0."""

    first: int
    last: int


def read_range(headers: Headers, size: int, etag: str) -> Span | tuple[()] | None:
    """What part of `size` bytes is wanted (RFC 9110 section 14.2); None: all of it.

    Nothing at all, (), if there is no such part. Several parts at once are answered with the
    whole, as the section allows; so is a part of other bytes than these (If-Range).
    """
    match = _RANGE.fullmatch(headers.get("range", ""))
    if not match or headers.get("if-range", etag) != etag or not (match[1] or match[2]):
        return None
    if match[1]:
        span = Span(int(match[1]), min(int(match[2] or size), size - 1))
    else:
        span = Span(max(0, size - int(match[2])), size - 1)
    return span if span.first <= span.last else ()
