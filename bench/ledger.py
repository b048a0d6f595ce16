"""What a large edition costs in the ledger alone, without a network.

    python -m bench.ledger [--people 1000000] [--postgresql | --url postgresql://...]
                           [--out bench-ledger.json]

With --postgresql a server of its own is started from the system's binaries, with its defaults.

Fills a store with readers, opens an edition that is owed to all of them, then claims, marks and
finishes every delivery in batches of 100, as a sender does whose other side answers at once. Says
how long counting and the first recipients take, and how much memory all of it needed.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import text

from bench.rows import numbers_to
from publisher.model import Cohort, DeliveryState, Outcome, Receipt, Rendered, Result
from publisher.storage import Audience, Slot, Store, Wording
from tests.postgres import running

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
ACCEPTED = Receipt(outcome=Outcome.ACCEPTED, reply="250 2.0.0 Ok: queued as 4F1A2B3C4D")
WORDS = Rendered(subject="News", preheader="", html="<p>News</p>", text="News")
CLOCK = ("", "")  # as the newsletter comes, for whoever chose nothing else
BATCH = 100


def fill(store: Store, people: int) -> None:
    """So many readers, made by the database itself."""
    numbers = numbers_to(store, people)
    at = int(NOW.timestamp())
    with store.database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO subscriber (id, key, address, name, source, added, language)"
                " SELECT n, 'reader' || n || '@post.example', 'reader' || n || '@post.example',"
                f" '', 'bench', {at}, '' FROM {numbers}"
            )
        )
        connection.execute(
            text(
                "INSERT INTO subscription (subscriber, newsletter, topics, frequency, timezone)"
                " SELECT id, 'daily', '{}', '', '' FROM subscriber"
            )
        )
    if not store.database.is_sqlite:
        with store.database.write() as connection:  # as it does by itself within a minute
            connection.execute(text("ANALYZE"))


def freeze(store: Store) -> None:
    """Open the edition, as a run does once it has put its words together."""
    wording = Wording()
    for number in (0, 1):
        wording.add(number, [], WORDS)
    groups = store.readership.groups("daily", [CLOCK], NOW)
    segments = {one.id: 1 for one in groups}
    assert store.editions.open(
        "daily-1",
        wording,
        Audience(newsletter="daily", clocks=[CLOCK], segments=segments),
        cohort=Cohort(newsletter="daily"),
        slot=Slot(NOW),
        last_sequence=1,
        to_nobody=False,
        now=NOW,
    )


def drain(store: Store) -> int:
    """Every delivery through claimed, started and sent."""
    ledger, done = store.ledger, 0
    finished: list[Result] = []
    with ledger.owner(NOW) as owner:
        while claims := ledger.claim("daily-1", owner, BATCH, NOW):
            ledger.mark(claims, finished, NOW)
            finished = [Result(claim, ACCEPTED) for claim in claims]
            done += len(claims)
        ledger.mark((), finished, NOW)
    ledger.settle("daily-1")
    return done


def timed(results: dict[str, float], name: str, call):
    started = time.perf_counter()
    value = call()
    results[name] = round(time.perf_counter() - started, 3)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name:<34}{results[name]:>10.3f} s{peak:>8} MiB at most", flush=True)
    return value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--url", default="sqlite:///publisher.db")
    parser.add_argument("--out", type=Path, default=Path("bench-ledger.json"))
    parser.add_argument("--postgresql", action="store_true", help="start a server for it")
    asked = parser.parse_args()
    results: dict[str, float] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        if asked.postgresql:
            asked.url = f"{stack.enter_context(running())}/postgres"
        store = stack.enter_context(Store.open(asked.url, site=Path(folder)))
        timed(results, "readers made", lambda: fill(store, asked.people))
        timed(results, "deliveries frozen", lambda: freeze(store))
        timed(results, "counted", lambda: store.ledger.check("daily-1"))
        done = timed(results, "claimed, marked, finished", lambda: drain(store))
        assert done == asked.people, done
        counts = timed(results, "counted when done", lambda: store.ledger.check("daily-1"))
        assert counts.states == {DeliveryState.SENT: asked.people}
        for name, asked_for in (
            ("first 50 of all", {}),
            ("first 50 sent", {"states": [DeliveryState.SENT]}),
            ("first 50 failed", {"states": [DeliveryState.FAILED]}),
            ("first 50 perhaps twice", {"in_doubt": True}),
        ):
            timed(
                results, name, lambda on=asked_for: [*islice(store.ledger.who("daily-1", **on), 50)]
            )
        timed(results, "all told", lambda: sum(1 for _ in store.ledger.who("daily-1")))
    rate = asked.people / results["claimed, marked, finished"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{rate:,.0f} deliveries a second")
    told = {"people": asked.people, "seconds": results, "rate": round(rate), "peak MiB": peak}
    asked.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
