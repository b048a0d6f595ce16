"""A site in a temporary folder, run as its operator would run it."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

CONFIG = """\
[publication]
title = "The Courier"
url = "https://courier.example/"
timezone = "Europe/Lisbon"

[mail]
from = "The Courier <post@courier.example>"

[newsletters.daily]
title = "Courier daily"
schedule = "daily at 07:00"
first = "at once"
"""


class SiteFolder:
    """A site and the command line on it."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "articles").mkdir(parents=True)
        (folder / "publisher.toml").write_text(CONFIG, encoding="utf-8")

    def article(self, name, text):
        path = self.folder / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8")
        return path

    def config(self, text, *, add=True):
        path = self.folder / "publisher.toml"
        path.write_text((path.read_text() if add else "") + text, encoding="utf-8")

    def command(self, *words, code=0, environ=None):
        """Run `publisher WORDS --site` in a process of its own; the exit code is asserted."""
        done = subprocess.run(
            [sys.executable, "-m", "publisher", *words, "--site", str(self.folder)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={**os.environ, **(environ or {})},
            timeout=120,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *words, code=0):
        return json.loads(self.command(*words, "--json", code=code).stdout)

    def run(self, moment=NOW, **options):
        """The same in this process, at a chosen moment."""
        from publisher.config import load_site
        from publisher.publish import run

        return run(load_site(self.folder, {}), clock=lambda: moment, **options)

    def build(self, moment=NOW, **options):
        from publisher.config import load_site
        from publisher.publish import build

        return build(load_site(self.folder, {}), now=moment, **options)

    @property
    def feeds(self):
        return self.folder / "feeds"

    def outbox(self):
        return sorted((self.folder / "outbox").glob("*.eml"))


@pytest.fixture
def site(tmp_path):
    return SiteFolder(tmp_path / "site")


@pytest.fixture(scope="session")
def seed_story():
    path = ROOT.parent / "shared" / "data" / "seed-wire-story.txt"
    if not path.is_file():
        pytest.skip("the seed wire story (shared/data/seed-wire-story.txt) is missing")
    return path.read_text(encoding="utf-8")
