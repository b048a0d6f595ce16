"""One name of a story with what speaks for its kind, and how half a name finds its whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter

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
    wholes: dict[str, Name] = {}
    initials: dict[str, Name] = {}
    ends: dict[tuple[str, str], Name] = {}
    merged: dict[str, Name] = {}
    for name in sorted(names.values(), key=lambda name: name.first):
        tokens = name.tokens
        if len(tokens) < 2 or (name.known and name.kind is TagKind.PLACE):
            continue
        same = ends.setdefault((tokens[0], tokens[-1]), name)
        if same is not name and name.kind is not TagKind.ORGANISATION:
            _merge(same, name)  # "Ann B. Example"
            merged[name.text] = same
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
    for name in list(names.values()):
        if len(name.tokens) != 1 or name.text in merged:
            continue
        if name.known:
            whole = initials.get(name.text) if name.text.isupper() else None
        else:
            whole = wholes.get(name.text)
        if whole is None or whole.text in merged or whole is name:
            continue
        if whole.kind is TagKind.ORGANISATION and name.votes[TagKind.PLACE] > 1:
            continue  # "in Saltmarsh" is no half of "Saltmarsh Harbour Board"
        _merge(whole, name)
        merged[name.text] = whole
        if whole.kind is not TagKind.ORGANISATION:
            whole.votes[TagKind.PERSON] += 2
    return {text: name for text, name in names.items() if text not in merged}


def _merge(whole: Name, half: Name) -> None:
    whole.count += half.count
    whole.first = min(whole.first, half.first)
    whole.votes += half.votes
    whole.articles += half.articles
