"""Throw inputs at the targets until an end: `make fuzz`, or

    python -m tests.fuzz.run [TARGET ...] [--runs N] [--seconds S]

Each target runs in a process of its own under atheris, which watches which lines an input reaches
and breeds from those that reach new ones. An input may take 2 s and the process 300 MB; a finding
ends it with the input in a file, and the exit code is 1. Counts are added up in the last line.

tests/corpus/TARGET/ and the vectors are what it begins with; what it breeds stands in .fuzz/TARGET
and is the start of the next run.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 2
MEGABYTES = 300
VECTORS = {
    "content": ("html", "ssti", "xml_text"),
    "markup": ("html",),
    "front_matter": ("front_matter",),
    "addresses": ("address",),
    "events": ("event",),
    "headers": ("header",),
    "words": ("csv", "xml_text", "slug"),
    "web": ("redirect",),
}


def main() -> int:
    """Run every target that is named, or all; 1 if something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="*")
    parser.add_argument("--runs", type=int, default=100_000, help="of each target")
    parser.add_argument("--seconds", type=int, default=0, help="for each target at most")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    from tests.fuzz.targets import TARGETS

    if asked.inside:
        return fuzz(TARGETS[asked.target[0]], asked.target[0], asked.runs, asked.seconds)
    counts, bad = {}, []
    for name in asked.target or TARGETS:
        words = ["--inside", name, "--runs", str(asked.runs), "--seconds", str(asked.seconds)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.run", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        said = done.stderr + done.stdout
        found = re.findall(r"^#(\d+)", said, re.MULTILINE)
        counts[name] = max(map(int, found), default=0)
        print(f"{name}: {counts[name]:,} inputs{how_it_went(said)}", flush=True)
        if done.returncode:
            bad.append(name)
            print(said[-6000:], flush=True)
    print(f"fuzz: {sum(counts.values()):,} inputs, findings in: {', '.join(bad) or 'nothing'}")
    return 1 if bad else 0


def how_it_went(said: str) -> str:
    """The slowest input in whole seconds, and the peak of the process, as libFuzzer tells them."""
    slowest = re.search(r"stat::slowest_unit_time_sec: +(\d+)", said)
    peak = re.search(r"stat::peak_rss_mb: +(\d+)", said)
    return f", slowest {slowest[1]} s, peak {peak[1]} MB" if slowest and peak else ""


def fuzz(target, name: str, runs: int, seconds: int) -> int:
    """This process becomes libFuzzer's."""
    import atheris

    from tests.vectors import vectors

    bred = ROOT / ".fuzz" / name
    seeds = bred.with_name(f"{name}.seeds")
    for folder in (bred, seeds):
        folder.mkdir(parents=True, exist_ok=True)
    for group in VECTORS.get(name, ()):
        for number, vector in enumerate(vectors(group)):
            data = vector.encode("utf-8", "surrogatepass")
            (seeds / f"{group}-{number}").write_bytes(data)
    words = [
        sys.argv[0],
        f"-runs={runs}",
        f"-max_total_time={seconds}",
        f"-timeout={SECONDS}",
        f"-rss_limit_mb={MEGABYTES}",
        "-max_len=4096",
        "-print_final_stats=1",
        f"-artifact_prefix={bred}.finding-",
        str(bred),
        str(seeds),
        str(ROOT / "tests/corpus" / name),
    ]
    target(b"GET / HTTP/1.1\n\n")  # what is set up once is no input's time
    atheris.Setup(words, target)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    import importlib.util

    if "--inside" in sys.argv:
        if importlib.util.find_spec("atheris") is None:
            sys.exit("atheris is missing: pip install atheris (or make fuzz, which does)")
        import atheris

        # Before anything of ours is imported: what is not instrumented is not seen.
        with atheris.instrument_imports(include=["publisher"]):
            import tests.fuzz.targets  # noqa: F401
    sys.exit(main())
