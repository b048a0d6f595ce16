"""One format, and pages by somebody else."""

import pytest

from tests.system.building import story, written

FEEDS_ALONE = '\n[feeds]\nformats = ["{}"]\n\n[pages]\nenabled = false\n'


@pytest.mark.parametrize(
    ("form", "name", "version"),
    [("rss", "rss.xml", "RSS2"), ("atom", "atom.xml", "ATOM"), ("json", "feed.json", "JSON")],
)
def test_feeds_alone_in_one_format(site, form, name, version):
    site.article("ferry.md", story())
    site.build()
    site.config(FEEDS_ALONE.format(form))
    assert site.build().exit_code == 0
    folders = ("", "sections/harbour/", "tags/skerry/", "authors/ana-reis/")
    there = written(site)
    # What was made before and is wanted no more is gone, also at the top.
    assert there.keys() == {
        "feeds.opml",
        "editions/index.html",
        *(f"{one}{name}" for one in folders),
    }
    assert f'version="{version}"'.encode() in there["feeds.opml"]
    assert b"index.html" not in there[name]
    site.build(full=True)
    assert written(site) == there


def test_a_format_that_is_none_is_a_mistake(site):
    site.config('\n[feeds]\nformats = ["rss", "rdf"]\n')
    assert "feeds.formats" in site.command("build", code=2).stderr
