"""Words of English text, and which of them stand together as one run of capitals."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.content.naming.background import is_common
from publisher.content.naming.places import find_place
from publisher.content.text.lexicon import OFFICES, ORGANISATIONS, SAME, SHORT_TITLES, TITLES, words
from publisher.late import late_pattern

_MOST_READ = 60_000  # characters
_TOKEN = late_pattern(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[-'’&][^\W_]+)*|\S")
PARTICLES = words("de da di du del della der den van von bin ibn al el la ul bint ben dos das")
_HEADS_OF = ORGANISATIONS | words(
    "Brotherhood Bureau Faculty House State States Gulf Bay Strait Isle Republic Kingdom Cape"
)


def tokens_of(paragraphs: list[str]) -> Iterator[list[str]]:
    """The words and marks of each paragraph, as far as a text is read."""
    room = _MOST_READ
    for paragraph in paragraphs:
        if room <= 0:
            return
        yield _TOKEN.findall(paragraph[:room])
        room -= len(paragraph)


def is_heading(tokens: list[str]) -> bool:
    """Whether a paragraph is written in capitals, or as a headline is: there they tell no name."""
    letters = [piece for piece in tokens if piece[0].isalpha()]
    if sum(map(str.isupper, letters)) > len(letters) / 2:
        return True
    capitals = sum(piece[0].isupper() for piece in letters)
    return 3 < len(letters) <= 16 and tokens[-1] not in '.!?”"' and capitals > 0.6 * len(letters)


def joins_run(run: list[str], piece: str, tokens: list[str], at: int) -> tuple[bool, str, bool]:
    """Whether a piece belongs to a run of capitals, the word it adds, and if it is the last."""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if run and following[:1].isupper():
        if piece in PARTICLES or piece == "&":
            return True, piece, False
        if piece == "and" and _is_one_office(run, tokens[at + 1 : at + 4]):
            return True, piece, False
        if piece == "of" and run[-1] in _HEADS_OF:
            return True, piece, False
        if piece == "for" and run[-1] in OFFICES:
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
    if " ".join(run) in SAME.values():
        return False  # "the United Nations and the Example Organisation"
    if len(run) > 2 and run[-2] == "of" and run[-3] in OFFICES:
        return True  # "Ministry of Food and Farming"
    for piece in following:
        if not piece[0].isupper():
            return False
        if piece in OFFICES:
            return True
    return False


def takes_dot(word: str) -> bool:
    return word in SHORT_TITLES or (len(word) == 1 and word.isupper()) or word in {"St", "Mt", "Ft"}


def is_dot_of(run: list[str], piece: str) -> bool:
    return piece == "." and takes_dot(run[-1])


def word_before(tokens: list[str], at: int) -> str:
    if at and tokens[at - 1] == "," and at > 1:
        return tokens[at - 2]
    return tokens[at - 1] if at else ""
