"""One name of a story with what speaks for its kind, and how half a name finds its whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter

from publisher.content.naming.background import is_common
from publisher.content.naming.given_names import GIVEN_NAMES
from publisher.model import TagKind


@dataclass(slots=True)
class Name:
    """One name with what speaks for its kind; `first` is where it first stands."""

    text: str
    first: int
    count: float = 0.0
    votes: Counter[TagKind] = field(default_factory=Counter)
    known: bool = False  # from a table, or with a word that tells its kind
    articles: int = 0  # mentions behind "the" or "a", which people's names are not
    seat: bool = False  # a capital, which may be told for its country only
    weak: int = 0  # mentions at the start of a sentence, where anything has a capital

    @property
    def tokens(self) -> list[str]:
        """Its words."""
        return self.text.split()

    @property
    def kind(self) -> TagKind | None:
        """The kind that most speaks for, if anything does."""
        votes = self.votes
        if self.articles and votes[TagKind.PERSON]:
            votes = votes - Counter({TagKind.PERSON: 2 * self.articles})
        kind, count = max(votes.items(), key=itemgetter(1), default=(None, 0))
        return kind if count > 0 else None


def resolve_names(names: dict[str, Name]) -> dict[str, Name]:
    """Merge half names into whole ones, acronyms into what they stand for."""
    _merge_plurals(names)
    wholes: dict[str, Name] = {}
    initials: dict[str, Name] = {}
    ends: dict[tuple[str, str], Name] = {}
    merged: dict[str, Name] = {}
    for name in sorted(names.values(), key=_preference):
        tokens = name.tokens
        if len(tokens) < 2 or (name.known and name.kind is TagKind.PLACE):
            continue
        same = ends.setdefault((tokens[0], tokens[-1]), name)
        if same is not name and name.kind is not TagKind.ORGANISATION:
            _merge(same, name)  # "Ann B. Example"
            merged[name.text] = same
    for name in sorted(names.values(), key=lambda name: name.first):
        tokens = name.tokens
        if len(tokens) < 2 or name.text in merged or (name.known and name.kind is TagKind.PLACE):
            continue
        if name.kind is not TagKind.ORGANISATION:
            wholes.setdefault(tokens[-1], name)
        initials.setdefault("".join(t[0] for t in tokens if t[0].isupper()), name)
    for name in list(names.values()):
        tokens = name.tokens
        if len(tokens) >= 2 and name.kind is not TagKind.ORGANISATION and not name.known:
            wholes.setdefault(tokens[0], name)  # "Xi", the family name, comes first
        elif len(tokens) >= 2 and name.kind is TagKind.ORGANISATION:
            wholes.setdefault(tokens[0], name)  # "Example", short for "Example Corp"
    _merge_tails(names, merged)
    for name in list(names.values()):
        if len(name.tokens) != 1 or name.text in merged:
            continue
        whole = None if name.known else wholes.get(name.text)
        if whole is None and name.text.isupper() and (name.known or len(name.text) > 2):
            whole = initials.get(name.text)
        if whole is None or whole.text in merged or whole is name:
            continue
        if whole is not initials.get(name.text) and _stands_alone(name, whole):
            continue
        of_a_person = whole.kind is TagKind.PERSON or name.votes[TagKind.PERSON] > 0
        is_short = whole is initials.get(name.text)
        first = not (name.known or is_short) and whole.tokens[-1] != name.text
        if first and whole.kind is not TagKind.ORGANISATION and not of_a_person:
            continue  # only a person's family name comes first
        if whole.kind is TagKind.ORGANISATION and name.votes[TagKind.PLACE] > 1:
            continue  # "in Saltmarsh" is no half of "Saltmarsh Harbour Board"
        _merge(whole, name)
        merged[name.text] = whole
        if whole.kind is not TagKind.ORGANISATION:
            whole.votes[TagKind.PERSON] += 2
    return {text: name for text, name in names.items() if text not in merged}


def _preference(name: Name) -> tuple[float, int, int]:
    """Of "Ann Example" and "Ann B. Example" the one that is said more often, else the shorter."""
    return -name.count, len(name.text), name.first


def _merge_plurals(names: dict[str, Name]) -> None:
    """One of "Oscar" and "Oscars": the one that the story prefers."""
    for text in [text for text in names if text.endswith("s") and text[:-1] in names]:
        many, one = names[text], names[text[:-1]]
        if many.known or one.known or one.kind is TagKind.PERSON:
            continue
        keep, drop = (many, one) if many.count >= one.count else (one, many)
        _merge(keep, drop)
        del names[drop.text]


def _merge_tails(names: dict[str, Name], merged: dict[str, Name]) -> None:
    """Merge "Red Sox" into "Boston Red Sox", where one name alone ends with it."""
    tails: dict[str, list[Name]] = {}
    for name in names.values():
        tokens = name.tokens
        if name.text not in merged:
            for at in range(1, len(tokens) - 1):
                tails.setdefault(" ".join(tokens[at:]), []).append(name)
    for text, wholes in tails.items():
        half = names.get(text)
        if half is None or half.text in merged or len(wholes) != 1:
            continue
        whole = wholes[0]
        if half.known and half.kind is TagKind.PLACE:
            continue
        if half.tokens[0] in GIVEN_NAMES or (
            whole.kind is not TagKind.PERSON and half.count > whole.count
        ):
            whole, half = half, whole  # "Scientologist Ann Example"
        _merge(whole, half)
        merged[half.text] = whole


def _stands_alone(half: Name, whole: Name) -> bool:
    """Whether a word is told so much more often than the longer name that it is no half of it.

    "Tulsa" is none of "Tulsa Bartlesville", "Mérida" none of "Progressive Mérida"; but who is
    called by the whole name once is called by the last one ever after.
    """
    if half.known or half.count < 4 * whole.count:
        return False
    if whole.kind is TagKind.PERSON or half.votes[TagKind.PERSON]:
        return False
    first, last = whole.tokens[0], whole.tokens[-1]
    is_like_a_person = last == half.text and not (half.articles or half.votes[TagKind.PLACE])
    return not is_like_a_person or first.isupper() or first == last or is_common(first.lower())


def _merge(whole: Name, half: Name) -> None:
    whole.count += half.count
    whole.first = min(whole.first, half.first)
    whole.votes += half.votes
    whole.articles += half.articles
