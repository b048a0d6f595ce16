# ruff: noqa: PLC0415 - the other programs are imported only where they are installed
"""How well the content room edits: summaries, tags, datelines and bylines beside other programs.

    python -m bench.editorial [--json OUT.json] [--only content,yake,...]

Samples and judge are not part of this repository. They are looked for in ../shared (the folders
data/editorial and check), or in the folder that EDITORIAL names; without them the benchmark says
so and ends. The judge wants nltk: JUDGE_PYTHON names an interpreter that has it. YAKE, sumy and
newspaper4k run beside us where they can be imported. Times are the median of one run over the
same articles, given as such and as a ratio to ours.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.content import read_article
from publisher.model import Article, Publication

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("EDITORIAL", ROOT.parent / "shared"))
SETS = ("web", "gum", "kpcrowd", "reuters", "reuters_dateline")
PUBLICATION = Publication(
    title="Bench", url="https://bench.example/", domain="bench.example", timezone="UTC"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
KINDS = {"organisation": "org"}


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--json", type=Path, help="write the figures here")
    arguments.add_argument("--only", help="comma-separated: content, yake, sumy, newspaper4k")
    arguments.add_argument("--keep", type=Path, help="leave the predictions in this folder")
    asked = arguments.parse_args()
    data, judge = SHARED / "data" / "editorial", SHARED / "check" / "editorial_eval.py"
    if not data.is_dir() or not judge.is_file():
        print(f"skipped: no samples in {data} (set EDITORIAL to the folder that has them)")
        return 0
    wanted = set(asked.only.split(",")) if asked.only else set(SYSTEMS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        files, times = [], {}
        for name, (module, predict) in SYSTEMS.items():
            if name not in wanted:
                continue
            if importlib.util.find_spec(module) is None:
                print(f"skipped: {name} is not installed")
                continue
            target = folder / f"{name}.jsonl"
            try:
                times[name] = _predict(data, predict(), target)
            except Exception as error:
                if name == "content":
                    raise
                # Some want data of their own that they download at run time.
                print(f"skipped: {name} can't run here: {' '.join(str(error).split())[:100]}")
                continue
            files.append(target)
        figures = _judge(judge, files, folder / "figures.json")
    _print(figures, times)
    if asked.json:
        asked.json.write_text(json.dumps({"figures": figures, "ms": times}, indent=1) + "\n")
    return 0


def _predict(data: Path, predict: Callable[[dict], dict], target: Path) -> dict[str, float]:
    spent, short = [], []
    with target.open("w", encoding="utf-8") as file:
        for sample in _samples(data):
            before = time.perf_counter()
            found = predict(sample)
            took = (time.perf_counter() - before) * 1000
            spent.append(took)
            if 300 <= len(sample["text"].split()) <= 500:
                short.append(took)
            file.write(json.dumps({"id": sample["id"], **found, "ms": took}) + "\n")
    return {"median": statistics.median(spent), "of 300-500 words": statistics.median(short)}


def _samples(data: Path) -> Iterator[dict]:
    for name in SETS:
        path = data / f"{name}.jsonl"
        if path.is_file():
            with path.open(encoding="utf-8") as lines:
                yield from map(json.loads, lines)


def _content() -> Callable[[dict], dict]:
    """Our whole way of an article: wire copy in, an entry out."""

    def predict(sample: dict) -> dict:
        # Reuters' samples keep byline and dateline in `text` alone.
        wire = sample["dataset"].startswith("reuters")
        text = sample["text"] if wire else "\n\n".join([sample["title"], *sample["paras"]])
        day = _DAY.match(sample.get("published") or "2026-11-23") or _DAY.match("2026-11-23")
        now = datetime.fromisoformat(day[0]).replace(tzinfo=UTC)
        article = Article(path="story.txt", data=text.encode())
        entry = read_article(article, PUBLICATION, identity=None, now=now + timedelta(days=2)).entry
        line = None
        if entry.dateline:
            line = {"place": entry.dateline.place, "agency": entry.dateline.agency or None}
            if entry.published_from == "dateline":
                line["date"] = entry.published.date().isoformat()
        return {
            "summary": entry.summary,
            "tags": [
                {"name": tag.name, "type": KINDS.get(tag.kind.value, tag.kind.value)}
                for tag in entry.tags
            ],
            "dateline": line,
            "byline": ", ".join(author.name for author in entry.authors) or None,
        }

    return predict


def _yake() -> Callable[[dict], dict]:
    import yake

    extractor = yake.KeywordExtractor(lan="en", n=2, top=10)
    return lambda sample: {"tags": [word for word, _ in extractor.extract_keywords(sample["text"])]}


def _sumy() -> Callable[[dict], dict]:
    from sumy.nlp.stemmers import Stemmer
    from sumy.nlp.tokenizers import Tokenizer
    from sumy.parsers.plaintext import PlaintextParser
    from sumy.summarizers.lex_rank import LexRankSummarizer

    summarise, tokens = LexRankSummarizer(Stemmer("english")), Tokenizer("english")

    def predict(sample: dict) -> dict:
        document = PlaintextParser.from_string("\n\n".join(sample["paras"]), tokens).document
        return {"summary": " ".join(map(str, summarise(document, 2)))}

    return predict


def _newspaper() -> Callable[[dict], dict]:
    from newspaper import nlp

    def predict(sample: dict) -> dict:
        text = "\n\n".join(sample["paras"])
        words = nlp.keywords(text, nlp.load_stopwords("en"), 10)
        return {
            "tags": list(words),
            "summary": " ".join(nlp.summarize(sample["title"], text, nlp.load_stopwords("en"), 2)),
        }

    return predict


SYSTEMS: dict[str, tuple[str, Callable[[], Callable[[dict], dict]]]] = {
    "content": ("publisher", _content),
    "yake": ("yake", _yake),
    "sumy": ("sumy", _sumy),
    "newspaper4k": ("newspaper", _newspaper),
}


def _judge(judge: Path, files: list[Path], target: Path) -> dict:
    python = os.environ.get("JUDGE_PYTHON", sys.executable)
    command = [python, str(judge), *map(str, files), "--json", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(
            f"the judge failed (it needs nltk; JUDGE_PYTHON names its interpreter):\n{done.stderr[-600:]}"
        )
    return json.loads(target.read_text())


def _print(figures: dict, times: dict[str, dict[str, float]]) -> None:
    for name, found in figures.items():
        print(f"\n{name}")
        for key, value in _rows(found):
            print(f"  {key:38s} {value}")
        ours = times.get("content", times[name])["median"]
        print(
            f"  {'ms an article, median':38s} {times[name]['median']:.2f} ({times[name]['median'] / ours:.1f} of ours)"
        )
        print(f"  {'ms an article of 300-500 words':38s} {times[name]['of 300-500 words']:.2f}")


def _rows(found: dict) -> Iterator[tuple[str, str]]:
    for place, row in found.get("summary", {}).items():
        yield f"summary {place}, ROUGE-1", f"{row[0]:.1f}"
    if form := found.get("form"):
        for key, what in (
            ("fit", "within 280"),
            ("docs", "faithful"),
            ("dang", "dangling"),
            ("empty", "empty"),
        ):
            yield f"summary {what}, %", f"{100 * form[key]:.1f}"
    for place, row in found.get("tags", {}).items():
        yield (
            f"tags {place}, F1@5 / F1@10 exact",
            f"{row['exact5'][2]:.1f} / {row['exact10'][2]:.1f}",
        )
    for kind, row in found.get("reuters", {}).items():
        yield f"Reuters {kind}, P / R / F1", " / ".join(f"{x:.1f}" for x in row)
    for place, row in found.get("dateline", {}).items():
        cells = (
            f"{key} {row[key]:.1f}"
            for key in ("found", "place", "date", "agency", "fp")
            if row[key] is not None
        )
        yield f"dateline {place} (n={row['n']}), %", ", ".join(cells)
    for place, row in found.get("byline", {}).items():
        if row["acc"] is not None:
            yield (
                f"byline {place} (n={row['n']}), %",
                f"{row['acc']:.1f}, false {row['fp'] or 0:.1f}",
            )


if __name__ == "__main__":
    sys.exit(main())
