"""Names in English text: who and what a story speaks of, by the capitals that it is written with.

One pass over the words collects runs of capitalised ones; demonyms, titles, days and the first
words of sentences come off; then half names find their whole ("Putin" the one who is called
Vladimir Putin further up). Everything is linear in the text, of which only the start is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from publisher.content.background import is_common, share_of
from publisher.content.given_names import GIVEN_NAMES
from publisher.content.kinds import OPENERS, is_struck, kind_of
from publisher.content.lexicon import (
    ACRONYMS,
    DAYS,
    GENERIC,
    GEOGRAPHY,
    MONTH_WORDS,
    NOBLE,
    OFFICES,
    ORGANISATIONS,
    SAME,
    SAYING,
    SHORT_TITLES,
    TITLES,
    words,
)
from publisher.content.name import Name, resolve_names
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
_HEADS_OF = ORGANISATIONS | words(
    "Brotherhood Bureau Faculty House State States Gulf Bay Strait Isle Republic Kingdom Cape"
)


def find_names(paragraphs: list[str]) -> dict[str, Name]:
    """Every name in English paragraphs, resolved, by its full text."""
    collector = _Collector(list(_tokens(paragraphs)))
    collector.collect()
    return resolve_names(collector.names)


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
        while run and (run[0] in OPENERS or (opens and self._is_common(run))):
            before, run, weak, opens = run[0], run[1:], False, False
        while run and run[-1] in _PARTICLES | {"of", "&"}:
            run = run[:-1]
        if not run or self._place(" ".join(run), 1.0) or self._demonym(" ".join(run)):
            return
        run = self._without_demonym(run)
        run, titled = self._without_title(run)
        while len(run) > 2 and run[1] in GIVEN_NAMES and is_common(run[0].lower()):
            run = run[1:]  # "Development Jean Example": an office that stood before the name
        text = SAME.get(" ".join(run), " ".join(run))
        if not run or self._place(text, 1.0) or self._demonym(text) or is_struck(text, run):
            return
        kind, known = kind_of(text, run)
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
        return first.lower() in self.lower or (len(run) > 1 and share_of(first.lower()) >= 20)

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
        self._add_place(place, 0.5)
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
        if len(rest) == 1 and run[last] in NOBLE:
            return [run[last], *rest], True  # "Prince Harry", "Pope Francis"
        return rest, bool(rest)


def _joins(run: list[str], piece: str, tokens: list[str], at: int) -> tuple[bool, str, bool]:
    """Whether a piece belongs to a run of capitals, the word it adds, and if it is the last."""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if run and following[:1].isupper():
        if piece in _PARTICLES or piece == "&":
            return True, piece, False
        if piece == "and" and _is_one_office(run, tokens[at + 1 : at + 4]):
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


def _is_one_office(run: list[str], following: list[str]) -> bool:
    """Whether an "and" stands inside a name: "the Securities and Exchange Commission".

    What is before it is then a common word, and what follows ends as an office does.
    """
    last = run[-1]
    if len(run) > 3 or not is_common(last.lower()) or find_place(last) or last in TITLES:
        return False
    if len(run) > 2 and run[-2] == "of" and run[-3] in OFFICES:
        return True  # "Ministry of Food and Farming"
    for piece in following:
        if not piece[0].isupper():
            return False
        if piece in OFFICES:
            return True
    return False


def _takes_dot(word: str) -> bool:
    return word in SHORT_TITLES or (len(word) == 1 and word.isupper()) or word in {"St", "Mt", "Ft"}


def _is_dot_of(run: list[str], piece: str) -> bool:
    return piece == "." and _takes_dot(run[-1])


def _before(tokens: list[str], at: int) -> str:
    if at and tokens[at - 1] == "," and at > 1:
        return tokens[at - 2]
    return tokens[at - 1] if at else ""
