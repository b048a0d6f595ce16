"""The publication's own vocabulary: what its tags are called, what it does not want.

It wins over what the program finds. An article's own front matter wins over what is blocked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, MutableMapping
from dataclasses import replace
from functools import lru_cache

from publisher.content.text.slugs import slugify
from publisher.model import Tag, Term, Vocabulary
from publisher.valueclass import valueclass

_MOST_READ = 60_000  # characters


def settle(
    tags: Iterable[Tag],
    vocabulary: Vocabulary,
    *,
    section: str,
    title: str,
    paragraphs: list[str],
) -> tuple[Tag, ...]:
    """The tags of an entry as the publication has them, each slug once.

    A term that the headline or the text names twice is added; so is what the section (by its
    name) always carries.
    """
    index = _index(vocabulary)
    settled: dict[str, Tag] = {}
    for tag in tags:
        if tag.chosen_by == "program" and tag.slug in index.blocked:
            continue
        found = _called(index.terms.get(tag.slug), tag)
        settled.setdefault(found.slug, found)
    for term in _spoken_of(index, title, paragraphs):
        found = _called(term, Tag(name=term.name, slug=slugify(term.name)))
        settled.setdefault(found.slug, found)
    for name in index.always.get(slugify(section), ()) if section else ():
        tag = Tag(name=name, slug=slugify(name), chosen_by="editor")
        found = _called(index.terms.get(tag.slug), tag)
        settled.setdefault(found.slug, found)
    return tuple(settled.values())


def is_known(slug: str, vocabulary: Vocabulary) -> bool:
    """Whether a tag of this slug is called by a term, or blocked."""
    index = _index(vocabulary)
    return slug in index.terms or slug in index.blocked


def one_spelling(tags: Iterable[Tag], spellings: MutableMapping[str, str]) -> tuple[Tag, ...]:
    """Tags spelled as in the rest of the publication: `spellings`, by slug, learns new ones."""
    return tuple(replace(tag, name=spellings.setdefault(tag.slug, tag.name)) for tag in tags)


def _called(term: Term | None, tag: Tag) -> Tag:
    if term is None:
        return tag
    return replace(
        tag,
        name=term.name,
        slug=slugify(term.name),
        kind=term.kind or tag.kind,
        medtop=term.medtop or tag.medtop,
    )


@valueclass(kw_only=False)
class _Index:
    terms: dict[str, Term]
    blocked: frozenset[str]
    always: dict[str, tuple[str, ...]]
    spoken: re.Pattern[str] | None
    by_words: dict[str, Term]


@lru_cache(maxsize=8)
def _index(vocabulary: Vocabulary) -> _Index:
    terms: dict[str, Term] = {}
    by_words: dict[str, Term] = {}
    for term in vocabulary.terms:
        for words in (term.name, *term.synonyms):
            terms.setdefault(slugify(words), term)
            by_words.setdefault(words.casefold(), term)
    # Longer ones first: "Skerry Harbour" is no "Skerry".
    known = sorted(by_words, key=lambda words: (-len(words), words))
    spoken = "|".join(f"{_edge(words[0])}{re.escape(words)}{_edge(words[-1])}" for words in known)
    return _Index(
        terms=terms,
        blocked=frozenset(map(slugify, vocabulary.blocked)),
        always={slugify(section): names for section, names in vocabulary.always},
        spoken=re.compile(spoken, re.IGNORECASE) if spoken else None,
        by_words=by_words,
    )


def _edge(letter: str) -> str:
    """The end of a word, in scripts that part them."""
    return r"\b" if letter.isalnum() and letter < "\u2e80" else ""


def _spoken_of(index: _Index, title: str, paragraphs: list[str]) -> list[Term]:
    if index.spoken is None:
        return []
    counts: dict[str, int] = {}
    text = "\n".join(paragraphs)[:_MOST_READ]
    for weight, piece in ((2, title), (1, text)):
        for match in index.spoken.finditer(piece):
            term = index.by_words.get(match[0].casefold())
            if term is not None:
                counts[term.name] = counts.get(term.name, 0) + weight
    return [term for term in dict.fromkeys(index.by_words.values()) if counts.get(term.name, 0) > 1]
