"""Whatever happens to a publication, a build of what changed gives what a full one gives."""

import shutil
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.publish.rest import Seen
from tests.system.building import FEEDS_ALONE, is_at_rest, settle, story, written
from tests.system.conftest import NOW, SiteFolder

NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
TAGS = st.lists(st.sampled_from(["Skerry", "skerry", "Pier", "Lamp"]), max_size=3).map(", ".join)
DATES = st.integers(1, 24).map(lambda day: f"2026-11-{day:02} 08:00")
FIELDS = st.fixed_dictionaries(
    {
        "tags": TAGS,
        "date": DATES,
        "section": st.sampled_from(["Harbour", "harbour", "Town"]),
        "author": st.sampled_from(["Ana Reis", "Bo Lund"]),
        "text": st.sampled_from(["One.", "Two."]),
    },
    optional={
        "embargo": st.sampled_from(["2026-11-23 14:00", "2026-11-23 18:00"]),
        "expires": st.sampled_from(["2026-11-23 16:00", "2026-11-24 12:00"]),
        "draft": st.just("true"),
        "updated": st.sampled_from(["2026-11-22 08:00", "2026-11-23 08:00"]),
        "correction": st.just("It was blue."),
        "withdrawn": st.sampled_from(["2026-11-23 10:00", "2026-11-23 15:00"]),
        "exclude_from_feeds": st.sampled_from(["all", "tags", "lamps, sections/town", "'*'"]),
        "episode": st.just("{audio: 'https://courier.example/a.mp3', length: 7}"),
    },
)
VERSIONS = st.tuples(
    st.sampled_from(["", "UPDATE 1-", "UPDATE 2-", "CORRECTED-", "WITHDRAWN-"]),
    st.sampled_from(["One.", "Two."]),
    st.sampled_from(["", "date: 2026-11-22 08:00", "date: 2026-11-23 11:00", "draft: true"]),
)
STEPS = st.one_of(
    st.tuples(st.just("write"), NAMES, FIELDS),
    st.tuples(st.just("wire"), NAMES, VERSIONS),
    st.tuples(st.just("delete"), NAMES, st.none()),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("wait"), st.just(""), st.integers(1, 12)),
    st.tuples(st.just("limit"), st.just(""), st.integers(1, 4)),
    st.tuples(st.just("feeds"), st.just(""), st.sampled_from(["", "gzip", "archive", "all"])),
)
LAMPS = """
[feeds.lamps]
title = "Lamps"
tags = ["Lamp"]
[feeds.lamps.podcast]
categories = ["News"]
image = "https://courier.example/lamp.jpg"
owner = "Bo Lund <bo@courier.example>"
"""
SWITCHED_ON = {
    "": "sitemap = false\n",
    "gzip": "gzip = true\n",
    "archive": 'archive = ["all", "tags", "lamps"]\n' + LAMPS,
    "all": 'gzip = true\nhub = "https://hub.example/"\narchive = ["all", "authors"]\n' + LAMPS,
}


def carry_out(site, step, moment):
    what, name, value = step
    path = site.folder / "articles" / f"{name}.md"
    if what == "write":
        site.article(path.name, story(f"Story {name}", **value))
    elif what == "wire":
        mark, text, front = value
        copy = f"{mark}Ferry returns\n\nOSLO (AP) — {text} The ferry is back.\n"
        site.article(f"{name}.txt", f"---\n{front}\n---\n{copy}" if front else copy)
    elif what in ("delete", "rename"):
        for one in (path, path.with_suffix(".txt")):
            if what == "delete":
                one.unlink(missing_ok=True)
            elif one.exists():
                one.replace(one.with_stem(value))
    elif what in ("limit", "feeds"):
        text, _, before = (site.folder / "publisher.toml").read_text().partition("[feeds]\n")
        limit, _, rest = (before or "limit = 20\n").partition("\n")
        limit = f"limit = {value}" if what == "limit" else limit
        rest = SWITCHED_ON[value] if what == "feeds" else rest
        site.config(f"{text}[feeds]\n{limit}\n{rest}", add=False)
    return moment + timedelta(hours=value) if what == "wait" else moment


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(st.lists(STEPS, min_size=1, max_size=4), min_size=2, max_size=5),
    alone=st.booleans(),
)
def test_any_sequence_of_changes_gives_what_a_full_build_gives(tmp_path_factory, steps, alone):
    folder = tmp_path_factory.mktemp("sequence")
    site, moment = SiteFolder(folder / "site"), NOW
    if alone:  # words are read when a feed carries them, and the choice of feeds is kept
        site.config(FEEDS_ALONE, add=False)
    site.article("z.md", story("Story z"))
    for some in steps:
        for step in some:
            moment = carry_out(site, step, moment)
        settle(site)
        had_nothing_to_do = is_at_rest(site, moment)
        report = site.build(moment, seen=Seen(site.folder, {}))
        if had_nothing_to_do:
            done = (report.new, report.changed, report.gone, report.written, report.removed)
            assert (done, report.findings) == ((0, 0, 0, 0, 0), [])
    fresh = folder / "fresh"
    shutil.copytree(site.folder, fresh, ignore=shutil.ignore_patterns("feeds"))
    other = SiteFolder.__new__(SiteFolder)
    other.folder = fresh
    other.build(moment, full=True)
    assert written(other) == written(site)
    shutil.rmtree(folder)
