"""What a server answers, read from bytes as they come (RFC 5321 section 4.2). Pure.

Bounded, because the other side may be anybody: whoever never ends a line or a reply is refused.
"""

from __future__ import annotations

import os
import re

_LONGEST_LINE = 4096  # RFC 5321 section 4.5.3.1.5 asks for 512
_LONGEST_REPLY = 65_536
_SHOWN = 500
_UNFIT = re.compile(r"[^\x20-\x7e]+")


class GarbledError(Exception):
    """What came is no answer of a mail server."""


class Reply:
    """A server's answer: its code, and its lines as they came, without code and line end."""

    __slots__ = ("code", "lines")

    def __init__(self, code: int, lines: list[bytes]) -> None:
        self.code = code
        self.lines = lines

    def __str__(self) -> str:
        """The answer on one line, fit for a log."""
        return fit(f"{self.code} {b' '.join(self.lines).decode('ascii', 'replace')}")


class ReplyReader:
    """Turns bytes into replies, whatever pieces they come in."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come beyond the last whole reply."""
        return not (self._rest or self._lines)

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that these bytes complete. Raises GarbledError for what is none."""
        pieces = (self._rest + data if self._rest else data).split(b"\n")
        self._rest = pieces.pop()
        if len(self._rest) > _LONGEST_LINE:
            raise GarbledError("the server's answer is too long")
        replies = []
        for line in pieces:
            code, mark, words = line[:3], line[3:4], line[4:].rstrip(b"\r")
            if (
                not code.isdigit()
                or not 2 <= code[0] - 0x30 <= 5
                or mark not in (b" ", b"-", b"\r", b"")
            ):
                raise GarbledError(
                    f"the server's answer is no SMTP: {fit(line.decode('ascii', 'replace'))!r}"
                )
            self._size += len(line)
            if len(line) > _LONGEST_LINE or self._size > _LONGEST_REPLY:
                raise GarbledError("the server's answer is too long")
            self._lines.append(words)
            if mark != b"-":
                replies.append(Reply(int(code), self._lines))
                self._lines, self._size = [], 0
        return replies


def fit(text: str) -> str:
    """What somebody else said, on one line and fit for a log."""
    return _UNFIT.sub(" ", text).strip()[:_SHOWN]


def words_of(err: Exception) -> str:
    """What happened to a connection, in a few words."""
    number = err.errno if isinstance(err, OSError) else None
    # Of a name that is not found the number is none of the system's (getaddrinfo(3)).
    said = os.strerror(number) if number and number > 0 else getattr(err, "strerror", None)
    return fit(said or str(err)) or type(err).__name__
