"""How common a word is: the background before which a story's own words stand out.

The table `words.tsv` ships with the package: English news, counts alone, and only of common words.
To it comes what the publication's own archive says all the time; the more articles it has, the
more its own counts weigh.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from importlib.resources import files

from publisher.model import NOT_COUNTED, WordCounts

# What a word that no table has counts as: about one article in 250 has it.
UNKNOWN = 4
# So many articles of the archive weigh as much as the table that ships with the package.
_WEIGHT = 500


def is_common(word: str) -> bool:
    """Whether a word in small letters is one that English news has every day."""
    return word in _table()


def share_of(word: str) -> int:
    """In how many of 1000 articles of English news a word in small letters stands."""
    return _table().get(word, UNKNOWN)


class Background:
    """How common words are in English news and in the articles that were counted."""

    def __init__(self, counts: WordCounts = NOT_COUNTED) -> None:
        self._own = dict(counts.words)
        self._articles = counts.articles

    def share_of(self, word: str) -> float:
        """In how many of 1000 articles a word in small letters stands."""
        shipped = share_of(word)
        if not self._articles:
            return shipped
        own = 1000 * self._own.get(word, 0)
        share = (_WEIGHT * shipped + own) / (_WEIGHT + self._articles)
        return max(share, UNKNOWN)

    def rarity(self, word: str) -> float:
        """What one mention of a word weighs: from 0, said in every article, to 5.5 if rare."""
        return math.log(1000 / self.share_of(word))


@lru_cache(maxsize=4)
def background_of(counts: WordCounts) -> Background:
    """The background of a publication, made once for all its articles."""
    return Background(counts)


@cache
def _table() -> dict[str, int]:
    table: dict[str, int] = {}
    text = files(__package__).joinpath("words.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            share, _, listed = line.partition("\t")
            table.update(dict.fromkeys(listed.split(), int(share)))
    return table
