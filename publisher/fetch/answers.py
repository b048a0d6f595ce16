"""What a server answered, its body unpacked within bounds."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

from publisher.valueclass import valueclass

_CHUNK = 64 * 1024


class TooLargeError(ValueError):
    """There is more of it than was allowed."""


@valueclass
class Answer:
    """A server's answer; the names of its headers are in small letters.

    `url` is the address that answered, after any redirect; `moved` the one to which the address
    asked for has moved for good, or empty. Only an answer that is `ok` has a body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved: str = ""

    @property
    def ok(self) -> bool:
        """Whether what was asked for came, or was done."""
        return 200 <= self.status < 300


def read_body(read: Callable[[int], bytes], encoding: str, most: int) -> bytes:
    """All that `read` gives, unpacked (RFC 9110 section 8.4.1): gzip, deflate or plain.

    Raises TooLargeError as soon as more than `most` bytes are there, packed or unpacked, and
    ValueError for what can't be unpacked. A bomb costs no more memory than `most` allows.
    """
    unpack = _Unpacker(encoding.strip().lower(), most)
    packed = 0
    while chunk := read(_CHUNK):
        packed += len(chunk)
        if packed > most:
            raise TooLargeError
        unpack.feed(chunk)
    return unpack.finish()


class _Unpacker:
    def __init__(self, encoding: str, most: int) -> None:
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise ValueError(f"it is packed as {encoding[:20]!r}, which nobody asked for")
        self._inflate = encoding in ("gzip", "x-gzip", "deflate")
        # 32: told by its header whether it is gzip or zlib; some send deflate without any.
        self._raw = False
        self._engine = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._parts: list[bytes] = []
        self._left = most

    def feed(self, data: bytes) -> None:
        if not self._inflate:
            self._keep(data)
            return
        try:
            self._keep(self._engine.decompress(data, self._left + 1))
        except zlib.error:
            if self._parts or self._raw:
                raise ValueError("it is packed and can't be unpacked") from None
            self._raw = True
            self._engine = zlib.decompressobj(-zlib.MAX_WBITS)
            self.feed(data)

    def _keep(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise TooLargeError
        self._parts.append(data)

    def finish(self) -> bytes:
        if self._inflate and self._parts and not self._engine.eof:
            raise ValueError("it is packed and ends too early")
        return b"".join(self._parts)
