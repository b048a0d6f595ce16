"""A PostgreSQL server for tests and benchmarks, from the system's own binaries."""

import os
import shutil
import socket
import subprocess
import uuid
from contextlib import contextmanager
from pathlib import Path


def installed():
    """The folder of the newest server's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def running(options=""):
    """A server of our own on loopback, with these options; gives its URL, without a database."""
    binaries = installed()
    # It refuses to run as root, and its folder must be reachable for who it runs as.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(f"/tmp/publisher-pg-{uuid.uuid4().hex[:12]}")
    folder.mkdir(mode=0o755)
    if as_user:
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"

    def call(*words):
        done = subprocess.run(
            [*as_user, *words], check=False, capture_output=True, text=True, cwd=folder
        )
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        made = ("-U", "postgres", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8")
        call(binaries / "initdb", "-D", data, *made)
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} {options}"
        call(binaries / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
        finally:
            call(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
