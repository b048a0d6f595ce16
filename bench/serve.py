"""How many feed polls `publisher serve` answers while slow clients hang on, and what they cost it.

    python -m bench.serve [--rate 2000] [--seconds 15] [--requests 300000] [--slow 100]
                          [--rounds 1] [--out bench-serve.json]

A site of its own is served by `publisher serve` and, where it is installed, by one process of nginx
from the same folder; wrk, which must be installed, polls the feeds of both in turn, at a rate and as
fast as it can. Of a hundred polls 70 know the ETag and 20 the time of what they have, 8 take all with
gzip and 2 without; one in ten has a connection of its own. Meanwhile a crowd (bench/crowd.py) asks
slowly, reads slowly and says too much.

Then `publisher serve` alone gets so many requests (an hour of 2,000 a second: --requests 7200000), and
after each five seconds a feed is replaced by another; its memory is told against them: PSS, in which
pages that are shared count once. "CPU us" is the server's time of the processor by requests of wrk, so
what the crowd costs is in it. The command ends with 1 if wrk met an error.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.crowd import Crowd
from bench.memory import pss
from bench.service import serving
from bench.tables import show_table
from publisher.config import load_site
from publisher.output import Output
from publisher.publish import build

CONFIG = """\
[publication]
title = "The Saltmarsh Courier"
url = "https://courier.example/"
[feeds]
gzip = true
[mail]
from = "The Saltmarsh Courier <post@courier.example>"
[newsletters.daily]
title = "Saltmarsh today"
schedule = "daily at 07:00"
"""
STORY = """---
title: "Tide {n}"
date: {date:%Y-%m-%d %H:%M}
tags: [Ward {ward}]
---
"""
PARAGRAPH = (
    "The ferry to Little Skerry was late again, the {n}th time this year, said the harbour master, "
    "who blamed the tide, the fog and a cow on the landing stage. Passengers waited until noon.\n\n"
)
NGINX = """\
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_rlimit_nofile 4096;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{ application/rss+xml xml; application/feed+json json; text/html html; }}
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  gzip on;
  gzip_static on;
  gzip_types *;
  client_header_timeout 10s;
  client_body_timeout 10s;
  server {{
    listen 127.0.0.1:{port} backlog=512;
    root {feeds};
    add_header Cache-Control "public, max-age=300";
    add_header Access-Control-Allow-Origin *;
    add_header X-Content-Type-Options nosniff;
  }}
}}
"""
SCRIPT = Path(__file__).with_name("serve.lua")
FORM = "/newsletter/subscribe"
LARGE = "/media/tide.mp3"
SLICE = 5  # seconds between two feeds, and two looks at the memory
CONNECTIONS = 40
Server = tuple[int, int]  # process id, port


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rate", type=int, default=2000, help="polls a second")
    parser.add_argument("--seconds", type=int, default=15, help="of each measurement")
    parser.add_argument("--requests", type=int, default=300_000, help="while memory is looked at")
    parser.add_argument("--slow", type=int, default=100, help="slow clients at once")
    parser.add_argument("--rounds", type=int, default=1, help="times that both are measured")
    parser.add_argument("--out", type=Path, default=Path("bench-serve.json"))
    asked = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: install it (apt install wrk)")
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as name:
        folder = Path(name)
        feeds = make_site(folder / "site")
        with serving(folder / "site") as ours, nginx(folder / "nginx", feeds) as theirs:
            results = [
                measure(who, server, feeds, asked.seconds, rate, asked.slow, folder)
                for _ in range(asked.rounds)
                for rate in (asked.rate, 0)
                for who, server in (("publisher", ours), ("nginx", theirs))
                if server
            ]
            curve = watch(
                ours, feeds, asked.requests, min(SLICE, asked.seconds), asked.slow, folder
            )
    show(results)
    show_memory(curve)
    told = {"results": results, "memory": curve}
    asked.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    sys.exit(any(sum(one["errors"].values()) for one in [*results, *curve["slices"]]))


def make_site(site: Path) -> Path:
    """A publication of sixty articles, built; its output folder."""
    (site / "articles").mkdir(parents=True)
    (site / "publisher.toml").write_text(CONFIG, encoding="utf-8")
    now = datetime.now(UTC).replace(microsecond=0)
    for n in range(60):
        head = STORY.format(n=n, date=now - timedelta(hours=n + 1), ward=n % 8)
        text = head + PARAGRAPH.format(n=n) * 12
        (site / "articles" / f"tide-{n}.md").write_text(text, encoding="utf-8")
    place = load_site(site, {})
    build(place, now=now)
    large = place.output / LARGE[1:]
    large.parent.mkdir(exist_ok=True)
    large.write_bytes(os.urandom(16 << 20))
    return place.output


@contextmanager
def nginx(folder: Path, feeds: Path) -> Iterator[Server | None]:
    """nginx on the same folder; None where it is not installed."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        print("nginx: not found, left out")
        yield None
        return
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, feeds=feeds), encoding="utf-8")
    with subprocess.Popen([program, "-p", str(folder), "-c", str(config)]) as process:
        try:
            wait_for(lambda: socket.create_connection(("127.0.0.1", port)).close())
            yield process.pid, port
        finally:
            process.terminate()


