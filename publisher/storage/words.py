"""What an edition says, kept small: each piece of it once, however many segments say it.

Segments are put together from the same entries, so thousands of them share nearly all their words.
A segment is a list of the numbers of its pieces, compressed with the first one as dictionary: some
hundred bytes instead of thirty thousand.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from publisher.model import Rendered
from publisher.valueclass import valueclass


@valueclass
class SegmentWords:
    """One segment of an edition; `entries` are ids, `words` its pieces by number."""

    number: int
    language: str
    subject: str
    entries: tuple[str, ...]
    words: bytes


class Wording:
    """The words of an edition that is being made; segment 0, the public page, goes in first."""

    def __init__(self) -> None:
        self.parts: list[SegmentWords] = []
        self._pieces: dict[str, int] = {}
        self._first = b""
        self._said = hashlib.sha256()

    @property
    def title(self) -> str:
        """What the edition is called: the subject of its public page."""
        return self.parts[0].subject

    @property
    def pieces(self) -> list[str]:
        """All pieces in the order of their numbers."""
        return list(self._pieces)

    @property
    def digest(self) -> str:
        """What the edition says, in one hash: a later change of it would show."""
        return self._said.hexdigest()

    def add(self, number: int, entries: Sequence[str], rendered: Rendered) -> None:
        """Take in what is said to one segment."""
        markup, pieces = _split(rendered)
        known = self._pieces
        numbers = array("I", [markup])
        numbers.extend(known.setdefault(piece, len(known)) for piece in pieces)
        data = _as_bytes(numbers)
        words = _compress(data, self._first)
        self._first = self._first or data
        self._said.update(digest_of(number, rendered))
        self.parts.append(
            SegmentWords(
                number=number,
                language=rendered.language,
                subject=rendered.subject,
                entries=tuple(entries),
                words=words,
            )
        )

    def words(self) -> Words:
        """All of it, to be read."""
        numbers = [part.number for part in self.parts]
        packed = {part.number: Packed(part.words, part.language) for part in self.parts}
        return Words(self.pieces, numbers, packed.get)


class Packed(NamedTuple):
    """The words of one segment, compressed, and their language."""

    words: bytes
    language: str


class Words(Mapping[int, Rendered]):
    """What an edition says to each segment, by number; put together each time it is asked for.

    `read` gives the words of a segment, compressed or as they are, or None if there is none of
    this number.
    """

    def __init__(
        self,
        pieces: Sequence[str],
        numbers: Sequence[int],
        read: Callable[[int], Packed | Rendered | None],
    ) -> None:
        self._pieces = pieces
        self._numbers = numbers
        self._read = read
        first = read(0)
        self._first = _decompress(first.words, b"") if isinstance(first, Packed) else b""

    def __getitem__(self, number: int) -> Rendered:
        """The words of one segment."""
        found = self._read(number)
        if found is None:
            raise KeyError(number)
        if isinstance(found, Rendered):
            return found
        data = _decompress(found.words, self._first if number else b"")
        return _join(_from_bytes(data), self._pieces, found.language)

    def __iter__(self) -> Iterator[int]:
        """The numbers of all segments."""
        return iter(self._numbers)

    def __len__(self) -> int:
        """How many segments there are."""
        return len(self._numbers)


def digest_of(number: int, rendered: Rendered) -> bytes:
    """The hash of what is said to one segment."""
    words = [rendered.subject, rendered.preheader, rendered.html, rendered.text]
    if rendered.language:  # editions from before there was one keep their hash
        words.append(rendered.language)
    return hashlib.sha256(json.dumps([number, *words]).encode()).digest()


def digest_of_all(words: Mapping[int, Rendered]) -> str:
    """The hash of what an edition says to all of them."""
    said = hashlib.sha256()
    for number in sorted(words):
        said.update(digest_of(number, words[number]))
    return said.hexdigest()


def _split(rendered: Rendered) -> tuple[int, list[str]]:
    """The pieces of a segment's words, and how many of them are HTML: a tag each, a line each."""
    markup = rendered.html.split("<")
    lines = rendered.text.split("\n")
    return len(markup), [rendered.subject, rendered.preheader, *markup, *lines]


def _join(numbers: Sequence[int], pieces: Sequence[str], language: str) -> Rendered:
    markup, *rest = numbers
    subject, preheader, *both = (pieces[number] for number in rest)
    return Rendered(
        subject=subject,
        preheader=preheader,
        html="<".join(both[:markup]),
        text="\n".join(both[markup:]),
        language=language,
    )


def _as_bytes(numbers: array[int]) -> bytes:
    """Four bytes a number, the lowest first, on every machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _from_bytes(data: bytes) -> array[int]:
    numbers = array("I")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _compress(data: bytes, dictionary: bytes) -> bytes:
    packer = zlib.compressobj(zdict=dictionary) if dictionary else zlib.compressobj()
    return packer.compress(data) + packer.flush()


def _decompress(data: bytes, dictionary: bytes) -> bytes:
    unpacker = zlib.decompressobj(zdict=dictionary) if dictionary else zlib.decompressobj()
    return unpacker.decompress(data)
