"""A database put back from a backup sends nothing by itself that may have been sent before."""

import shutil
import sqlite3
from datetime import timedelta

import pytest

from tests.system.conftest import NOW

pytestmark = pytest.mark.threat(40)

STORY = "---\ntitle: Ferry returns\ndate: 2026-11-20 08:00\n---\n\nThe ferry is back.\n"


@pytest.fixture
def restored(site):
    """A site that has sent its edition, with the database of an hour before that."""
    site.article("ferry.md", STORY)
    for name in ("ana", "ben"):
        site.command("subscribers", "add", f"{name}@reader.example", "--newsletter", "daily")
    before = site.folder / "backup.db"
    site.command("build")
    copy(site.folder / "publisher.db", before)
    site.command("run")
    assert len(site.outbox()) == 2
    for path in site.folder.glob("publisher.db*"):
        path.unlink()
    shutil.move(before, site.folder / "publisher.db")
    return site


def test_so_is_one_that_had_sent_before(site):
    """An edition that this copy knows nothing of is open anew, and its readers have it."""
    site.article("ferry.md", STORY)
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    assert site.run(NOW).sent == 1
    copy(site.folder / "publisher.db", site.folder / "backup.db")
    site.article("lamps.md", STORY.replace("Ferry", "Lamps").replace("20 08", "24 06"))
    tomorrow = NOW + timedelta(days=1)
    assert site.run(tomorrow).sent == 1
    for path in site.folder.glob("publisher.db*"):
        path.unlink()
    shutil.move(site.folder / "backup.db", site.folder / "publisher.db")
    report = site.run(tomorrow + timedelta(minutes=5))
    assert (report.sent, report.exit_code) == (0, 1)
    assert "is held back" in report.findings[0].what


def copy(database, to):
    with sqlite3.connect(database) as here, sqlite3.connect(to) as there:
        here.backup(there)
    here.close()
    there.close()


def test_it_is_held_back_and_the_operator_told(restored):
    said = restored.command("run", "--quiet", code=1).stderr
    (edition,) = restored.json("editions", "list")
    assert edition["state"] == "restored"
    assert f"publisher editions resume {edition['edition']}" in said
    assert len(restored.outbox()) == 2
    restored.command("run", "--quiet")
    assert len(restored.outbox()) == 2
    assert restored.json("status")["deliveries"] == {"pending": 2}


def test_the_operator_decides(restored):
    restored.command("run", "--quiet", code=1)
    (edition,) = restored.json("editions", "list")
    name = edition["edition"]
    said = restored.command("editions", "resume", name).stderr
    assert f"{name} is open, with 2 deliveries not made" in said
    restored.command("editions", "pause", name)
    restored.command("run", "--quiet")
    assert restored.json("status")["deliveries"] == {"pending": 2}
    restored.command("editions", "cancel", name)
    assert "can't become open" in restored.command("editions", "resume", name, code=2).stderr
    restored.command("run", "--quiet")
    assert restored.json("status")["deliveries"] == {"pending": 2}


def test_what_was_resumed_is_sent(restored):
    restored.command("run", "--quiet", code=1)
    (edition,) = restored.json("editions", "list")
    restored.command("editions", "resume", edition["edition"])
    restored.command("run", "--quiet")
    assert restored.json("status")["deliveries"] == {"sent": 2}
