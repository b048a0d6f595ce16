"""How common a word is in English news: the background before which a story's own words stand out.

The table `words.tsv` ships with the package. It holds counts alone, and only of common words.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files

# What a word that the table does not have counts as: about one article in 250 has it.
_UNKNOWN = 4


def is_common(word: str) -> bool:
    """Whether a word in small letters is one that English news has every day."""
    return word in _table()


def share_of(word: str) -> int:
    """In how many of 1000 articles a word in small letters stands."""
    return _table().get(word, _UNKNOWN)


def rarity(word: str) -> float:
    """What one mention of a word weighs: 0 for one of every article, about 5.5 for a rare one."""
    return math.log(1000 / share_of(word))


@cache
def _table() -> dict[str, int]:
    table: dict[str, int] = {}
    text = files(__package__).joinpath("words.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            share, _, listed = line.partition("\t")
            table.update(dict.fromkeys(listed.split(), int(share)))
    return table
