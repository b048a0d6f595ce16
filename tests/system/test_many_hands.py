"""Where there is much to do, other processes read articles and make files; what comes is the same."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.system.building import FEEDS_ALONE, story, written
from tests.system.conftest import ROOT, SiteFolder

# As if a few articles were many.
BEGIN = """
import os, sys
from publisher.cli import main
from publisher.publish import ahead, fragments, hands, reading, waiting, words, workbench

ahead.MANY = reading.MANY = workbench._MANY = workbench._FEW = workbench._MOST = 2
fragments._MANY = fragments._PORTION = hands.PORTION = waiting._PORTION = 2
ours, begin = os.getpid(), hands._begin

def tell(*words):
    os.write(2, b"a hand begins\\n")
    begin(*words)

hands._begin = tell
"""
KILLED = """
from publisher.publish.desk import Desk

def falling(work):
    def fall(*words):
        if os.getpid() != ours:
            os.kill(os.getpid(), 9)
        return work(*words)
    return fall

{what} = falling({what})
"""

pytestmark = pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2, reason="a second core is missing: one process does it all"
)


def build(site, more="", code=0, *, full=False):
    words = [sys.executable, "-c", f"{BEGIN}{more}\nmain()", "build", "--json"]
    words += ["--full"] if full else []
    done = subprocess.run(
        [*words, "--site", str(site.folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == code, done.stderr
    assert "a hand begins" in done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def many(site):
    for number in range(7):
        tags = f"T{number % 2}"
        site.article(f"{number}.md", story(f"Story {number}", f"2026-11-1{number}", tags))
    return site


def test_many_hands_make_what_one_makes(many, tmp_path):
    alone = SiteFolder(tmp_path / "alone")
    shutil.copytree(many.folder, alone.folder, dirs_exist_ok=True)
    alone.build()
    left = many.feeds / "entries" / ".publisher-0123456789abcdef.tmp"
    left.parent.mkdir(parents=True)
    left.write_text("from a run that was killed")
    report = build(many)
    assert written(many) == written(alone)
    assert report["written"] == len(written(many))
    assert many.build().written == 0
    assert build(many, full=True)["written"] == 0


def test_what_was_read_ahead_is_left_where_the_store_was_there_before(many, tmp_path):
    build(many)
    for number in range(4):
        many.article(f"{number}.md", story(f"Other {number}", f"2026-11-1{number}", "T1"))
    alone = SiteFolder(tmp_path / "alone")
    shutil.copytree(many.folder, alone.folder, dirs_exist_ok=True)
    alone.build()
    report = build(many, "ahead._is_worth_it = lambda *_: True")
    assert (report["new"], report["changed"]) == (0, 4)
    assert written(many) == written(alone)


@pytest.mark.parametrize(
    "what", ["Desk.read_all", "fragments.render_batches", "workbench.Workbench._make"]
)
def test_a_hand_that_dies_is_done_without(many, what):
    report = build(many, KILLED.format(what=what))
    assert (report["exit_code"], report["new"]) == (0, 7)
    before = written(many)
    assert many.build(full=True).written == 0
    assert written(many) == before


def test_who_makes_the_page_of_an_entry_makes_its_items_for_feeds(many, tmp_path):
    alone = SiteFolder(tmp_path / "alone")
    shutil.copytree(many.folder, alone.folder, dirs_exist_ok=True)
    alone.build()
    build(many, "fragments.share_out = None")  # nobody is asked to make items alone
    assert written(many) == written(alone)


@pytest.mark.parametrize("what", ["", "Desk.read_all", "words.Words.read_all", "Desk.prepare"])
def test_who_reads_a_new_publication_reads_the_words_that_wait_too(many, tmp_path, what):
    many.config(FEEDS_ALONE, add=False)
    alone = SiteFolder(tmp_path / "alone")
    shutil.copytree(many.folder, alone.folder, dirs_exist_ok=True)
    alone.build()
    report = build(many, KILLED.format(what=what) if what else "")
    assert (report["exit_code"], report["new"]) == (0, 7)
    assert written(many) == written(alone)
    assert many.build(full=True).written == 0


def test_a_template_that_fails_in_each_of_them_is_named_once(many):
    template = many.folder / "templates" / "pages" / "entry.html"
    template.parent.mkdir(parents=True)
    template.write_text("{{ nothing }}", encoding="utf-8")
    report = build(many, code=1)
    assert [one["path"] for one in report["findings"]] == ["templates/pages/entry.html"]
    assert (many.feeds / "rss.xml").exists()
    template.write_text("{{ entry.title }}!", encoding="utf-8")
    assert build(many)["findings"] == []
    assert written(many)["entries/3.html"] == b"Story 3!"
