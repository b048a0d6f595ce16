"""The benchmarks run; what they find is for people to read."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.system.conftest import ROOT

pytest.importorskip("dkim", reason="dkimpy is missing")
pytest.importorskip("cryptography", reason="cryptography is missing")


def bench(*words):
    command = [sys.executable, "-m", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=200
    )


def test_bench_send_measures_every_way_and_loses_nothing(tmp_path):
    out = tmp_path / "send.json"
    words = ["--rounds", "1", "--messages", "10", "--out", str(out)]
    done = bench("bench.send", *words)
    assert done.returncode == 0, done.stderr
    first = json.loads(out.read_text())["results"][0]
    assert set(first["ratios"]) >= {"signed / loop", "unsigned / ready"}
    assert all(len(rates) == 1 for rates in first["rates"].values())


def test_bench_telling_compares_every_two_kinds_of_address(tmp_path):
    out = tmp_path / "telling.json"
    done = bench("bench.telling", "--requests", "20", "--out", str(out))
    assert "Traceback" not in done.stderr, done.stderr
    assert {(one["what"], one["requests"]) for one in json.loads(out.read_text())} == {
        ("answer", 20),
        ("next page", 20),
    }


def test_ranks_that_differ_are_told_from_ranks_that_do_not():
    from bench.telling import mann_whitney

    same = [float(n % 7) for n in range(50)]
    assert mann_whitney(same, same) == (0.5, 1.0)
    larger, p = mann_whitney([value + 3 for value in same], same)
    assert larger > 0.75
    assert p < 0.0001
    # By hand: U = 8.5, one tie of two, so that its variance is 16 / 12 * (9 - 6 / 56).
    larger, p = mann_whitney([1.1, 2.2, 3.3, 4.4], [0.5, 2.2, 2.9, 5.0])
    assert (larger, round(p, 3)) == (8.5 / 16, 0.885)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["bench.memory", "--signed", "--people", "5", "20"], "readers the peak grew by"),
        (["bench.ledger", "--people", "200"], "deliveries a second"),
    ],
)
def test_memory_and_the_ledger_are_measured(tmp_path, words, expected):
    done = bench(*words, "--out", str(tmp_path / "out.json"))
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is missing")
def test_feed_polls_are_counted_while_a_crowd_hangs_on(tmp_path):
    out = tmp_path / "serve.json"
    words = ["--seconds", "1", "--requests", "1", "--rate", "50", "--slow", "6", "--out", str(out)]
    done = bench("bench.serve", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(out.read_text())
    ours = [one for one in told["results"] if one["server"] == "publisher"]
    assert [one["rate"] for one in ours] == [50, 0]
    assert all(one["requests"] and one["CPU_us"] > 0 and one["crowd"] for one in ours)
    assert told["memory"]["slices"][0]["PSS_kB"] > 0


def test_a_rebuild_is_measured_and_the_python_named(tmp_path):
    out = tmp_path / "build.json"
    words = ["--articles", "5", "--modes", "feeds", "--hugo", "", "--pelican", ""]
    done = bench("bench.build", *words, "--json", str(out))
    assert done.returncode == 0, done.stderr
    figures = json.loads(out.read_text())
    assert figures["python"]["version"] in done.stdout
    assert set(figures["5 feeds"]["publisher"]) == {"full", "nothing", "one edit"}
