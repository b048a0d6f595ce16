"""A site with many readers, the witness that its mail goes to, and programs that get killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from pathlib import Path

from publisher.storage import Store
from tests.system.conftest import CONFIG, NOW, ROOT, SiteFolder

STORY = "---\ntitle: Ferry returns\ndate: 2026-11-20 08:00\n---\n\nThe ferry is back.\n"
CONNECTIONS = 4


class Mailing:
    """An edition owed to many, and what the other side has seen of it."""

    def __init__(self, folder, url, people, *, pause=0.0, mail=""):
        self.log = folder / "witness.log"
        self.people = people
        # One that means the same from other folders, too.
        here = f"sqlite:///{folder / 'site' / 'publisher.db'}"
        self.url = url = here if url.startswith("sqlite") else url
        self._witness = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/witness.py"), str(self.log), str(pause)],
            stdout=subprocess.PIPE,
            text=True,
        )
        port = self._witness.stdout.readline().strip()
        site = self.site = SiteFolder(folder / "site")
        smtp = (
            f'host = "127.0.0.1"\nport = {port}\nsecurity = "none"\nconnections = {CONNECTIONS}\n'
        )
        config = CONFIG.replace("[newsletters", f"[mail.smtp]\n{smtp}\n[newsletters")
        config = config.replace("[mail]\n", f'[mail]\ntransport = "smtp"\n{mail}')
        site.config(f'{config}\n[storage]\nurl = "{url}"\n', add=False)
        site.article("ferry.md", STORY)
        addresses = "".join(f"r{number}@reader.example\n" for number in range(people))
        (folder / "list.csv").write_text(f"address\n{addresses}", encoding="utf-8")
        site.command("subscribers", "import", str(folder / "list.csv"), "--newsletter", "daily")

    def open(self):
        """Open the edition, and send nothing yet."""
        asked = iter((False,))
        self.opened = self.site.run(NOW, stop=lambda: next(asked, True))
        (self.edition,) = self.opened.opened

    def close(self):
        self._witness.kill()
        self._witness.wait()
        self._witness.stdout.close()

    @contextmanager
    def store(self):
        with Store.open(self.url, site=self.site.folder) as store:
            yield store

    def seen(self):
        """The Message-IDs that each recipient got."""
        found = defaultdict(list)
        if self.log.exists():
            for line in self.log.read_text().splitlines():
                recipient, message_id = line.split()
                found[recipient].append(message_id)
        return found

    def accepted(self):
        """How many messages the other side has taken."""
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0

    @contextmanager
    def program(self, *words, environ=None, script=("-m", "publisher"), at=None):
        """A command of ours in a process of its own, dead at the end of the block."""
        with subprocess.Popen(
            [sys.executable, *script, *words, "--site", str(at or self.site.folder)],
            cwd=ROOT,
            env={**os.environ, **(environ or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def elsewhere(self, name):
        """The same site in another folder, as on another host: its own lock, the same database."""
        folder = self.site.folder.parent / f"host-{name}"
        folder.mkdir()
        for file in ("publisher.toml", "publisher.key"):
            shutil.copy2(self.site.folder / file, folder / file)
        shutil.copytree(self.site.folder / "articles", folder / "articles")
        return folder

    def kill_after(self, process, messages):
        """Kill it once the other side has taken so many more; whether it still lived."""
        wanted = min(self.accepted() + messages, self.people)
        while process.poll() is None and self.accepted() < wanted:
            time.sleep(0.001)
        process.kill()
        return process.wait() == -signal.SIGKILL

    def judge(self):
        """What was lost, doubled, and doubled unseen; AssertionError if a promise is broken."""
        seen = self.seen()
        with self.store() as store:
            counts = store.ledger.check(self.edition)
            people = list(store.ledger.who(self.edition))
        states = Counter(row.state.value for row in people)
        flagged = {row.address for row in people if row.in_doubt}
        doubled = {who: ids for who, ids in seen.items() if len(ids) > 1}
        verdict = {
            "lost": self.people - len(seen),
            "copies": sum(len(ids) - 1 for ids in seen.values()),
            "unflagged": len(doubled.keys() - flagged),
            "in doubt": counts.in_doubt,
            "other ids": sum(len(set(ids)) > 1 for ids in seen.values()),
            "states": dict(states),
        }
        assert len({ids[0] for ids in seen.values()}) == len(seen)
        return verdict


def expected(verdict, people, most_copies):
    """Nothing lost, nothing doubled unseen, no more doubled than can be, and each by its id."""
    assert verdict["lost"] == 0, verdict
    assert verdict["unflagged"] == 0, verdict
    assert verdict["copies"] <= most_copies, verdict
    assert verdict["other ids"] == 0, verdict
    assert verdict["states"] == {"sent": people}, verdict


def weak(*words):
    """How to start a program whose ledger lacks what `tests/system/weak.py` takes away."""
    return (str(Path(__file__).parent / "weak.py"), *words)
