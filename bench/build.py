"""How long a rebuild takes: ours beside Hugo's and Pelican's, on one corpus, in one run.

    python bench/build.py                             1,000, 10,000 and 100,000 articles, both modes
    python bench/build.py --articles 10000            another size
    python bench/build.py --modes feeds               one mode
    python bench/build.py --rounds 3                  of several rounds the least of each figure
    python bench/build.py --json build.json           the figures for a script

The corpus: articles of about 400 words in Markdown, each with 5 of 200 tags; 201 feeds of the
newest 20. Two modes. "feeds": RSS alone and no page, from each program. "pages": ours makes all
three formats of each feed and a page for each feed and article, Hugo RSS and as many pages.
A peer that isn't on PATH (or named by --hugo, --pelican; '' for none) is left out. The figures
of a small machine vary by a tenth or two from run to run, so compare the ratios; and ours with
those of the same Python alone, which is named first.
"""

from __future__ import annotations

import argparse
import compileall
import itertools
import json
import os
import platform
import random
import shutil
import sys
import sysconfig
import tempfile
import time
import timeit
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STEPS = ("full", "nothing", "one edit")
FIRST = datetime(2020, 1, 1, tzinfo=UTC)

OURS = """[publication]
title = "Bench"
url = "https://bench.example/"
"""
FEEDS_ALONE = """
[feeds]
formats = ["rss"]

[pages]
enabled = false
"""
HUGO = """baseURL = "https://bench.example/"
title = "Bench"
{more}
[services.rss]
limit = 20
"""
# Without them it makes what it does unless told otherwise: pages, feeds of each list, a sitemap.
HUGO_FEEDS_ALONE = """disableKinds = ["sitemap", "robotsTXT", "404"]
[outputs]
home = ["rss"]
section = ["rss"]
taxonomy = ["rss"]
term = ["rss"]
page = []
"""
HUGO_RSS = """<rss version="2.0"><channel><title>{{ .Title }}</title><link>{{ .Permalink }}</link>
{{ $all := .Pages }}{{ if .IsHome }}{{ $all = site.RegularPages }}{{ end }}{{ range first 20 $all.ByDate.Reverse }}<item><title>{{ .Title }}</title><link>{{ .Permalink }}</link>
<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>
<description>{{ .Content | html }}</description></item>{{ end }}</channel></rss>
"""
PELICAN = """SITENAME = "Bench"
SITEURL = "https://bench.example"
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
FEED_ALL_RSS = "rss.xml"
FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TAG_FEED_RSS = "tags/{slug}.xml"
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
FEED_MAX_ITEMS = 20
RSS_FEED_SUMMARY_ONLY = False
ARTICLE_SAVE_AS = ""
AUTHOR_SAVE_AS = ""
CATEGORY_SAVE_AS = ""
TAG_SAVE_AS = ""
DIRECT_TEMPLATES = []
CACHE_CONTENT = True
LOAD_CONTENT_CACHE = True
CHECK_MODIFIED_METHOD = "mtime"
"""


def articles(count):
    """File name, title, moment, tags and text of each article; the same on every machine."""
    chance = random.Random(4)
    words = [
        "".join(chance.choices("abcdefghiklmnoprstuvw", k=chance.randint(2, 9)))
        for _ in range(3000)
    ]
    for number in range(count):
        paragraphs = [
            " ".join(chance.choices(words, k=50)).capitalize()
            + f". See [more](https://bench.example/{number})."
            for _ in range(8)
        ]
        tags = [f"Topic {tag:03}" for tag in chance.sample(range(200), 5)]
        moment = FIRST + timedelta(minutes=17 * number)
        yield f"a{number:06}.md", f"Story {number}", moment, tags, "\n\n".join(paragraphs)


def write_corpus(folder, count, peer):
    folder.mkdir(parents=True)
    for name, title, moment, tags, text in articles(count):
        if peer == "pelican":
            head = f"Title: {title}\nDate: {moment:%Y-%m-%d %H:%M}\nTags: {', '.join(tags)}\n\n"
        else:
            head = f'---\ntitle: "{title}"\ndate: {moment:%Y-%m-%dT%H:%M:%SZ}\ntags: {json.dumps(tags)}\n---\n\n'
        path = folder / name
        path.write_text(head + text + "\n", encoding="utf-8")
        # An archive has lain there for a while; a file of this very second tells nothing by stat.
        os.utime(path, (time.time() - 3600,) * 2)
    os.sync()  # and is on the disk, so that nobody who waits for their own files waits for it


def measure(command, folder):
    """CPU and wall seconds, peak memory in MB of one command."""
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        child = os.posix_spawn(
            command[0],
            command,
            {**os.environ, "PWD": str(folder)},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 2),
            ],
        )
        _, status, usage = os.wait4(child, 0)
        wall = time.perf_counter() - began
        if status:
            log.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{log.read().decode(errors='replace')}")
    return {
        "cpu": round(usage.ru_utime + usage.ru_stime, 3),
        "wall": round(wall, 3),
        "rss_mb": round(usage.ru_maxrss / 1024, 1),
    }


def ours(folder, count, _binary, *, pages):
    write_corpus(folder / "articles", count, "publisher")
    (folder / "publisher.toml").write_text(OURS + ("" if pages else FEEDS_ALONE))
    command = [sys.executable, "-m", "publisher", "build", "--site", str(folder)]
    return command, folder / "articles"


