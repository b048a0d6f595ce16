"""The benchmarks run; what they find is for people to read."""

import json
import subprocess
import sys

import pytest

from tests.system.conftest import ROOT

pytest.importorskip("dkim", reason="dkimpy is missing")
pytest.importorskip("cryptography", reason="cryptography is missing")


@pytest.mark.slow
def test_bench_send_measures_every_way_and_loses_nothing(tmp_path):
    out = tmp_path / "send.json"
    words = ["--rounds", "1", "--messages", "10", "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.send", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    first = json.loads(out.read_text())["results"][0]
    assert set(first["ratios"]) >= {"signed / loop", "unsigned / ready"}
    assert all(len(rates) == 1 for rates in first["rates"].values())
