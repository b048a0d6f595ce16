"""A site in a temporary folder, run as its operator would run it."""

import importlib
import json
import os
import subprocess
import sys
import warnings
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from tests.servers import serving
from tests.system.remote import item, rss

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

SHARED = ROOT.parent / "shared" / "data"

# What an entry itself brings about: a moment in 1900 or 9999 is odd, but it is what is asked.
FAR = {"ImplausibleDate"}
# It is older than RFC 6721 (tombstones) and warns of a namespace that it does not know, of
# Podcasting 2.0 even by name.
NEWER = {"UnknownNamespace", "UnsupportedNamespace"}
# The first archive has none before it, and would change if it named the one after it.
FIRST = {"ArchiveIncomplete"}

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


def shared(name):
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is missing: it is looked for in {SHARED}")
    return (SHARED / name).read_bytes()


@cache
def w3c():
    """The validator's module, from the checkout whose src folder FEEDVALIDATOR names."""
    folder = os.environ.get("FEEDVALIDATOR", "")
    if not folder:
        pytest.skip("FEEDVALIDATOR is missing: the src folder of a checkout of w3c/feedvalidator")
    if importlib.util.find_spec("html5lib") is None:
        pytest.skip("html5lib is missing: the W3C validator reads HTML with it")
    sys.path.insert(0, folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is twenty years old
            return importlib.import_module("feedvalidator")
    finally:
        sys.path.remove(folder)


@pytest.fixture
def validate():
    validator = w3c()

    def judge(data, base=""):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            events = validator.validateString(data, base=base)["loggedEvents"]
        bad = (validator.logging.Error, validator.logging.Warning)
        return {(type(e).__name__, str(e.params)) for e in events if isinstance(e, bad)}

    return judge


@pytest.fixture
def server():
    """A web server on loopback."""
    with serving() as running:
        yield running


@pytest.fixture
def blog(site, server):
    """The server with somebody's feed, which the site takes in."""
    site.config(f'\n[sources.blog]\nurl = "{server.url("/feed")}"\nallow_private = true\n')
    server.pages["/feed"] = (200, {"ETag": '"1"', "Last-Modified": "yesterday"}, rss(item()))
    return server
