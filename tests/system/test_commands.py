"""The command line."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.system.conftest import ROOT

STORY = (
    "---\ntitle: Ferry returns\ndate: 2026-11-20 08:00\ntags: [Skerry]\n---\n\nThe ferry is back.\n"
)


def publisher(*words, cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "publisher", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
    )


def test_the_version_is_said():
    done = publisher("--version")
    assert re.fullmatch(r"publisher \d+\.\d+\.\d+\n", done.stdout)


def test_init_makes_a_site_that_runs_at_once(tmp_path):
    done = publisher(
        "init", "paper", "--title", 'The "Paper"', "--url", "https://paper.example/", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert publisher("run", cwd=tmp_path / "paper").returncode == 0
    assert "The &quot;Paper&quot;" in (tmp_path / "paper/feeds/index.html").read_text().replace(
        "&#34;", "&quot;"
    )
    again = publisher("init", "paper", cwd=tmp_path)
    assert again.returncode == 2
    assert "already" in again.stderr


def test_the_nearest_site_upwards_is_found(tmp_path):
    publisher("init", "paper", cwd=tmp_path)
    assert publisher("build", cwd=tmp_path / "paper/articles").returncode == 0
    assert (tmp_path / "paper/feeds/rss.xml").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete_commands(shell, tmp_path):
    main = "import sys; sys.argv = ['publisher']; from publisher.cli import main; main()"
    asked = {"COMP_WORDS": "publisher subs", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "publisher subs",
             "_TYPER_COMPLETE_FISH_ACTION": "get-args"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", main], capture_output=True, text=True, check=False, cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin", "_PUBLISHER_COMPLETE": f"complete_{shell}", **asked},
    )  # fmt: skip
    assert "subscribers" in done.stdout, done.stderr


def test_a_shell_completes_commands_and_options(tmp_path):
    """As bash does it at a press of Tab, with the script that the program gives it."""
    (tmp_path / "publisher").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m publisher "$@"\n')
    (tmp_path / "publisher").chmod(0o755)
    script = """
    eval "$(publisher --show-completion)"
    press() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); "$(complete -p publisher |
      sed 's/.*-F \\([^ ]*\\).*/\\1/')" publisher; echo "${COMPREPLY[@]}"; }
    press publisher subs
    press publisher editions send-test --dry
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert done.stdout == "subscribers\n--dry-run\n", done.stderr


def test_the_documents_show_every_key_of_the_configuration():
    from publisher.config.tables import Settings

    texts = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    readme = "".join(path.read_text() for path in texts)

    def keys(model):
        for name, field in model.model_fields.items():
            yield field.alias or name

    from publisher.config import tables

    for table in vars(tables).values():
        if isinstance(table, type) and issubclass(table, tables.Table) and table is not Settings:
            for key in keys(table):
                assert f"`{key}`" in readme or f"] {key}" in readme or key in ("smtp", "outbox"), (
                    key
                )


def test_preview_shows_the_next_edition_and_puts_nothing_on_record(site, tmp_path):
    site.article("ferry.md", STORY)
    site.command("build")
    done = site.command("editions", "preview", "daily")
    assert "Ferry returns" in done.stdout
    out = tmp_path / "daily.html"
    site.command("editions", "preview", "daily", "--out", str(out))
    assert "Ferry returns" in out.read_text()
    assert site.json("editions", "list") == []
    none = site.command("editions", "preview", "daily", "--topic", "tag:opera", code=2)
    assert "nothing new" in none.stderr


def test_send_test_sends_one_marked_message_and_puts_nothing_on_record(site):
    site.article("ferry.md", STORY)
    site.command("build")
    site.command("editions", "send-test", "daily", "--to", "me@reader.example", "--dry-run")
    assert not site.outbox()
    site.command("editions", "send-test", "daily", "--to", "me@reader.example")
    (mail,) = site.outbox()
    assert b"[Test]" in mail.read_bytes()
    assert site.json("editions", "list") == []
    site.command("subscribers", "add", "me@reader.example", "--newsletter", "daily")
    site.command("run")
    assert len(site.outbox()) == 2


def test_who_got_it_is_answered(site):
    site.article("ferry.md", STORY)
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.command("run")
    (edition,) = site.json("editions", "list")
    shown = site.json("editions", "show", edition["edition"], "--who")
    assert [part["readers"] for part in shown["segments"]] == [1]
    assert [(one["address"], one["state"], one["in_doubt"]) for one in shown["who"]] == [
        ("ana@reader.example", "sent", False)
    ]
    assert (
        "ana@reader.example" in site.command("editions", "show", edition["edition"], "--who").stdout
    )