def hugo(folder, count, binary, *, pages):
    write_corpus(folder / "content" / "posts", count, "hugo")
    (folder / "hugo.toml").write_text(HUGO.format(more="" if pages else HUGO_FEEDS_ALONE))
    default = folder / "layouts" / "_default"
    default.mkdir(parents=True)
    (default / "rss.xml").write_text(HUGO_RSS)
    if pages:
        (default / "single.html").write_text("<title>{{ .Title }}</title>{{ .Content }}")
        (default / "list.html").write_text(
            "{{ range first 20 .Pages }}<a href={{ .RelPermalink }}>{{ .Title }}</a>{{ end }}"
        )
    return [binary, "--source", str(folder), "--quiet"], folder / "content" / "posts"


def pelican(folder, count, binary):
    write_corpus(folder / "content", count, "pelican")
    cache = f"CACHE_PATH = {str(folder / 'cache')!r}\n"
    (folder / "pelicanconf.py").write_text(PELICAN + cache)
    command = [
        binary,
        str(folder / "content"),
        "--settings",
        str(folder / "pelicanconf.py"),
        "--output",
        str(folder / "output"),
        "--quiet",
    ]
    return command, folder / "content"


def interpreter():
    """Which Python runs ours, and how fast: one built with optimisations (PGO) is so by a third.

    It doesn't always say how it was built, so what making classes takes tells: `classes_ms`.
    """
    make, given = "make_dataclass('A', ['a', 'b', 'c'])", "from dataclasses import make_dataclass"
    classes = min(timeit.repeat(make, given, number=300, repeat=5))
    return {
        "implementation": platform.python_implementation(),
        "version": platform.python_version(),
        "compiler": platform.python_compiler(),
        "optimised": "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS")),
        "classes_ms": round(classes * 1000, 1),
    }


def run(make, count, binary, place):
    folder = Path(tempfile.mkdtemp(dir=place)) / "site"
    command, content = make(folder, count, binary)
    figures = {"full": measure(command, folder), "nothing": measure(command, folder)}
    path = content / f"a{count - 2:06}.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
    figures["one edit"] = measure(command, folder)
    return figures


def least(rounds):
    """Of each figure the least: whatever else a machine does can only add to it."""
    return {
        step: {key: min(one[step][key] for one in rounds) for key in rounds[0][step]}
        for step in STEPS
    }


def show(count, mode, results):
    print(f"\n{count:,} articles, {mode}")
    print(
        f"{'':12}{'step':10}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}{'ours/theirs: CPU':>19}{'wall':>7}{'MB':>7}"
    )
    for name, figures in results.items():
        for step in STEPS:
            one, own = figures[step], results["publisher"][step]
            ratios = (
                ""
                if name == "publisher"
                else "".join(
                    f"{own[key] / max(one[key], 0.001):>{width}.2f}"
                    for key, width in (("cpu", 19), ("wall", 7), ("rss_mb", 7))
                )
            )
            print(
                f"{name:12}{step:10}{one['cpu']:>9.2f}{one['wall']:>9.2f}{one['rss_mb']:>9.0f}{ratios}",
                flush=True,
            )


def main():
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words.add_argument("--articles", type=int, nargs="+", default=[1000, 10_000, 100_000])
    words.add_argument("--modes", nargs="+", choices=["feeds", "pages"], default=["feeds", "pages"])
    words.add_argument("--rounds", type=int, default=1)
    words.add_argument("--hugo", default=shutil.which("hugo"))
    words.add_argument("--pelican", default=shutil.which("pelican"))
    words.add_argument("--json", type=Path, default=Path("bench-build.json"))
    asked = words.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    # As it is when installed: no program is compiled again each time that it starts.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(ROOT / "publisher", quiet=2)
    peers = {
        "feeds": {
            "publisher": (partial(ours, pages=False), "python"),
            "hugo": (partial(hugo, pages=False), asked.hugo),
            "pelican": (pelican, asked.pelican),
        },
        "pages": {
            "publisher": (partial(ours, pages=True), "python"),
            "hugo": (partial(hugo, pages=True), asked.hugo),
        },
    }
    ran = interpreter()
    optimised = " --enable-optimizations" if ran["optimised"] else ""
    print(
        f"publisher by {ran['implementation']} {ran['version']}{optimised} ({ran['compiler']}), "
        f"300 dataclasses in {ran['classes_ms']} ms"
    )
    figures = {"python": ran}
    # Removed at the end: for minutes after many files have gone, ext4 makes new ones slowly.
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as place:
        for count, mode in itertools.product(asked.articles, asked.modes):
            there = {name: one for name, one in peers[mode].items() if one[1]}
            for name in peers[mode].keys() - there.keys():
                print(f"{name}: not found, left out")
            rounds = {name: [] for name in there}
            # In turn: a rented machine is not as fast in one minute as in the next.
            for _ in range(asked.rounds):
                for name, (make, binary) in there.items():
                    rounds[name].append(run(make, count, binary, place))
            results = {name: least(some) for name, some in rounds.items()}
            show(count, mode, results)
            figures[f"{count} {mode}"] = results
    asked.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
