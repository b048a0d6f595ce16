"""Names in English text: who and what a story speaks of, by the capitals that it is written with.

One pass over the words collects runs of capitalised ones; demonyms, titles, days and the first
words of sentences come off; then half names find their whole ("Putin" the one who is called
Vladimir Putin further up). Everything is linear in the text, of which only the start is read.
"""

from __future__ import annotations

from collections import Counter

from publisher.content.naming.background import is_common, share_of
from publisher.content.naming.given_names import GIVEN_NAMES
from publisher.content.naming.kinds import OPENERS, is_struck, kind_of
from publisher.content.naming.name import Name, resolve_names
from publisher.content.naming.places import (
    LONGEST_NAME,
    Place,
    find_people_of,
    find_place,
    is_capital,
)
from publisher.content.naming.runs import (
    PARTICLES,
    is_dot_of,
    is_heading,
    joins_run,
    takes_dot,
    tokens_of,
    word_before,
)
from publisher.content.text.lexicon import (
    ACRONYMS,
    DAYS,
    GENERIC,
    GEOGRAPHY,
    MONTH_WORDS,
    NOBLE,
    ORGANISATIONS,
    SAME,
    SAYING,
    SHORT_TITLES,
    TITLE_MODIFIERS,
    TITLES,
    words,
)
from publisher.model import TagKind

_LOWER_TITLES = frozenset(title.lower() for title in TITLES if len(title) > 4) | words(
    "actor actress author singer director star coach striker lawyer attorney legislator "
    "lawmaker activist economist analyst researcher journalist owner founder husband wife son "
    "daughter brother sister counterpart colleague candidate nominee resident player captain "
    "musician poet writer artist scientist historian billionaire businessman farmer teacher "
    "king queen"
)
_PLACE_WORDS = words("in near outside across toward towards")
_SEAT_WORDS = _PLACE_WORDS | words("at from around")
_SHORT_COUNTRIES = words("U.S. US USA U.K. UK")
_ITS_OWN = words("administration government cabinet regime camp campaign")
_ARTICLES = words("the The a an A An this This its")


def find_names(paragraphs: list[str]) -> dict[str, Name]:
    """Every name in English paragraphs, resolved, by its full text."""
    collector = _Collector(list(tokens_of(paragraphs)))
    collector.collect()
    return resolve_names(collector.names)


def find_places(paragraphs: list[str]) -> dict[str, Name]:
    """Only what the tables know: for languages whose capitals say too little."""
    names: dict[str, Name] = {}
    for number, tokens in enumerate(tokens_of(paragraphs)):
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


class _Collector:
    def __init__(self, paragraphs: list[list[str]]) -> None:
        self.paragraphs = paragraphs
        self.names: dict[str, Name] = {}
        self.counts = Counter(piece for tokens in paragraphs for piece in tokens)
        self.number = 0

    def collect(self) -> None:
        for number, tokens in enumerate(self.paragraphs):
            self.number = number
            if not is_heading(tokens):
                self._paragraph(tokens)

    def _paragraph(self, tokens: list[str]) -> None:
        run: list[str] = []
        began, opens, before = 0, True, True
        for at, piece in enumerate([*tokens, "\n"]):
            joins, word, ends = joins_run(run, piece, tokens, at)
            if joins:
                if not run:
                    began, opens = at, before
                run.append(word)
            if run and piece == "." and len(run[-1]) == 1:
                run[-1] += "."  # an initial
            elif run and (ends or not joins) and not is_dot_of(run, piece):
                self._run(
                    run, opens, word_before(tokens, began), tokens[at + joins : at + joins + 2]
                )
                run = []
            if piece in '.!?…"“:;•' and not (piece == "." and at and takes_dot(tokens[at - 1])):
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
        while run and run[-1] in PARTICLES | {"of", "for", "&"}:
            run = run[:-1]
        while run and not run[0][0].isupper():
            run = run[1:]
        while len(run) > 2 and run[0] in GIVEN_NAMES and run[-1].isupper() and len(run[-1]) > 1:
            run = run[:-1]  # "Ann Example MBE"
        self._seat(" ".join(run), before)
        if not run or self._place(" ".join(run), 1.0) or self._demonym(" ".join(run)):
            return
        run = self._without_demonym([self._said_quietly(word) for word in run])
        run = self._without_country(run)
        run, titled = self._without_title(run)
        while len(run) > 2 and _is_of_office(run[0], before, run[1]):
            run = run[1:]  # "Minister of Trade and Development Jean Example"
        text = SAME.get(" ".join(run), " ".join(run))
        if not run or self._place(text, 1.0) or self._demonym(text) or is_struck(text, run):
            return
        if len(run) == 1 and self.counts[run[0].lower()] > self.counts[run[0]]:
            return  # a word that the story mostly writes small
        kind, known = kind_of(text, run)
        name = self.names.setdefault(text, Name(text, self.number))
        # "The Example administration" is told for what it does.
        name.count += 0.5 if after and after[0] in _ITS_OWN else 1
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

    def _said_quietly(self, word: str) -> str:
        """A word that is in capitals for its looks alone, as a name is written."""
        quiet = word.title()
        shouted = len(word) > 2 and word.isupper() and word.isalpha() and word not in ACRONYMS
        if shouted and (quiet in self.counts or word.lower() in self.counts or find_place(quiet)):
            return quiet
        return word

    def _is_common(self, run: list[str]) -> bool:
        first = run[0]
        two = " ".join(run[:2])
        if any(find_place(text) or find_people_of(text) for text in (first, two)):
            return False
        if first in TITLES and len(run) > 1:
            return False
        if first.endswith("ing") and len(run) > 1 and self.counts[first] == 1:
            return True  # "Concerning Example Corp"
        return first.lower() in self.counts or (len(run) > 1 and share_of(first.lower()) >= 20)

    def _place(self, text: str, weight: float) -> bool:
        place = find_place(text)
        if place is None:
            return False
        self._add_place(place, weight)
        return True

    def _seat(self, text: str, before: str) -> None:
        """A capital is its country's government in "Oldport said", and a city in "in Oldport"."""
        if before in _SEAT_WORDS and is_capital(text):
            city = self.names.setdefault(text, Name(text, self.number, known=True, seat=True))
            city.count += 1
            city.votes[TagKind.PLACE] += 5

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

    def _without_country(self, run: list[str]) -> list[str]:
        """Leave "Charges" of "U.S. Charges" but the whole of "U.S. Navy": it counts in both."""
        if len(run) < 2 or run[0] not in _SHORT_COUNTRIES:
            return run
        self._place(run[0], 0.7)
        return run if run[-1] in ORGANISATIONS else run[1:]

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


def _is_of_office(word: str, before: str, following: str) -> bool:
    """Whether a word is the end of an office that stands before somebody's name."""
    if before in {"of", "for"} and (word in GENERIC or word in TITLE_MODIFIERS):
        return True
    return following.partition("-")[0] in GIVEN_NAMES and is_common(word.lower())
