"""A whole run whose disk fails, or which is killed, at each call in turn; then it is run again.

The short form takes a few of the steps; PUBLISHER_LONG=1 takes all, with every fault, and
PUBLISHER_SHARE=0/8 an eighth of them.
"""

import os
import random
import shutil
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import LONG
from tests.faults import Disk, Done, ledger, whole
from tests.power import TASTES, Power
from tests.system.conftest import CONFIG, SiteFolder

pytestmark = [pytest.mark.timeout(7200)]

BEFORE = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 7, 10, tzinfo=UTC)
LATER = timedelta(minutes=30)  # the ledger waits 5 minutes before it tries again
FAULTS = ("ENOSPC", "EIO", "EMFILE", "EROFS", "cut short")
KILLS = ("kill", "kill in a write")
SHORT = 8  # cases of each test in the short form
SHARE, SHARES = map(int, os.environ.get("PUBLISHER_SHARE", "0/1").split("/"))


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    with Disk(tmp_path_factory.mktemp("disk")) as started:
        yield started


@pytest.fixture(scope="module")
def begun(disk, tmp_path_factory):
    """A site that has published before; since then one article changed, one came, one went."""
    site = SiteFolder(tmp_path_factory.mktemp("begun") / "site")
    site.config(CONFIG.replace('first = "at once"\n', ""), add=False)
    site.article("harbour.md", "---\ntitle: Harbour\ndate: 2026-11-20\ntags: [Port]\n---\nCalm.\n")
    site.article("lamps.md", "---\ntitle: Lamps\ndate: 2026-11-21\n---\nThey are lit.\n")
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.command("subscribers", "add", "rui@reader.example", "--newsletter", "daily")
    disk.learn(site.folder, BEFORE)
    assert disk.run(site.folder, BEFORE).code == 0
    site.article("harbour.md", "---\ntitle: Harbour\ndate: 2026-11-20\ntags: [Port]\n---\nRough.\n")
    site.article(
        "ferry.md", "---\ntitle: Ferry\ndate: 2026-11-23 06:00\ntags: [Port]\n---\nBack.\n"
    )
    (site.folder / "articles/lamps.md").unlink()
    return site.folder


@pytest.fixture(scope="module")
def fresh(disk, begun, tmp_path_factory):
    """A site in which nothing was ever run: no database, no key, no output."""
    folder = tmp_path_factory.mktemp("fresh") / "site"
    (folder / "articles").mkdir(parents=True)
    shutil.copy2(begun / "publisher.toml", folder)
    shutil.copy2(begun / "articles/ferry.md", folder / "articles")
    return folder


@pytest.fixture(params=["begun", "fresh"])
def site(request):
    return request.getfixturevalue(request.param)


def chosen(cases):
    """All of them, or one of each so many; in the long form, the share that is asked for."""
    cases = list(cases)
    if LONG:
        return cases[SHARE::SHARES]
    return random.Random(len(cases)).sample(cases, min(SHORT, len(cases)))


def ends(disk, site, moment=NOW):
    """What an undisturbed run makes of the site."""
    assert disk.run(site, moment).code == 0
    return whole(site), ledger(site)


def is_torn(place, old, wanted):
    """The first file that is neither as it was nor as it shall be."""
    for path, data in whole(place).items():
        temporary = path.rpartition("/")[2].startswith(".")
        if not temporary and data not in (old.get(path), wanted[0].get(path)):
            return path
    return ""


def judge(disk, place, old, wanted, done):
    """What is wrong: something torn, a traceback, or another end than an undisturbed run's."""
    if done.code not in (0, 1, 2, 75, -9) or "Traceback" in done.said:
        return f"ended with {done.code}: {done.said}"
    if path := is_torn(place, old, wanted):
        return f"{path} is torn"
    again = disk.run(place, NOW + LATER, boot="another")
    if again.code != 0 or "Traceback" in again.said:
        return f"the next run ended with {again.code}: {again.said}"
    files, told = whole(place), ledger(place)
    if told != wanted[1]:
        return f"the ledger says {told}"
    other = {path for path in files | wanted[0] if files.get(path) != wanted[0].get(path)}
    return f"other files in the end: {sorted(other)}" if other else ""


def begin(disk, site, tmp_path):
    """The files before, the end of an undisturbed run, and a copy of the site to do it to."""
    undisturbed = shutil.copytree(site, tmp_path / "undisturbed")
    return whole(site), ends(disk, undisturbed), tmp_path / "site"


def renew(place, site):
    shutil.rmtree(place, ignore_errors=True)
    if site is not None:
        shutil.copytree(site, place)


def sweep(disk, site, tmp_path, names, record_property):
    old, wanted, place = begin(disk, site, tmp_path)
    traced = shutil.copytree(site, tmp_path / "traced")
    cases = chosen(disk.cases(traced, NOW, names))
    wrong = []
    for case in cases:
        renew(place, site)
        done = disk.fail(place, NOW, case)
        if what := judge(disk, place, old, wanted, done):
            wrong.append(f"{case}: {what}")
        record_property("fault", 1)
    assert not wrong, "\n".join(wrong)


@pytest.mark.threat(33, 34, 35)
def test_row_34_whatever_call_fails_nothing_is_torn_and_the_next_run_mends_it(
    disk, site, tmp_path, record_property
):
    sweep(disk, site, tmp_path, FAULTS, record_property)


@pytest.mark.threat(35, 37)
def test_row_37_killed_at_any_call_the_next_run_comes_to_the_same_end(
    disk, site, tmp_path, record_property
):
    sweep(disk, site, tmp_path, KILLS, record_property)


@pytest.mark.threat(38)
def test_row_38_after_a_power_cut_at_any_call_nothing_is_lost(
    disk, site, tmp_path, record_property
):
    old, wanted, place = begin(disk, site, tmp_path)
    renew(place, site)
    power = Power(place)
    journal = tmp_path / "journal"
    assert disk.run(place, NOW, journal=str(journal)).code == 0
    written = journal.read_bytes()
    steps = sum(1 for _ in deepcopy(power).play(written))
    cases = [(step, taste) for step in range(1, steps + 1) for taste in TASTES]
    wanted_cuts = set(chosen(cases))
    chance, left, wrong = random.Random(steps), tmp_path / "left", []
    for step, kind in enumerate(power.play(written), 1):
        for taste in TASTES:
            if (step, taste) not in wanted_cuts:
                continue
            renew(left, None)
            power.cut(left, taste, chance)
            if what := judge(disk, left, old, wanted, Done(0, "")):
                wrong.append(f"cut at {step} ({kind}), the disk kept {taste} early: {what}")
            record_property("fault", 1)
    assert not wrong, "\n".join(wrong)
