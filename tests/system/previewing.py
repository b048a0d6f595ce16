"""`publisher preview` as its operator starts it, and the sample publication to look at."""

from __future__ import annotations

import http.client
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

from tests.system.conftest import ROOT
from tests.system.service import Answer


class Previewed:
    """A running preview, asked as a browser, or somebody worse, would."""

    def __init__(self, folder, port):
        self.folder = folder
        self.port = port
        self.base = f"http://127.0.0.1:{port}"

    def get(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, headers=given)
            return Answer(connection.getresponse())
        finally:
            connection.close()


@contextmanager
def previewing(folder):
    """`publisher preview` in a process of its own; ended with SIGTERM, which must be clean."""
    with subprocess.Popen(
        [sys.executable, "-m", "publisher", "preview", "--port", "0", "--site", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert found, line + process.stderr.read()
        try:
            yield Previewed(folder, int(found[1]))
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=30)[1]
        assert process.returncode == 0, said
        assert "Traceback" not in said, said
        assert "publisher: stopped" in said


def copy_sample(folder):
    """The sample publication, never yet published."""
    folder.mkdir(parents=True)
    shutil.copytree(ROOT / "articles", folder / "articles")
    for name in ("publisher.toml", "subscribers.csv"):
        shutil.copy(ROOT / name, folder / name)
    return folder