def wait_for(attempt: Callable[[], None], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def write_polls(path: Path, port: int, feeds: Path) -> None:
    """A hundred requests for each feed, as they go over the line, and one of each kind tried."""
    paths = ["/rss.xml", "/atom.xml", "/feed.json"]
    paths += [f"/{one.relative_to(feeds)}" for one in sorted(feeds.glob("tags/*/rss.xml"))[:5]]
    polls = []
    for place in paths:
        packed = fetch(port, place, {"Accept-Encoding": "gzip"})
        known = {"Accept-Encoding": "gzip", "If-None-Match": packed["etag"]}
        since = {"Accept-Encoding": "gzip", "If-Modified-Since": packed["last-modified"]}
        kinds = [
            (known, 304, 70),
            (since, 304, 20),
            ({"Accept-Encoding": "gzip"}, 200, 8),
            ({}, 200, 2),
        ]
        for headers, status, share in kinds:
            got = fetch(port, place, headers)["status"]
            assert got == str(status), (place, headers, got)
            polls += [(place, headers)] * share
    # A step that shares no divisor with the count mixes them evenly.
    mixed = [polls[n * 37 % len(polls)] for n in range(len(polls))]
    with path.open("w", encoding="ascii", newline="") as file:
        for number, (place, headers) in enumerate(mixed):
            fields = {"Host": "courier.example", "User-Agent": "poll", **headers}
            if number % 10 == 0:
                fields["Connection"] = "close"
            lines = [f"GET {place} HTTP/1.1", *(f"{name}: {text}" for name, text in fields.items())]
            file.write("\r\n".join(lines) + "\r\n\r\n")


def fetch(port: int, path: str, headers: dict[str, str]) -> dict[str, str]:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    web.request("GET", path, headers=headers)
    answer = web.getresponse()
    answer.read()
    web.close()
    return {name.lower(): text for name, text in answer.getheaders()} | {
        "status": str(answer.status)
    }


def poll(port: int, feeds: Path, seconds: int, rate: int, folder: Path) -> dict[str, Any]:
    """What wrk tells."""
    requests = folder / "requests"
    write_polls(requests, port, feeds)
    done = subprocess.run(
        [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "-s",
            SCRIPT,
            f"http://127.0.0.1:{port}/",
        ],
        env={**os.environ, "BENCH_REQUESTS": str(requests), "BENCH_RATE": str(rate)},
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert found, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(found[0].removeprefix("RESULT "))
    return told


@contextmanager
def crowding(port: int, count: int) -> Iterator[dict[str, int]]:
    """A crowd on that port, and in the end what became of its calls."""
    crowd = Crowd(port, count, form=FORM, large=LARGE)
    told: dict[str, int] = {}
    crowd.start()
    try:
        yield told
    finally:
        crowd.stop()
        told.update(sorted(crowd.counts.items()))


def measure(
    who: str, server: Server, feeds: Path, seconds: int, rate: int, slow: int, folder: Path
) -> dict[str, Any]:
    pid, port = server
    with crowding(port, slow) if slow else nullcontext({}) as crowd:
        before, memory = cpu(pid), pss(pid)
        told = poll(port, feeds, seconds, rate, folder)
        used = cpu(pid) - before
    told |= {
        "server": who,
        "rate": rate,
        "CPU_us": 1e6 * used / told["requests"],
        "PSS_kB": [memory, pss(pid)],
        "crowd": crowd,
    }
    return told


def cpu(pid: int) -> float:
    """Seconds of the processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watch(
    server: Server, feeds: Path, requests: int, seconds: int, slow: int, folder: Path
) -> dict[str, Any]:
    """So many requests at full speed while feeds are replaced, and memory after each slice of them."""
    pid, port = server
    output, slices, count = Output(feeds), [], 0
    rss = (feeds / "rss.xml").read_bytes()
    with crowding(port, slow) if slow else nullcontext({}) as crowd:
        while count < requests:
            output.replace("rss.xml", rss.replace(b"Tide ", b"Tide %d, " % len(slices)))
            told = poll(port, feeds, seconds, 0, folder)
            count += told["requests"]
            told |= {"requests_in_all": count, "PSS_kB": pss(pid), "RSS_kB": resident(pid)}
            slices.append(told)
    return {"slices": slices, "crowd": crowd}


def resident(pid: int) -> int:
    """Kilobytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def show(results: list[dict[str, Any]]) -> None:
    head = (
        "server",
        "asked for",
        "requests",
        "a second",
        "errors",
        "p50 ms",
        "p99 ms",
        "CPU us",
        "PSS MB",
    )
    rows = [
        (
            one["server"],
            one["rate"] or "all it can",
            f"{one['requests']:,}",
            f"{one['requests'] / one['seconds']:,.0f}",
            sum(one["errors"].values()),
            f"{one['p50_ms']:.2f}",
            f"{one['p99_ms']:.2f}",
            f"{one['CPU_us']:.0f}",
            f"{one['PSS_kB'][1] / 1024:.1f}",
        )
        for one in results
    ]
    show_table(head, rows)
    for one in results:
        crowd = ", ".join(f"{what} {count}" for what, count in one["crowd"].items())
        print(f"{one['server']} at {one['rate'] or 'all it can'}, the crowd: {crowd or 'none'}")


def show_memory(curve: dict[str, Any]) -> None:
    """Twelve points of the curve, and its second half against its second quarter."""
    slices = curve["slices"]
    if not slices:
        return
    print("\nMemory of publisher serve at full speed, a feed replaced every five seconds:")
    step = max(1, len(slices) // 12)
    head = ("requests", "a second", "errors", "PSS MB", "RSS MB")
    shown = slices[::step] if slices[-1] in slices[::step] else [*slices[::step], slices[-1]]
    show_table(
        head,
        [
            (
                f"{one['requests_in_all']:,}",
                f"{one['requests'] / one['seconds']:,.0f}",
                sum(one["errors"].values()),
                f"{one['PSS_kB'] / 1024:.1f}",
                f"{one['RSS_kB'] / 1024:.1f}",
            )
            for one in shown
        ],
    )
    memory = [one["PSS_kB"] / 1024 for one in slices]
    quarter = max(1, len(memory) // 4)
    early = statistics.mean(memory[quarter : 2 * quarter] or memory)
    late = statistics.mean(memory[-quarter:])
    print(f"second quarter {early:.1f} MB, last quarter {late:.1f} MB: {late - early:+.1f}")


if __name__ == "__main__":
    main()
