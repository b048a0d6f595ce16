"""The publication's own vocabulary: what its tags are called, what it does not want."""

from __future__ import annotations

from dataclasses import dataclass

from publisher.model.entries import TagKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A tag as the publication calls it, and what else it may be called.

    `medtop` is the number of the IPTC Media Topic that it is, or empty.
    """

    name: str
    kind: TagKind | None = None
    synonyms: tuple[str, ...] = ()
    medtop: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All terms; names that no program may choose; what every entry of a section carries."""

    terms: tuple[Term, ...] = ()
    blocked: tuple[str, ...] = ()
    always: tuple[tuple[str, tuple[str, ...]], ...] = ()
