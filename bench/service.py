"""`publisher serve` in a process of its own, for benchmarks that ask it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(site: Path) -> Iterator[tuple[int, int]]:
    """Its process id and its port on loopback; it is ended, and must end cleanly."""
    command = [sys.executable, "-m", "publisher", "serve", "--port", "0", "--site", str(site)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stderr.readline())
        assert found
        try:
            yield process.pid, int(found[1])
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=30)[1]
    assert process.returncode == 0, said
    assert "Traceback" not in said, said
