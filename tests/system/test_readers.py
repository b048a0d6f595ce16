"""Whoever reads while we publish, and while we are killed, sees whole and valid files only."""

import gzip
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lxml import etree

from publisher.checks.feeds import check_feed
from publisher.model import Severity
from tests.system.building import story
from tests.system.conftest import ROOT

# PUBLISHER_LONG=1 makes it as long as it is promised: minutes instead of seconds.
LONG = bool(os.environ.get("PUBLISHER_LONG"))
PUBLISHES, KILLS, POLLS = (1000, 50, 1000) if LONG else (30, 4, 100)

CONFIG = """
[feeds]
limit = 3
gzip = true
archive = ["all"]

[feeds.radio]
title = "Radio"
tags = ["Pier"]
"""
PUBLISH = """
import sys
from datetime import datetime, timedelta, UTC
from pathlib import Path
from publisher.config import load_site
from publisher.publish import build
from tests.system.building import story

folder, begun = Path(sys.argv[1]), int(sys.argv[2])
for n in range(begun, begun + 100_000):
    date, tags = f"2026-11-{1 + n % 20:02} 08:00", "Pier" if n % 2 else "Lamp"
    more = {"withdrawn": "2026-11-21"} if n % 7 == 3 else {}
    path = folder / "articles" / f"{n % 9}.md"
    if n % 11 == 5:
        path.unlink(missing_ok=True)
    else:
        path.write_text(story(f"Story {n}", date, tags, text=f"Words of {n}. " * 300, **more))
    report = build(load_site(folder, {}), now=datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(seconds=n))
    assert not report.findings, report.findings
    print(n, flush=True)
"""


class Publisher:
    """A process that publishes again and again, and may be killed at any moment."""

    def __init__(self, site):
        self._folder, self._log = site.folder, site.folder / "published.log"
        self.start()

    def start(self):
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PUBLISH, str(self._folder), str(self.published + 1)],
                stdout=log,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )

    @property
    def published(self):
        lines = self._log.read_text().split() if self._log.exists() else []
        return int(lines[-1]) if lines else 0

    def kill(self):
        self.process.kill()
        assert self.process.wait() == -9  # it did not fail by itself


def look_at(path: Path, feeds: Path):
    """One file as a reader gets it: whole, valid, and leading to what is there."""
    name = path.name.removesuffix(".gz")
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    if name == "feed.json":
        feed = json.loads(data)
        before = feed.get("next_url", "")
    else:
        root = etree.fromstring(data)
        links = root.xpath("//*[local-name()='link' and @rel='prev-archive']/@href")
        before = links[0] if links else ""
    form = {"rss.xml": "rss", "atom.xml": "atom", "feed.json": "json"}.get(name)
    if form:
        found = check_feed(data, form, str(path))
        assert [one for one in found if one.severity is Severity.ERROR] == []
    if before:
        assert (feeds / before.removeprefix("https://courier.example/")).is_file()


@pytest.mark.threat(35)
@pytest.mark.timeout(3000 if LONG else 300)
def test_who_reads_while_we_publish_and_are_killed_sees_whole_and_valid_files(site):
    site.config(CONFIG)
    site.article("9.md", story("Always there", "2026-11-22 08:00", "Pier, Lamp"))
    site.build()
    dice = random.Random(0)
    names = [
        f"{folder}{name}{twin}"
        for folder in ("", "feeds/radio/", "tags/lamp/", "archive/1/")
        for name in ("rss.xml", "atom.xml", "feed.json")
        for twin in ("", ".gz")
    ]
    names += ["feeds.opml", "sitemap.xml", "sitemap.xml.gz"]  # fmt: skip
    always = [name for name in names if "archive" not in name]
    polls = kills = 0
    publisher = Publisher(site)
    step = PUBLISHES / KILLS
    try:
        while publisher.published < PUBLISHES or kills < KILLS or polls < POLLS:
            for name in dice.sample(names, 5):
                if name in always or (site.feeds / name).exists():
                    look_at(site.feeds / name, site.feeds)
            polls += 1
            time.sleep(0.02)  # or it takes the processor from whom it reads
            if kills < KILLS and publisher.published >= step * (kills + dice.random()):
                time.sleep(dice.random() / 10)
                publisher.kill()
                kills += 1
                publisher.start()
    finally:
        publisher.kill()
    print(f"{publisher.published} publishes, {kills} kills, {polls} polls of 5 files")
    left = {path for path in site.feeds.rglob("*") if path.is_file()}
    site.article("8.md", story("After all"))
    site.build()
    assert not list(site.feeds.rglob(".publisher-*"))
    assert left
    for path in site.feeds.rglob("*"):
        if path.is_file() and path.name.removesuffix(".gz") in {"rss.xml", "atom.xml", "feed.json"}:
            look_at(path, site.feeds)
    assert site.build(full=True).written == 0
