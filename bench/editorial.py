"""How well the content room edits: summaries, tags, datelines and bylines beside other programs.

    python -m bench.editorial [--peers PYTHON] [--json OUT.json] [--only yake,...]

Samples and judge are not part of this repository. They are looked for in ../shared (the folders
data/editorial and check), or in the folder that EDITORIAL names; without them the benchmark says
so and ends. YAKE, sumy and newspaper4k run beside us, over the first two sets, by the interpreter that --peers names; it judges
too, which wants nltk (JUDGE_PYTHON names another). What it lacks is left out by name. Times are the median of one run over the
same articles, given as such and as a ratio to ours.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.editorial_peers import PEERS, predict_all
from publisher.content import read_article
from publisher.model import Article, Publication

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("EDITORIAL", ROOT.parent / "shared"))
SETS = ("web", "gum", "kpcrowd", "reuters", "reuters_dateline")
PUBLICATION = Publication(
    title="Bench", url="https://bench.example/", domain="bench.example", timezone="UTC"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SYSTEMS = ("content", *PEERS)
KINDS = {"organisation": "org"}


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--json", type=Path, help="write the figures here")
    arguments.add_argument("--only", help="comma-separated: content, yake, sumy, newspaper4k")
    arguments.add_argument(
        "--peers", default=sys.executable, help="an interpreter that has the others, and nltk"
    )
    arguments.add_argument("--keep", type=Path, help="leave the predictions in this folder")
    asked = arguments.parse_args()
    data, judge = SHARED / "data" / "editorial", SHARED / "check" / "editorial_eval.py"
    if not data.is_dir() or not judge.is_file():
        print(f"skipped: no samples in {data} (set EDITORIAL to the folder that has them)")
        return 0
    wanted = {"content", *asked.only.split(",")} if asked.only else set(SYSTEMS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        files, times = [], {}
        for name in SYSTEMS:
            if name not in wanted:
                continue
            target = folder / f"{name}.jsonl"
            if name == "content":
                took = predict_all(data, _content(), target, SETS)
            else:
                took = _peer(name, asked.peers, data, target)
            if took is not None:
                times[name] = took
                files.append(target)
        figures = _judge(judge, files, folder / "figures.json", asked.peers)
    _print(figures, times)
    if asked.json:
        asked.json.write_text(json.dumps({"figures": figures, "ms": times}, indent=1) + "\n")
    return 0


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


def _peer(name: str, python: str, data: Path, target: Path) -> dict[str, float] | None:
    """Another program's predictions, by an interpreter that has it; None where it can't run."""
    script = Path(__file__).with_name("editorial_peers.py")
    command = [python, str(script), name, str(data), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"skipped: {name} can't run here: {done.stderr.strip()[-120:]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def _judge(judge: Path, files: list[Path], target: Path, peers: str) -> dict:
    python = os.environ.get("JUDGE_PYTHON", peers)
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
