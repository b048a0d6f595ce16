"""A whole run of ours whose disk fails at a step that we choose, and what is left afterwards.

`Disk` compiles tests/faults.c and starts a program under it that has imported everything and forks
for each run: a run costs a tenth of a second, and a sweep over all steps can be made.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = Path(__file__).with_name("faults.c")
OFF, FAIL, FAIL_ON, CUT, KILL, KILL_CUT = range(6)

# Which of them a call may answer with. Kinds: o open, c open for writing, w write, s fsync,
# r rename, u unlink, m mkdir, t truncate.
ERRORS = {
    "ENOSPC": (errno.ENOSPC, FAIL_ON, "cwsrm"),
    "EIO": (errno.EIO, FAIL, "ocwsrut"),
    "EMFILE": (errno.EMFILE, FAIL, "oc"),
    "EROFS": (errno.EROFS, FAIL, "crmu"),
    "cut short": (0, CUT, "w"),
    "kill": (0, KILL, "ocwsrumt"),
    "kill in a write": (0, KILL_CUT, "w"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """What befalls which call."""

    step: int
    kind: str
    path: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} at step {self.step} ({self.kind} {self.path})"


@dataclass(frozen=True, slots=True)
class Done:
    """How a run ended: its exit code, or the signal as a negative number, and what it said."""

    code: int
    said: str


class Disk:
    """Runs of ours under faults.c; a context manager."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("a C compiler is missing: cc")
        self._said = folder / "said.txt"
        library = folder / "faults.so"
        words = [compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
        built = subprocess.run(words, capture_output=True, text=True, check=False)
        if built.returncode:
            pytest.skip(f"faults.c can't be compiled here: {built.stderr[:300]}")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults"],
            cwd=ROOT,
            env={**os.environ, "LD_PRELOAD": str(library)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def learn(self, site: Path, moment: datetime) -> None:
        """Import what a run of this site imports, once for all that follow."""
        self._ask(site=str(site), moment=moment.isoformat(), learn=True)

    def run(self, site: Path, moment: datetime, **words: object) -> Done:
        """`publisher run` at a moment: `at`, `how`, `error` as in faults.c, `trace` and `journal`
        are files that it writes, `boot` names the start of the machine.
        """
        code = self._ask(site=str(site), moment=moment.isoformat(), **words)
        return Done(code, self._said.read_text(errors="replace"))

    def fail(self, site: Path, moment: datetime, case: Case) -> Done:
        """The same with one fault."""
        error, how, _ = ERRORS[case.name]
        return self.run(site, moment, at=case.step, how=how, error=error)

    def cases(self, site: Path, moment: datetime, names: tuple[str, ...]) -> Iterator[Case]:
        """Every fault of every call of a run of this site, which is made."""
        trace = self._said.with_name("trace.txt")
        done = self.run(site, moment, trace=str(trace))
        assert done.code == 0, done
        for line in trace.read_text().splitlines():
            step, kind, path = line.split(" ", 2)
            for name in names:
                if kind in ERRORS[name][2]:
                    yield Case(int(step), kind, path, name)

    def _ask(self, **job: object) -> int:
        self._process.stdin.write(json.dumps({**job, "said": str(self._said)}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def whole(site: Path) -> dict[str, bytes]:
    """Every file of the site that somebody reads, by its path."""
    return {
        str(path.relative_to(site)): path.read_bytes()
        for name in ("feeds", "outbox")
        for path in sorted((site / name).rglob("*"))
        if path.is_file()
    }


def ledger(site: Path) -> dict[str, object]:
    """What the database says of editions, deliveries and entries; its integrity is asserted."""
    with sqlite3.connect(site / "publisher.db") as connection:
        ask = connection.execute
        assert ask("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert ask("PRAGMA foreign_key_check").fetchall() == []
        told = {
            "editions": ask("SELECT id, state FROM edition ORDER BY id").fetchall(),
            "deliveries": ask(
                "SELECT subscriber.address, delivery.state FROM delivery JOIN subscriber"
                " ON subscriber.id = delivery.subscriber ORDER BY 1"
            ).fetchall(),
            "entries": ask(
                "SELECT entry_id, slug, digest, gone FROM article ORDER BY 1"
            ).fetchall(),
        }
    connection.close()
    return told


def main() -> None:
    """The program under faults.c: a line of JSON is a run, its exit code the answer."""
    shim = ctypes.CDLL(None)
    shim.faults_arm.argtypes = [ctypes.c_char_p, ctypes.c_long, *[ctypes.c_int] * 4]
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if not child:
            os._exit(_run(job, shim))
        _, status = os.waitpid(child, 0)
        if job.get("learn"):
            for name in json.loads(Path(job["said"]).read_text()):
                with suppress(ImportError):  # parts of extension modules
                    __import__(name)
            gc.freeze()
        print(os.waitstatus_to_exitcode(status), flush=True)


def _run(job: dict[str, object], shim: ctypes.CDLL) -> int:
    from publisher.cli import plain as command
    from publisher.cli.app import main as program
    from publisher.storage import database

    moment = datetime.fromisoformat(job["moment"])
    command.now = lambda: moment
    if job.get("boot"):
        database._boot = lambda: job["boot"]
    for handle in (1, 2):
        os.dup2(os.open(job["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), handle)
    files = [
        os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        if name in job
        else -1
        for name in ("trace", "journal")
    ]
    sys.argv = ["publisher", "run", "--quiet", "--site", job["site"]]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    words = [job.get(name, 0) for name in ("at", "how", "error")]
    shim.faults_arm(job["site"].encode(), *words, *files)
    code = 0
    try:
        program()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except BaseException:
        traceback.print_exc()
        code = 99
    sys.stdout.flush()
    sys.stderr.flush()
    shim.faults_arm(b"", 0, 0, 0, -1, -1)
    if job.get("learn"):
        ours = [name for name in sys.modules if name not in ("__main__", "tests.faults")]
        Path(job["said"]).write_text(json.dumps(ours))
    return code


if __name__ == "__main__":
    main()
