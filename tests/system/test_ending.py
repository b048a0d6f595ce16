"""How the process ends: at once, but with nothing lost that was under way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.conftest import ROOT

PROGRAM = """
import atexit, sys, threading, time
from publisher import __main__ as program

class Kept:
    def __del__(self):
        print("taken to pieces")

kept = Kept()

def work():
    atexit.register(print, "registered")
    threading.Thread(target=lambda: (time.sleep(0.1), print("a thread"))).start()
    print("x" * 100_000)
    {end}

program.carry_out = work
program.main()
"""


def ended(end, **streams):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(end=end)],
        **({"stdout": subprocess.PIPE} | streams), stderr=subprocess.PIPE, text=True, check=False,
        env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("end", "code"),
    [("pass", 0), ("sys.exit()", 0), ("sys.exit(75)", 75), ("sys.exit('no')", 1), ("1 / 0", 1)],
)
def test_all_that_was_said_goes_out_and_the_code_tells(end, code):
    done = ended(end)
    assert done.returncode == code
    assert done.stdout == "x" * 100_000 + "\na thread\nregistered\n"
    assert ("ZeroDivisionError" in done.stderr) == (end == "1 / 0")


def test_an_answer_that_cannot_be_written_is_a_failure():
    with Path("/dev/full").open("w") as full:
        done = ended("sys.stdout.reconfigure(write_through=False)", stdout=full)
    assert done.returncode == 1


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize(
    "words", [["--version"], ["help"], ["run"], ["build", "--json"], ["status"]]
)
def test_where_no_answer_can_be_written_that_is_said(words, buffered, site):
    site.article("1.md", "---\ntitle: A ferry\n---\n\nIt sails.\n")
    place = ["--site", str(site.folder)] if words[0] in {"run", "build", "status"} else []
    command = [sys.executable, "-m", "publisher", *words, *place]
    told = {"stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    environ = {**os.environ, "PYTHONUNBUFFERED": buffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, env=environ, check=False, **told)
    assert done.returncode == 75
    assert "publisher: the answer can't be written: No space left on device\n" in done.stderr
    assert "Traceback" not in done.stderr


def test_who_has_closed_all_streams_gets_the_exit_code(site):
    words = f"{sys.executable} -m publisher status --site {site.folder} <&- >&- 2>&-"
    assert subprocess.run(words, shell=True, check=False, cwd=ROOT).returncode == 0
