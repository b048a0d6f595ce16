"""Many kill -9 at moments nobody chose: nobody is forgotten, and every second copy is flagged."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest

from publisher.storage import Store
from tests.unit.storage.samples import NOW, ROOT, open_edition, readers, states

SENDER = """
import os, sys
from datetime import datetime, UTC
from pathlib import Path
from publisher.model import Outcome, Receipt, Result
from publisher.storage import Store
url, site = sys.argv[1], Path(sys.argv[2])
now = datetime(2026, 11, 23, 12, tzinfo=UTC)
ok = Receipt(outcome=Outcome.ACCEPTED)
outbox = os.open(site / "sent.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
with Store.open(url, site=site) as store:
    store.ledger.recover(now, on_doubt="resend")
    with store.ledger.owner(now) as owner:
        print("sending", flush=True)
        while claims := store.ledger.claim("daily-1", owner, 10, now):
            for claim in claims:
                store.ledger.mark([claim], (), now)
                os.write(outbox, f"{claim.subscriber.address}\\n".encode())
                store.ledger.mark((), [Result(claim, ok)], now)
"""
PEOPLE = 400


@pytest.mark.slow
@pytest.mark.threat(37)
def test_kills_at_any_moment_lose_nobody_and_flag_every_second_copy(store_url, tmp_path):
    chance = random.Random(29)
    with Store.open(store_url, site=tmp_path) as store:
        open_edition(store, readers(store, PEOPLE))
        kills = 0
        for _ in range(12):
            # Two at once, as when cron overlaps without the lock; one of them dies.
            with start(store_url, tmp_path) as victim, start(store_url, tmp_path) as other:
                assert victim.stdout.readline() == "sending\n"
                time.sleep(chance.uniform(0, 0.06))
                victim.kill()
                other.kill() if chance.random() < 0.8 else None
                kills += victim.wait() == -signal.SIGKILL
                assert other.wait() in (0, -signal.SIGKILL)
            states(store)
        with start(store_url, tmp_path) as last:
            assert last.wait() == 0
        assert states(store) == {"sent": PEOPLE}
        copies = Counter((tmp_path / "sent.txt").read_text().split())
        assert len(copies) == PEOPLE
        flagged = {row.address for row in store.ledger.who("daily-1") if row.in_doubt}
        assert {who for who, times in copies.items() if times > 1} <= flagged
        assert len(flagged) <= 24  # at most the one in flight of each that was killed
        assert kills
        assert store.ledger.recover(NOW + timedelta(days=1), on_doubt="resend") == 0


def start(url, site):
    return subprocess.Popen(
        [sys.executable, "-c", SENDER, url, str(site)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