def test_of_many_recipients_some_are_shown_and_all_are_told(site):
    site.article("ferry.md", STORY)
    people = "".join(f"r{number}@reader.example\n" for number in range(60))
    (site.folder / "list.csv").write_text(f"address\n{people}", encoding="utf-8")
    site.command("subscribers", "import", str(site.folder / "list.csv"), "--newsletter", "daily")
    site.command("run")
    (edition,) = site.json("editions", "list")
    show = ("editions", "show", edition["edition"])
    shown = site.command(*show, "--who").stdout
    assert shown.count("@reader.example") == 50
    assert "... and 10 more (--limit 0 shows all)" in shown
    assert site.command(*show, "--who", "--limit", "0").stdout.count("@reader.example") == 60
    assert site.command(*show, "--who", "failed", "twice").stdout.count("@reader.example") == 0
    assert len(site.json(*show, "--who")["who"]) == 60
    assert len(site.json(*show, "--who", "sent", "--limit", "3")["who"]) == 3
    assert site.json(*show)["who"] == []
    (one,) = site.json(*show, "--to", "R7@reader.example")["who"]
    assert (one["address"], one["state"]) == ("r7@reader.example", "sent")
    assert "was not owed to" in site.command(*show, "--to", "x@reader.example", code=2).stderr
    assert "is no state" in site.command(*show, "--who", "lost", code=2).stderr
    assert "filter of --who" in site.command(*show, "failed", code=2).stderr


def test_a_delivery_that_another_hand_took_is_missed_by_run_and_status(site):
    site.article("ferry.md", STORY)
    for name in ("ana", "ben"):
        site.command("subscribers", "add", f"{name}@reader.example", "--newsletter", "daily")
    report = site.run(stop=StopAfterOpening())
    assert report.opened
    with sqlite3.connect(site.folder / "publisher.db") as connection:
        connection.execute("DELETE FROM delivery WHERE address LIKE 'ben@%'")
    connection.close()
    status = site.command("status", "--json", code=1)
    assert "owes 2 deliveries, but the ledger has 1" in status.stderr
    assert json.loads(status.stdout)["deliveries"] == {"pending": 1}
    for sent in (1, 0):
        run = site.command("run", "--json", code=1)
        assert run.stderr.count("owes 2 deliveries") == 1
        assert json.loads(run.stdout)["sent"] == sent


class StopAfterOpening:
    """Says stop when deliveries would begin."""

    def __init__(self):
        self.asked = 0

    def __call__(self):
        self.asked += 1
        return self.asked > 1


def test_status_counts(site):
    site.article("ferry.md", STORY)
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.command("run")
    status = site.json("status")
    assert (status["public"], status["subscribers"]) == (1, 1)
    assert status["deliveries"] == {"sent": 1}
    assert status["newsletters"][0]["next_slot"]
    assert "daily" in site.command("status").stdout


def test_an_import_of_readers_is_told_in_json(site):
    path = site.folder / "readers.csv"
    path.write_text("email\nana@reader.example\nnobody\n")
    words = ("subscribers", "import", str(path), "--newsletter", "daily")
    told = {"done": 1, "kept_out": 0, "failed": 1, "kept_off": 0, "skipped": 0}
    assert site.json(*words, "--dry-run", code=1) == {"dry_run": True, **told}
    assert site.json(*words, code=1) == {"dry_run": False, **told}


def test_who_left_stays_away(site):
    site.article("ferry.md", STORY)
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.command("subscribers", "remove", "Ana@Reader.Example")
    site.command("subscribers", "remove", "nobody@reader.example", code=1)
    path = site.folder / "readers.csv"
    path.write_text("email\nana@reader.example\n")
    done = site.command("subscribers", "import", str(path), "--newsletter", "daily")
    assert "1 kept out" in done.stderr
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily", code=1)
    site.command("run")
    assert not site.outbox()
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily", "--again")
    assert len(site.json("subscribers", "list")) == 1


def test_schedule_runs_until_it_is_asked_to_stop(site):
    site.article("ferry.md", STORY)
    process = subprocess.Popen(
        [sys.executable, "-m", "publisher", "schedule", "--every", "1", "--site", str(site.folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    feed = site.feeds / "rss.xml"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not feed.exists():
        time.sleep(0.05)
    site.article("tide.md", STORY.replace("Ferry returns", "Tide table out"))
    while time.monotonic() < deadline and "Tide table out" not in feed.read_text():
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert "Tide table out" in feed.read_text()


def test_a_quiet_run_speaks_only_when_something_has_to_be_mended(site):
    site.article("ferry.md", STORY)
    done = site.command("run", "--quiet")
    assert (done.stdout, done.stderr) == ("", "")
    assert (site.feeds / "rss.xml").exists()
    site.article("empty.md", "")
    done = site.command("run", "--quiet", code=1)
    assert "articles/empty.md" in done.stderr
