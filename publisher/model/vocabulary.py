"""The publication's own vocabulary: what its tags are called, what it says all the time."""

from __future__ import annotations

from dataclasses import dataclass

from publisher.model.entries import TagKind
from publisher.valueclass import valueclass


@valueclass
class Term:
    """A tag as the publication calls it, and what else it may be called.

    `medtop` is the number of the IPTC Media Topic that it is, or empty.
    """

    name: str
    kind: TagKind | None = None
    synonyms: tuple[str, ...] = ()
    medtop: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class WordCounts:
    """In how many of a publication's articles its most usual words stand, in small letters.

    The same by identity alone: it may be large, and there is one.
    """

    articles: int = 0
    words: tuple[tuple[str, int], ...] = ()


NOT_COUNTED = WordCounts()


@valueclass
class Vocabulary:
    """All terms; names that no program may choose; what every entry of a section carries.

    `counts` are of the words of the publication's own archive.
    """

    terms: tuple[Term, ...] = ()
    blocked: tuple[str, ...] = ()
    always: tuple[tuple[str, tuple[str, ...]], ...] = ()
    counts: WordCounts = NOT_COUNTED

    @property
    def names_tags(self) -> bool:
        """Whether it has something to say of the tags that an editor chose."""
        return bool(self.terms or self.blocked or self.always)
