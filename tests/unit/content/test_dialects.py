from __future__ import annotations

import pytest

from publisher.errors import ArticleError


def md(front, fence="---"):
    return f"{fence}\n{front}\n{fence}\n# T\n\nText."


@pytest.mark.parametrize(
    ("front", "field", "value"),
    [
        ("published: false", "draft", True),
        ("published: 2026-11-01", "draft", False),
        ("status: draft", "draft", True),
        ("status: hidden", "left_out_of", ("*",)),
        ("description: D", "summary", "D"),
        ("description: D\nsummary: S", "summary", "S"),
        ("lang: de", "language", "de"),
        ("canonical_url: https://a.example/", "canonical", "https://a.example/"),
        ("layout: post\nurl: /a/", "url", ""),
    ],
)
def test_the_words_of_others_say_the_same(read, front, field, value):
    reading = read(md(front))
    assert getattr(reading.entry, field) == value
    assert not reading.findings


def test_categories_are_section_and_tags(read):
    entry = read(md("categories: [A, B]\ntags: [C]")).entry
    assert entry.section.name == "A"
    assert [tag.name for tag in entry.tags] == ["C", "B"]


def test_publish_date_alone_is_the_date_and_beside_one_an_embargo(read):
    assert read(md("publishDate: 2026-12-01")).entry.published_from == "front matter"
    entry = read(md("date: 2026-11-01\npublishDate: 2026-12-01")).entry
    assert (entry.published.month, entry.embargo.month) == (11, 12)


def test_a_key_of_nobody_is_still_named(read):
    (finding,) = read(md("titel: x\nweight: 3")).findings
    assert "`titel`" in finding.what
    assert finding.line == 2


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("title = \nx = 1", 2),
        ("a = 1\na = 2", 3),
        ("a = [" + "[" * 5000, 1),
        ("a = 1" + "0" * 5000, 1),
        ("date = 0000-00-00", 2),
        ("title = 'x'\ndate = 'tomorrow'", 3),
    ],
)
@pytest.mark.threat(15)
def test_broken_toml_is_named_with_its_line(read, front, line):
    with pytest.raises(ArticleError) as caught:
        read(md(front, "+++"))
    assert caught.value.line == line


def test_toml_and_yaml_say_the_same(read):
    toml = read(md('date = 2026-11-02T08:00:00+01:00\ndraft = true\ntags = ["A"]', "+++")).entry
    yaml = read(md("date: 2026-11-02T08:00:00+01:00\ndraft: true\ntags: [A]")).entry
    assert toml == yaml


def test_toml_without_an_end_and_too_large_is_named(read):
    with pytest.raises(ArticleError, match="no end"):
        read("+++\na = 1\n")
    with pytest.raises(ArticleError, match="KiB"):
        read(md("a = '" + "x" * 70_000 + "'", "+++"))


@pytest.mark.parametrize(
    "text",
    ["Title: A\n\nText.", "Note: A\nDate: B\n\n# T\n\nText.", "Title: A\nTitle: B\nDate: x\n\n# T\n\nX",
     "Title: A\nDate: 2026-11-01\nand then text.\n\n# T\n\nX"],
)  # fmt: skip
def test_lines_with_a_colon_are_mostly_text(read, text):
    if "# T" in text:
        assert read(text).entry.title == "T"
    else:
        with pytest.raises(ArticleError, match="no title"):
            read(text)


def test_header_lines_may_go_on(read):
    entry = read("Title: A\n    long one\nDate: 2026-11-01\nTags: x; y z\n\nText.").entry
    assert entry.title == "A long one"
    assert [tag.name for tag in entry.tags] == ["x", "y z"]


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2026-11-02-slug.md", "2026-11-02"),
        ("_posts/2026-11-02_slug.markdown", "2026-11-02"),
        ("2026-11-02-slug/index.md", "2026-11-02"),
        ("2026-11-02.md", "2026-11-02"),
    ],
)
def test_a_file_name_gives_a_date(read, path, day):
    entry = read("# T\n\nText.", path).entry
    assert entry.published_from == "file name"
    assert entry.published.isoformat().startswith(day)


@pytest.mark.parametrize("path", ["0000-00-00-x.md", "2026-13-01-x.md", "2026-02-30.md"])
def test_a_file_name_that_is_no_date_is_named(read, path):
    reading = read("# T\n\nText.", path)
    assert reading.entry.published_from == "first seen"
    assert "no date" in reading.findings[0].what


def test_a_number_in_a_file_name_is_no_date(read):
    assert read("# T\n\nText.", "2026-11-022-x.md").entry.published_from == "first seen"
