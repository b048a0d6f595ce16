"""Whether the time of an answer tells if an address is subscribed, unknown or kept off.

    python -m bench.telling [--requests 500] [--form subscribe|link] [--out bench-telling.json]

A service of its own is asked for each of three times so many addresses, in random order. Timed are the
answer itself (POST) and a page that is asked for right after it (GET), which would be slower while
a mail is made. Each two populations are compared by the Mann-Whitney U test: p is how likely ranks
so unequal are where there is no difference, "larger" how often the first of the two took longer
(0.5: as often as not). The command ends with 1 if p < 0.01 and the medians differ by a millisecond
or more.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.service import serving
from bench.sink import own_sink
from bench.tables import show_table
from publisher.audience import Stamps
from publisher.config import load_keys, load_site
from publisher.model import Choice
from publisher.storage import Store, Wish

KINDS = ("known", "unknown", "kept off")
PAUSE = 0.03  # seconds: what one request brought about shall not slow down the next
CONFIG = """\
[publication]
title = "The Saltmarsh Courier"
url = "https://courier.example/"
[mail]
from = "The Saltmarsh Courier <post@courier.example>"
transport = "smtp"
[mail.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[web]
per_network = 10000
in_all = 1000000
[newsletters.daily]
title = "Saltmarsh today"
schedule = "daily at 07:00"
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--form", choices=("subscribe", "link"), default="subscribe")
    parser.add_argument("--out", type=Path, default=Path("bench-telling.json"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as folder, own_sink([]) as port:
        site = Path(folder)
        (site / "publisher.toml").write_text(CONFIG.format(port=port), encoding="utf-8")
        addresses = fill(site, asked.requests)
        with serving(site) as (_, web_port):
            web = http.client.HTTPConnection("127.0.0.1", web_port, timeout=60)
            times = ask(site, web, addresses, asked.form)
    found = [
        compare(what, first, second, times[what][first], times[what][second])
        for what in ("answer", "next page")
        for first, second in itertools.combinations(KINDS, 2)
    ]
    show(found)
    asked.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    sys.exit(any(one["p"] < 0.01 and abs(one["difference_ms"]) >= 1 for one in found))


def fill(site: Path, count: int) -> dict[str, list[str]]:
    """Readers and suppressions; the addresses of each kind, all alike."""
    numbers = random.Random(2026).sample(range(10_000_000), 3 * count)
    kinds = dict(zip(KINDS, (numbers[n::3] for n in range(3)), strict=True))
    addresses = {kind: [f"p{n:07}@post{n % 7}.example" for n in kinds[kind]] for kind in KINDS}
    now = datetime.now(UTC).replace(microsecond=0)
    place = load_site(site, {})
    with Store.open(place.settings.storage.url, site=site, secret=place.secret) as store:
        store.subscribers.add_all(
            [
                Wish(address=one, name="", subscriptions={"daily": Choice()})
                for one in addresses["known"]
            ],
            source="bench",
            now=now - timedelta(days=30),
        )
        for one in addresses["kept off"]:
            store.suppressions.add(one, reason="complaint", now=now)
    return addresses


def ask(
    site: Path, web: http.client.HTTPConnection, addresses: dict[str, list[str]], form: str
) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of each answer, and of a page right after it, by kind of address."""
    stamp = Stamps(load_keys(site)).stamp(datetime.now(UTC) - timedelta(seconds=10))
    todo = [(kind, one) for kind in KINDS for one in addresses[kind]]
    random.Random(11).shuffle(todo)
    times: dict[str, dict[str, list[float]]] = {
        what: {kind: [] for kind in KINDS} for what in ("answer", "next page")
    }
    fields = {"newsletter": "daily"} if form == "subscribe" else {}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for number, (kind, address) in enumerate([*todo[:20], *todo]):  # the first warm it up
        body = urlencode({"address": address, "stamp": stamp, **fields})
        answer = timed(web, "POST", f"/newsletter/{form}", body, headers)
        page = timed(web, "GET", "/newsletter/subscribe", None, {})
        if number >= 20:
            times["answer"][kind].append(answer)
            times["next page"][kind].append(page)
        time.sleep(PAUSE)
    return times


def timed(
    web: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None,
    headers: dict[str, str],
) -> float:
    """Milliseconds until the whole answer is here."""
    started = time.perf_counter()
    web.request(method, path, body, headers)
    answer = web.getresponse()
    answer.read()
    assert answer.status in (200, 303), answer.status
    return 1000 * (time.perf_counter() - started)


def compare(
    what: str, first: str, second: str, ours: Sequence[float], theirs: Sequence[float]
) -> dict[str, Any]:
    """Two populations by rank and by median."""
    larger, p = mann_whitney(ours, theirs)
    return {
        "what": what,
        "first": first,
        "second": second,
        "requests": len(ours),
        "median_ms": [statistics.median(ours), statistics.median(theirs)],
        "difference_ms": statistics.median(ours) - statistics.median(theirs),
        "larger": larger,
        "p": p,
    }


def mann_whitney(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float]:
    """How often one of ours is larger than one of theirs, and the two-sided p of that.

    The normal approximation with the correction for ties (Mann & Whitney 1947; Lehmann 1975, 1.4),
    which is good from twenty of each on.
    """
    n, m = len(ours), len(theirs)
    ordered = sorted([(value, True) for value in ours] + [(value, False) for value in theirs])
    ranks, ties, place = 0.0, 0, 0
    for _, group in itertools.groupby(ordered, key=lambda one: one[0]):
        members = list(group)
        middle = place + (len(members) + 1) / 2
        ranks += middle * sum(mine for _, mine in members)
        ties += len(members) ** 3 - len(members)
        place += len(members)
    u = ranks - n * (n + 1) / 2
    spread = math.sqrt(n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1))))
    p = math.erfc(abs(u - n * m / 2) / spread / math.sqrt(2)) if spread else 1.0
    return u / (n * m), p


def show(found: Sequence[dict[str, Any]]) -> None:
    head = ("timed", "first", "second", "median ms", "median ms", "difference", "larger", "p")
    show_table(
        head,
        (
            (
                one["what"],
                one["first"],
                one["second"],
                *(f"{value:.2f}" for value in one["median_ms"]),
                f"{one['difference_ms']:+.3f}",
                f"{one['larger']:.3f}",
                f"{one['p']:.3f}",
            )
            for one in found
        ),
    )


if __name__ == "__main__":
    main()
