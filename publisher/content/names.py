"""Names in English text: who and what a story speaks of, by the capitals that it is written with.

One pass over the words collects runs of capitalised ones; demonyms, titles, days and the first
words of sentences come off; then half names find their whole ("Putin" the one who is called
Vladimir Putin further up). Everything is linear in the text, of which only the start is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter

from publisher.content.background import is_common
from publisher.content.given_names import GIVEN_NAMES
from publisher.content.lexicon import (
    ACRONYMS,
    AGENCIES,
    DAYS,
    GENERIC,
    GEOGRAPHY,
    MONTH_WORDS,
    NEVER,
    ORGANISATIONS,
    SAME,
    SAYING,
    SHORT_TITLES,
    TITLE_MODIFIERS,
    TITLES,
    words,
)
from publisher.content.places import LONGEST_NAME, Place, find_people_of, find_place
from publisher.model import TagKind

_MOST_READ = 60_000  # characters
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[-'’&][^\W_]+)*|\S")
_PARTICLES = words("de da di du del della der den van von bin ibn al el la ul bint ben dos das")
_LOWER_TITLES = frozenset(title.lower() for title in TITLES if len(title) > 4) | words(
    "actor actress author singer director star coach striker lawyer attorney legislator "
    "lawmaker activist economist analyst researcher journalist owner founder husband wife son "
    "daughter brother sister counterpart colleague candidate nominee resident player captain "
    "musician poet writer artist scientist historian billionaire businessman farmer teacher "
    "king queen"
)
_PLACE_WORDS = words("in at near from outside around across toward towards")
_ARTICLES = words("the The a an A An this This its")
_HEADS_OF = ORGANISATIONS | words("House State States Gulf Bay Strait Isle Republic Kingdom Cape")
_FIRST_OF_PLACE = words("Lake Mount Cape Gulf Strait Fort Port Mt Lakes Isle")
_COMMON = words(
    "The A An He She It They We You I But And Or So In On At As For From With Without When "
    "While If After Before During Since Until Because Although Though Despite By To Of Into "
    "Over Under His Her Their Its Our My Your This That These Those There Here However "
    "Meanwhile Also Some Many Most Much More All Any One Two Three Four Five Six Seven Eight "
    "Nine Ten Both Each Every Other Another Such Several Few Officials Police Analysts "
    "According Last Next Earlier Later Still Yet Not No Nor Now Then Just Only Even What Who "
    "Whom Whose Why How Where Which Whether Speaking Asked Under About Between Among Like "
    "Unlike Than Today Yesterday Tomorrow Is Are Was Were Be Been Being Has Have Had Do Does "
    "Did Will Would Can Could Should May Might Must Let Get Make Please Yes Oh Well Thus "
    "Hence Instead Perhaps Maybe Once Again Back Researchers Scientists Critics Experts "
    "Prices Sales Shares Traders Dealers Bankers Economists Net Total Don't It's He's She's "
    "That's There's They're We're You're What's Let's Can't Won't Didn't Doesn't Isn't"
)


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


def find_names(paragraphs: list[str]) -> dict[str, Name]:
    """Every name in English paragraphs, resolved, by its full text."""
    collector = _Collector(list(_tokens(paragraphs)))
    collector.collect()
    return _resolve(collector.names)


def find_places(paragraphs: list[str]) -> dict[str, Name]:
    """Only what the tables know: for languages whose capitals say too little."""
    names: dict[str, Name] = {}
    for number, tokens in enumerate(_tokens(paragraphs)):
        for at in range(len(tokens)):
            for length in range(1, 4):
                text = " ".join(tokens[at : at + length])
                if not text[:1].isupper():
                    break
                place, kind = find_place(text), TagKind.PLACE
                label = place.name if place else ""
                if text in ACRONYMS and length == 1:
                    label, kind = text, TagKind.ORGANISATION
                if label:
                    name = names.setdefault(label, Name(label, number, known=True))
                    name.count += 1
                    name.votes[kind] += 1
    return names


def _tokens(paragraphs: list[str]) -> Iterator[list[str]]:
    room = _MOST_READ
    for paragraph in paragraphs:
        if room <= 0:
            return
        yield _TOKEN.findall(paragraph[:room])
        room -= len(paragraph)


class _Collector:
    def __init__(self, paragraphs: list[list[str]]) -> None:
        self.paragraphs = paragraphs
        self.names: dict[str, Name] = {}
        self.lower = {piece for tokens in paragraphs for piece in tokens if piece.islower()}
        self.number = 0

    def collect(self) -> None:
        for number, tokens in enumerate(self.paragraphs):
            self.number = number
            letters = [piece for piece in tokens if piece[0].isalpha()]
            if sum(map(str.isupper, letters)) <= len(letters) / 2:
                self._paragraph(tokens)

    def _paragraph(self, tokens: list[str]) -> None:
        run: list[str] = []
        began, opens, before = 0, True, True
        for at, piece in enumerate([*tokens, "\n"]):
            joins, word, ends = _joins(run, piece, tokens, at)
            if joins:
                if not run:
                    began, opens = at, before
                run.append(word)
            if run and piece == "." and len(run[-1]) == 1:
                run[-1] += "."  # an initial
            elif run and (ends or not joins) and not _is_dot_of(run, piece):
                self._run(run, opens, _before(tokens, began), tokens[at + joins : at + joins + 2])
                run = []
            if piece in '.!?…"“:;•' and not (piece == "." and at and _takes_dot(tokens[at - 1])):
                before = True
            elif piece not in "‘'([—–-":
                before = False

    def _run(self, run: list[str], opens: bool, before: str, after: list[str]) -> None:
        # Days and months part names: "Russia Thursday".
        part: list[str] = []
        for word in [*run, ""]:
            if word and word not in DAYS and word not in MONTH_WORDS:
                part.append(word)
                continue
            if part:
                self._name(part, opens, before, after if not word else [])
            part, opens, before = [], False, ""

    def _name(self, run: list[str], opens: bool, before: str, after: list[str]) -> None:
        weak = opens
        while run and (run[0] in _COMMON or (opens and self._is_common(run))):
            run, weak, opens = run[1:], False, False
        while run and run[-1] in _PARTICLES | {"of", "&"}:
            run = run[:-1]
        if not run or self._place(" ".join(run), 1.0) or self._demonym(" ".join(run)):
            return
        run = self._without_demonym(run)
        run, titled = self._without_title(run)
        text = SAME.get(" ".join(run), " ".join(run))
        if not run or self._place(text, 1.0) or self._demonym(text) or _is_struck(text, run):
            return
        kind, known = _kind(text, run)
        name = self.names.setdefault(text, Name(text, self.number))
        name.count += 1
        name.weak += weak and len(run) == 1
        name.known |= known
        if titled:
            name.votes[TagKind.PERSON] += 3
        if kind is not None:
            name.votes[kind] += 2
            return
        said = bool(after) and (
            after[0] in SAYING or (after[0] == "," and after[-1] in {"who", "whose", "aged"})
            or (after[0] == "," and after[-1].isdigit() and len(after[-1]) == 2)
        )  # fmt: skip
        named = len(run) > 1 and run[0] in GIVEN_NAMES
        name.votes[TagKind.PERSON] += said + 2 * (before in _LOWER_TITLES) + 2 * named
        if before in _ARTICLES and not titled:
            name.articles += 1
        if before in _PLACE_WORDS and not titled:
            name.votes[TagKind.PLACE] += 1
        name.votes += Counter()  # forget the zeros

    def _is_common(self, run: list[str]) -> bool:
        first = run[0]
        two = " ".join(run[:2])
        if any(find_place(text) or find_people_of(text) for text in (first, two)):
            return False
        if first in TITLES and len(run) > 1:
            return False
        return first.lower() in self.lower or is_common(first.lower())

    def _place(self, text: str, weight: float) -> bool:
        place = find_place(text)
        if place is None:
            return False
        self._add_place(place, weight)
        return True

    def _demonym(self, text: str) -> bool:
        place = find_people_of(text)
        if place is None:
            return False
        self._add_place(place, 0.7)
        return True

    def _add_place(self, place: Place, weight: float) -> None:
        name = self.names.setdefault(place.name, Name(place.name, self.number))
        name.count += weight
        name.known = True
        name.votes[TagKind.PLACE] += 5
        if place.country:
            # A part counts for its country, though less: it may be told for its own sake.
            country = self.names.setdefault(place.country, Name(place.country, self.number))
            country.count += weight * 0.4
            country.known = True
            country.votes[TagKind.PLACE] += 5

    def _without_demonym(self, run: list[str]) -> list[str]:
        for length in (2, 1):
            head, rest = " ".join(run[:length]), run[length:]
            if not rest or find_people_of(head) is None:
                continue
            if len(rest) == 1 and rest[0] in ORGANISATIONS and rest[0] not in GENERIC:
                return run  # "British Airways"
            self._demonym(head)
            return rest
        return run

    def _without_title(self, run: list[str]) -> tuple[list[str], bool]:
        if run[-1] in ORGANISATIONS or (run[-1] in GEOGRAPHY and run[0] not in SHORT_TITLES):
            return run, False
        last = max((at for at, word in enumerate(run) if word in TITLES), default=-1)
        if last < 0:
            return run, False
        before = run[:last]
        for length in range(min(LONGEST_NAME, len(before)), 0, -1):
            if self._place(" ".join(before[:length]), 0.7):
                break
        rest = run[last + 1 :]
        if rest and rest[0] in {"of", "for"}:
            return [], False
        return rest, bool(rest)


def _joins(run: list[str], piece: str, tokens: list[str], at: int) -> tuple[bool, str, bool]:
    """Whether a piece belongs to a run of capitals, the word it adds, and if it is the last."""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if run and following[:1].isupper():
        if piece in _PARTICLES or piece == "&":
            return True, piece, False
        if piece == "of" and run[-1] in _HEADS_OF:
            return True, piece, False
    if not piece[0].isupper():
        return False, "", False
    word = piece.replace("’", "'")
    if word.endswith("'s"):
        return True, word[:-2], True
    if "-" in word and find_place(word) is None:
        head, _, tail = word.partition("-")
        if tail[:1].islower():
            return True, head, True
    # "companies' own": the quote mark behind a plural is a piece of its own.
    return True, word, following in {"'", "’"} and word.endswith("s")


def _takes_dot(word: str) -> bool:
    return word in SHORT_TITLES or (len(word) == 1 and word.isupper()) or word in {"St", "Mt", "Ft"}


def _is_dot_of(run: list[str], piece: str) -> bool:
    return piece == "." and _takes_dot(run[-1])


def _before(tokens: list[str], at: int) -> str:
    if at and tokens[at - 1] == "," and at > 1:
        return tokens[at - 2]
    return tokens[at - 1] if at else ""


def _is_struck(text: str, run: list[str]) -> bool:
    if text.casefold() in AGENCIES and text not in ACRONYMS:
        return True
    if text in NEVER or (len(run) == 1 and (run[0] in GENERIC or run[0] in TITLES)):
        return True
    if text.isupper() and text.title() in _COMMON:
        return True
    if "-" in text and all(find_place(part) for part in text.split("-")):
        return True  # "US-China" is two tags
    plain = [word for word in run if word not in {"of", "the", "for", "and", "&"}]
    whole_generic = GENERIC | TITLE_MODIFIERS | TITLES
    return len(text) < 2 or all(word in whole_generic or word in _COMMON for word in plain)


def _kind(text: str, run: list[str]) -> tuple[TagKind | None, bool]:
    if text in ACRONYMS or text in SAME.values():
        return TagKind.ORGANISATION, True
    if len(run) == 1 and text.isupper() and 2 <= len(text) <= 6 and text.isalpha():
        return TagKind.ORGANISATION, True
    if len(run) > 1 and (run[-1] in ORGANISATIONS or "&" in text):
        return TagKind.ORGANISATION, True
    if len(run) > 2 and "of" in run and run[0] in ORGANISATIONS:
        return TagKind.ORGANISATION, True
    if len(run) > 1 and (run[-1] in GEOGRAPHY or run[0] in _FIRST_OF_PLACE):
        return TagKind.PLACE, True
    return None, False


def _resolve(names: dict[str, Name]) -> dict[str, Name]:
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
