"""Sentences by how much they share with all others: TextRank (Mihalcea and Tarau, 2004)."""

from __future__ import annotations

import math
import re
from operator import itemgetter

_MOST = 60  # sentences: the cost grows with their square
_ROUNDS = 30
_DAMPING = 0.85
_LEAST_CHANGE = 1e-4
_WORD = re.compile(r"[^\W\d_]{4,}|[\u3040-\u30ff\u4e00-\u9fff]{2}")


def rank_sentences(sentences: list[str]) -> list[int]:
    """The places of the first 60 sentences, the one that says most of what the text says first."""
    bags = [set(_WORD.findall(sentence.casefold())) for sentence in sentences[:_MOST]]
    weights = [[_similarity(one, other) for other in bags] for one in bags]
    for at, row in enumerate(weights):
        row[at] = 0.0
    sums = [sum(row) for row in weights]
    scores = [1.0] * len(bags)
    for _ in range(_ROUNDS):
        shares = [
            score / total if total else 0.0 for score, total in zip(scores, sums, strict=True)
        ]
        found = [
            1 - _DAMPING + _DAMPING * math.fsum(map(float.__mul__, row, shares)) for row in weights
        ]
        moved = max(map(abs, map(float.__sub__, found, scores)), default=0.0)
        scores = found
        if moved < _LEAST_CHANGE:
            break
    ranked = sorted(enumerate(scores), key=itemgetter(1), reverse=True)
    return [at for at, _ in ranked]


def _similarity(one: set[str], other: set[str]) -> float:
    shared = len(one & other)
    return shared / (math.log(len(one) + 1) + math.log(len(other) + 1)) if shared else 0.0
