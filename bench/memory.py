"""What a whole run needs at most while it sends a large edition: `publisher run`, a relay, nothing else.

    python -m bench.memory [--people 100000 1000000] [--signed] [--url postgresql://...]
                           [--out bench-memory.json]

For each number a site with so many readers and articles in topics that they chose among; `run` reads,
opens the edition and delivers it, as a process of its own, to a sink on loopback. Twice a second the system
is asked for its peak (VmHWM; ru_maxrss would count what this program needed when it started it), and, with
signers, for the sum of all its processes (PSS, in which pages that they share count once).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text

from bench.rows import numbers_to
from bench.sink import own_sink
from publisher.config import load_site
from publisher.storage import Store

TOPICS = ("harbour", "council", "sport", "weather")
STORY = """---
title: "{topic} story {n}"
date: 2026-11-20 08:{n:02}
tags: [{topic}]
---

The ferry to Little Skerry was late again on Monday, the third time this month, said the harbour master,
who blamed the tide, the fog and a cow on the landing stage. Passengers waited in the cafe until noon.

Several of them asked for a bridge.
"""
CONFIG = """[publication]
title = "The Courier"
url = "https://courier.example/"
[storage]
url = "{url}"
[mail]
from = "The Courier <post@courier.example>"
transport = "smtp"
[mail.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
{dkim}
[newsletters.daily]
title = "Courier daily"
schedule = "daily at 07:00"
first = "at once"
"""


def make_site(folder: Path, url: str, port: int, people: int, *, signed: bool) -> None:
    dkim = ""
    if signed:
        from bench.send import RSA  # noqa: PLC0415 - it makes keys

        (folder / "dkim.key").write_bytes(RSA)
        (folder / "dkim.key").chmod(0o600)
        dkim = '[mail.dkim]\nselector = "news"\n'
    (folder / "articles").mkdir()
    for n in range(20):
        topic = TOPICS[n % len(TOPICS)]
        (folder / "articles" / f"{topic}-{n}.md").write_text(STORY.format(topic=topic, n=n))
    (folder / "publisher.toml").write_text(CONFIG.format(url=url, port=port, dkim=dkim))
    site = load_site(folder, {})
    with Store.open(url, site=folder, secret=site.secret) as store:
        fill(store, people)


def fill(store: Store, people: int) -> None:
    """So many readers with all choices of up to four topics, made by the database itself."""
    numbers = numbers_to(store, people)
    chosen = "CASE n % 5 " + "".join(
        f"""WHEN {at} THEN '{json.dumps({"tags": [topic]})}' """ for at, topic in enumerate(TOPICS)
    )
    at = int(time.time())
    with store.database.write() as connection:
        raw = connection.exec_driver_sql
        raw(
            "INSERT INTO subscriber (id, key, address, name, source, added, language)"
            " SELECT n, 'reader' || n || '@post.example', 'reader' || n || '@post.example',"
            f" '', 'bench', {at}, '' FROM {numbers}"
        )
        connection.execute(
            text(
                "INSERT INTO subscription (subscriber, newsletter, topics, frequency, timezone)"
                f" SELECT n, 'daily', {chosen} ELSE '{{}}' END, '', '' FROM {numbers}".replace(
                    ":", "\\:"
                )
            )
        )


class Watch(threading.Thread):
    """Looks at the peak of a process, and what it needs with its children, until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.own = self.peak = 0
        self._pid, self._done = pid, threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.5):
            self.own = max(self.own, kilobytes(self._pid, "status", "VmHWM:"))
            self.peak = max(self.peak, sum(map(pss, family(self._pid))))

    def stop(self) -> None:
        self._done.set()
        self.join()


def family(pid: int) -> list[int]:
    found = [pid]
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += family(int(child))
    return found


def pss(pid: int) -> int:
    """What a process needs, pages that it shares counted in part; kilobytes."""
    return kilobytes(pid, "smaps_rollup", "Pss:")


def kilobytes(pid: int, file: str, name: str) -> int:
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(name)).split()[1])
    return 0


def measure(people: int, url: str, *, signed: bool) -> dict[str, object]:
    counts: list[int] = []
    with tempfile.TemporaryDirectory() as name, own_sink(counts) as port:
        folder = Path(name)
        make_site(folder, url, port, people, signed=signed)
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "publisher", "run", "--json", "--site", name],
            stdout=subprocess.PIPE,
        )
        watch = Watch(process.pid)
        watch.start()
        assert process.stdout is not None
        report = json.loads(process.stdout.read())
        watch.stop()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    assert (process.returncode, report["sent"]) == (0, people), report
    assert counts == [people], counts
    told = {
        "people": people,
        "signed": signed,
        "seconds": round(seconds, 1),
        "CPU": round(used.ru_utime + used.ru_stime, 1),
        "peak MiB": round(watch.own / 1024, 1),
        "peak MiB of all its processes": round(watch.peak / 1024, 1),
    }
    print("  ".join(f"{key}: {value}" for key, value in told.items()), flush=True)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--url", default="sqlite:///publisher.db", help="an empty database")
    parser.add_argument("--signed", action="store_true", help="with RSA-2048")
    parser.add_argument("--out", type=Path, default=Path("bench-memory.json"))
    asked = parser.parse_args()
    results = [measure(people, asked.url, signed=asked.signed) for people in asked.people]
    grown = float(results[-1]["peak MiB"]) / float(results[0]["peak MiB"]) - 1
    print(f"from {asked.people[0]:,} to {asked.people[-1]:,} readers the peak grew by {grown:.1%}")
    asked.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
