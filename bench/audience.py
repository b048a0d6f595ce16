"""What an edition for very many readers costs: planning, writing, checking and freezing it.

    python -m bench.audience [--readers 1000000] [--choices 1000 50000] [--entries 40]
                             [--tags 200] [--languages en de] [--url URL] [--out FILE]

For each number of distinct choices a store is filled with readers, each with one of the choices (a
few tags) and, in turn, one of the languages, and one edition is opened as `publisher run` does it, in a process of its own whose
memory is measured. What it costs should go by the distinct sets of entries, and hardly by readers:
the last column shows it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from bench.tables import show_table
from publisher.config import load_site
from publisher.model import Entry, Form, Tag
from publisher.publish.editions import open_editions
from publisher.publish.report import Report
from publisher.sources import load_templates
from publisher.storage import Store
from publisher.storage.schema import delivery, piece, segment, subscriber, subscription

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
CONFIG = """\
[publication]
title = "The Saltmarsh Courier"
url = "https://courier.example/"
[mail]
from = "The Saltmarsh Courier <post@courier.example>"
[newsletters.daily]
title = "Saltmarsh today"
schedule = "daily at 07:00"
limit = {limit}
first = "at once"
[storage]
url = "{url}"
"""
WORDS = [
    "ferry",
    "harbour",
    "council",
    "vote",
    "skerry",
    "wind",
    "tide",
    "school",
    "bridge",
    "opera",
    "market",
    "fish",
    "boat",
    "captain",
    "mayor",
    "fog",
    "lamp",
    "quay",
    "rope",
    "sail",
    "net",
    "storm",
    "pilot",
    "crane",
    "gull",
    "beacon",
    "mast",
    "anchor",
    "salt",
    "cellar",
    "archive",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--choices", type=int, nargs="+", default=[1000, 50_000])
    parser.add_argument("--entries", type=int, default=40)
    parser.add_argument("--tags", type=int, default=200)
    parser.add_argument("--languages", nargs="+", default=[""])
    parser.add_argument("--url", default="sqlite:///publisher.db")
    parser.add_argument("--out", type=Path, default=Path("bench-audience.json"))
    asked = parser.parse_args()
    results = []
    for choices in asked.choices:
        with tempfile.TemporaryDirectory(prefix="publisher-bench-") as folder:
            site = Path(folder)
            config = CONFIG.format(url=asked.url, limit=min(asked.entries, 100))
            (site / "publisher.toml").write_text(config, encoding="utf-8")
            filled = _apart(
                fill, site, asked.readers, choices, asked.entries, asked.tags, asked.languages
            )
            results.append(filled | _apart(open_one, site))
            show(results[-1])
    table(results)
    asked.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _apart(work: Any, *words: Any) -> dict[str, Any]:
    """The answer of a function that runs in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return dict(pool.apply(work, words))


def fill(
    site: Path, readers: int, choices: int, entries: int, tags: int, languages: list[str]
) -> dict[str, Any]:
    """A store with as many readers and entries, each about a few tags."""
    chance = random.Random(2026)
    names = [f"tag-{number}" for number in range(tags)]
    chosen = set()
    while len(chosen) < choices:
        chosen.add(tuple(sorted(chance.sample(names, chance.randint(1, 8)))))
    topics = [json.dumps({"tags": list(one)}) for one in sorted(chosen)]
    with _store(site) as store:
        for number in range(entries):
            store.catalogue.save(
                _entry(number, chance.sample(names, 8), chance),
                digest=str(number),
                recipe="",
                now=NOW,
            )
        started = time.perf_counter()
        with store.database.write() as connection:
            for start in range(0, readers, 10_000):
                numbers = range(start + 1, min(start + 10_000, readers) + 1)
                connection.execute(
                    insert(subscriber),
                    [
                        _person(number, languages[number // choices % len(languages)])
                        for number in numbers
                    ],
                )
                connection.execute(
                    insert(subscription),
                    [
                        {
                            "subscriber": number,
                            "newsletter": "daily",
                            "topics": topics[number % choices],
                            "frequency": "",
                            "timezone": "",
                            "watermark": 0,
                            "chosen": NOW,
                        }
                        for number in numbers
                    ],
                )
        return {
            "readers": readers,
            "choices": choices,
            "entries": entries,
            "fill_seconds": time.perf_counter() - started,
        }


def open_one(site: Path) -> dict[str, Any]:
    """Open the edition that is due, and say what it took."""
    place = load_site(site, {})
    report = Report()
    with _store(site) as store:
        store.catalogue.release(NOW)
        started, worked = time.perf_counter(), time.process_time()
        open_editions(place, store, load_templates(site), NOW, report)
        seconds, processor = time.perf_counter() - started, time.process_time() - worked
        assert len(report.opened) == 1, report
        with store.database.read() as connection:
            sets, packed = connection.execute(
                select(func.count(), func.sum(func.length(segment.c.words)))
            ).one()
            pieces = connection.execute(select(func.sum(func.length(piece.c.text)))).scalar_one()
            owed = connection.execute(select(func.count()).select_from(delivery)).scalar_one()
    return {
        "seconds": seconds,
        "processor_seconds": processor,
        "sets": sets - 1,
        "deliveries": owed,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "words_bytes_a_set": (packed + pieces) / sets,
        "ms_a_set": 1000 * seconds / max(sets, 1),
    }


def _store(site: Path) -> Store:
    return Store.open(load_site(site, {}).settings.storage.url, site=site)


def _person(number: int, language: str) -> dict[str, Any]:
    address = f"reader{number}@post.example"
    return {
        "id": number,
        "key": address,
        "address": address,
        "name": f"Reader {number}",
        "source": "bench",
        "added": NOW,
        "language": language,
    }


def _entry(number: int, tags: list[str], chance: random.Random) -> Entry:
    def words(count: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(count)).capitalize() + "."

    return Entry(
        id=f"tag:courier.example,2026:{number}",
        slug=f"story-{number}",
        path=f"story-{number}.md",
        form=Form.MARKDOWN,
        title=words(7),
        published=NOW - timedelta(hours=1, minutes=number),
        published_from="front matter",
        language="en",
        html=f"<p>{words(300)}</p>",
        summary=words(40),
        tags=tuple(Tag(name=tag.replace("-", " ").title(), slug=tag) for tag in tags),
    )


def show(one: dict[str, Any]) -> None:
    print(json.dumps({key: round(value, 2) for key, value in one.items()}), flush=True)


def table(results: list[dict[str, Any]]) -> None:
    head = ("readers", "choices", "sets", "deliveries", "seconds", "MB", "bytes/set", "ms/set")
    show_table(
        head,
        (
            (
                one["readers"],
                one["choices"],
                one["sets"],
                one["deliveries"],
                f"{one['seconds']:.1f}",
                f"{one['memory_mb']:.0f}",
                f"{one['words_bytes_a_set']:.0f}",
                f"{one['ms_a_set']:.2f}",
            )
            for one in results
        ),
    )


if __name__ == "__main__":
    main()
