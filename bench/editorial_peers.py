# ruff: noqa: PLC0415 - each program is imported only where it is asked for
"""YAKE, sumy and newspaper4k over the samples of bench/editorial.py, by an interpreter that has them.

    PYTHON bench/editorial_peers.py NAME DATA TARGET

Writes one prediction a line to TARGET and the times (milliseconds an article) to stdout as JSON.
Needs nothing of publisher. Ends with 3 and a line on stderr where the program is missing or wants
data that it would download.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SETS = ("web", "gum")  # where all are judged; ours is over more


def main() -> int:
    name, data, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    try:
        times = predict_all(data, PEERS[name](), target, SETS)
    except Exception as error:
        sys.stderr.write(f"{' '.join(str(error).split())[:100]}\n")
        return 3
    print(json.dumps(times))
    return 0


def predict_all(
    data: Path, predict: Callable[[dict], dict], target: Path, sets: tuple[str, ...]
) -> dict[str, float]:
    """Let a program have every sample, and keep what it says and how long it takes."""
    spent, short = [], []
    with target.open("w", encoding="utf-8") as file:
        for sample in samples(data, sets):
            before = time.process_time()
            found = predict(sample)
            took = (time.process_time() - before) * 1000
            spent.append(took)
            if 300 <= len(sample["text"].split()) <= 500:
                short.append(took)
            file.write(json.dumps({"id": sample["id"], **found, "ms": took}) + "\n")
    return {"median": statistics.median(spent), "of 300-500 words": statistics.median(short)}


def samples(data: Path, sets: tuple[str, ...]) -> Iterator[dict]:
    for name in sets:
        path = data / f"{name}.jsonl"
        if path.is_file():
            with path.open(encoding="utf-8") as lines:
                yield from map(json.loads, lines)


def sentences(text: str) -> list[str]:
    """Parted at stops before capitals, for programs that would download a model for it."""
    return [one.strip() for one in re.split(r'(?<=[.!?])\s+(?=["“A-Z])', text) if one.strip()]


def _yake() -> Callable[[dict], dict]:
    import yake

    extractor = yake.KeywordExtractor(lan="en", n=2, top=10)
    return lambda sample: {"tags": [word for word, _ in extractor.extract_keywords(sample["text"])]}


def _sumy() -> Callable[[dict], dict]:
    from sumy.nlp.stemmers import Stemmer
    from sumy.parsers.plaintext import PlaintextParser
    from sumy.summarizers.lex_rank import LexRankSummarizer

    class Tokens:
        """Its own wants to download a model."""

        def to_sentences(self, text: str) -> list[str]:
            return sentences(text)

        def to_words(self, sentence: str) -> list[str]:
            return re.findall(r"[^\W\d_]+", sentence)

    summarise, tokens = LexRankSummarizer(Stemmer("english")), Tokens()

    def predict(sample: dict) -> dict:
        document = PlaintextParser.from_string("\n\n".join(sample["paras"]), tokens).document
        return {"summary": " ".join(map(str, summarise(document, 2)))}

    return predict


def _newspaper() -> Callable[[dict], dict]:
    from newspaper import nlp
    from newspaper.text import StopWords

    stop = StopWords("en")
    nlp.split_sentences = sentences  # its own wants to download a model

    def predict(sample: dict) -> dict:
        text = "\n\n".join(sample["paras"])
        words = nlp.keywords(text, stop, 10)
        return {
            "tags": list(words),
            "summary": " ".join(nlp.summarize(sample["title"], text, stop, 2)),
        }

    return predict


PEERS: dict[str, Callable[[], Callable[[dict], dict]]] = {
    "yake": _yake,
    "sumy": _sumy,
    "newspaper4k": _newspaper,
}


if __name__ == "__main__":
    sys.exit(main())
