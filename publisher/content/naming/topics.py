"""Topics: the words in small letters that a story says far more often than other stories do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from publisher.content.naming.background import UNKNOWN, Background
from publisher.content.text.lexicon import words
from publisher.model import WordCounts

_MOST_READ = 60_000  # characters
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[^\w\s]")
_LEAST = 3  # mentions
# In more than so many of 1000 articles a word tells nothing about this one.
_TOO_COMMON = 90
# Fewer articles of an archive say nothing of how common a word is.
_FEWEST = 3
_NO_TOPIC = words(
    "said says according told added percent pct dlrs mln billion million thousand hundred per "
    "cent shares share company companies people person man woman men women year years month "
    "months week weeks day days time times thing things way ways lot kind percentage point "
    "points number numbers part parts story article photo image picture video post read page "
    "website site link email comment comments editor reader readers update official officials "
    "spokesman spokeswoman statement report reports wife husband daughter son mother father "
    "brother sister girl boy guy guys kids dad mom family couple friend friends something "
    "anything everything everyone someone anyone nothing really actually probably maybe "
    "dollars dollar pounds euros cents inches feet miles tonnes tons kilometers metres"
)
_OF_ADJECTIVES = ("al", "ic", "ive", "less", "ary", "ular")
# What stands before a verb or an adjective, and seldom before a noun.
_BEFORE_VERBS = words(
    "to will would can could may might must shall should cannot I you he she it we they who "
    "not be been is are was were am has have had having never also really just very so too "
    "more most quite as"
)
_NO_ENDING = ("ly", "ing", "ed", "ous", "ful", "able", "ible", "est", "ish")


def find_topics(
    title: str, paragraphs: list[str], background: Background
) -> list[tuple[str, float]]:
    """Topics of an English story with what each weighs before a background, the weightiest first.

    A topic is one word or two that stand together; it is said at least three times, and in the
    headline or the first paragraphs too.
    """
    singles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    nouns: Counter[str] = Counter()
    verbs: Counter[str] = Counter()
    before = last = ""
    for word in _words(paragraphs):
        telling = word.islower() and len(word) > 2 and background.share_of(word) <= _TOO_COMMON
        if before and not telling:
            nouns[before] += 1
        if telling:
            singles[word] += 1
            verbs[word] += last in _BEFORE_VERBS
            if before:
                pairs[before, word] += 1
        before = word if telling else ""
        last = word
    rarity = background.rarity
    opening = {word.lower() for word in _WORD.findall(" ".join([title, *paragraphs[:2]]))}
    heading = {word.lower() for word in _WORD.findall(title)}
    weights: dict[str, float] = {}
    for word, count in _with_plurals(singles).items():
        is_verb = 2 * verbs[word] > singles[word]
        is_adjective = word.endswith(_OF_ADJECTIVES) and 3 * nouns[word] < singles[word]
        if is_verb or is_adjective:
            continue
        if count >= _LEAST and word in opening and _is_telling(word):
            weights[word] = count * rarity(word) / 5 + 1.5 * (word in heading)
    for (first, second), count in pairs.items():
        if count >= _LEAST and {first, second} <= opening and _is_telling(second):
            weight = count * (rarity(first) + rarity(second)) / 7
            weights[f"{first} {second}"] = weight + 1.5 * (second in heading)
            for half in (first, second):
                if half in weights and singles[half] <= 1.3 * count:
                    del weights[half]  # "climate change" says more than "climate"
    return sorted(weights.items(), key=lambda item: (-item[1], item[0]))


def count_words(texts: Iterable[str]) -> WordCounts:
    """In how many of the texts of an English archive each word stands that could tell a topic.

    Words as rare as those that nobody counted are left out.
    """
    found: Counter[str] = Counter()
    articles = 0
    for text in texts:
        articles += 1
        seen = {word for word in _words([text]) if word.islower() and len(word) > 2}
        found.update(seen)
    least = max(_FEWEST, articles * UNKNOWN // 1000 + 1)
    kept = sorted((word, count) for word, count in found.items() if count >= least)
    return WordCounts(articles, tuple(kept))


def _words(paragraphs: list[str]) -> Iterator[str]:
    room = _MOST_READ
    for paragraph in paragraphs:
        if room <= 0:
            return
        yield from _WORD.findall(paragraph[:room])
        yield "."
        room -= len(paragraph)


def _with_plurals(singles: Counter[str]) -> dict[str, int]:
    """Counts in which a word and its plural are one, in the form that the story prefers."""
    counts = dict(singles)
    for plural in [word for word in singles if word.endswith("s") and word[:-1] in singles]:
        singular = plural[:-1]
        if singular not in counts or plural not in counts:
            continue
        keep, drop = (plural, singular) if counts[plural] > counts[singular] else (singular, plural)
        counts[keep] += counts.pop(drop)
    return counts


def _is_telling(word: str) -> bool:
    return len(word) > 3 and word not in _NO_TOPIC and not word.endswith(_NO_ENDING)
