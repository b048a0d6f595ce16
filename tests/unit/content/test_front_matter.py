from __future__ import annotations

import pytest

from publisher.content.forms.front_matter import split_front_matter
from publisher.errors import ArticleError
from tests.vectors import vectors


def test_text_without_front_matter_is_left_alone():
    split = split_front_matter("# Title\n\n---\n\nText", "a.md")
    assert (split.fields, split.body_line) == ({}, 1)


@pytest.mark.threat(15)
def test_everything_is_text():
    split = split_front_matter("---\na: no\nb: 12:30\nc: 0123\nd: 2026-01-01\ne: ~\n---\nx", "a.md")
    assert [f.value for f in split.fields.values()] == ["no", "12:30", "0123", "2026-01-01", ""]


def test_lines_are_those_of_the_file():
    split = split_front_matter("---\na: 1\n\nb:\n  - x\n  - y: z\n---\nbody", "a.md")
    b = split.fields["b"]
    assert (b.key_line, [item.line for item in b.value], split.body_line) == (4, [5, 6], 8)
    assert split.body == "body"


@pytest.mark.parametrize(
    ("block", "line", "what"),
    [
        ("- a\n- b", 2, "not a mapping"),
        ("just words", 2, "not a mapping"),
        ("a: 1\nb: 2\na: 3", 4, "`a` twice"),
        ("a: &x 1\nb: *x", 2, "anchor"),
        ("b: *x", 2, "anchor or alias"),
        ("a: !!python/object:os.system x", 2, "type tag"),
        ("a: !!int 3", 2, "type tag"),
        ("? [a]\n: b", 2, "key that is no text"),
        ("a: " + "[" * 30 + "]" * 30, 2, "deeper than 20"),
        ("a: " + "[" * 20000, 2, "deeper than 20"),
        ("a: {", 3, "not valid YAML"),
        ("a: b: c", 2, "not valid YAML"),
        ("a: 'x", 3, "not valid YAML"),
    ],
)
@pytest.mark.threat(15)
def test_bad_front_matter_is_named_with_its_line(block, line, what):
    with pytest.raises(ArticleError, match=what) as caught:
        split_front_matter(f"---\n{block}\n---\ntext\n", "a.md")
    assert caught.value.path == "a.md"
    assert caught.value.line == line


def test_front_matter_must_end():
    with pytest.raises(ArticleError, match="no end"):
        split_front_matter("---\na: 1\n", "a.md")


@pytest.mark.threat(15)
def test_front_matter_is_bounded():
    with pytest.raises(ArticleError, match="64 KiB"):
        split_front_matter("---\na: " + "x" * 70_000 + "\n---\n", "a.md")


@pytest.mark.parametrize("block", ["", "\n", "# only a comment\n"])
def test_empty_front_matter_is_none(block):
    assert split_front_matter(f"---\n{block}---\ntext", "a.md").fields == {}


def test_escapes_cannot_bring_forbidden_characters_back():
    split = split_front_matter('---\na: "x\\uFDD0\\x07y"\n---\n', "a.md")
    assert split.fields["a"].value == "xy"


# ------------------------------------------------------------ what the keys may hold


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("date: 2026-13-01", "no date"),
        ("date: 0000-00-00", "1900"),
        ("date: tomorrow", "no date"),
        ("date: 2026-01-01 25:00", "no date"),
        ("date: 9999-12-31T23:00-05:00", "calendar"),
        ("draft: maybe", "neither yes nor no"),
        ("url: /relative", "web address"),
        ("url: javascript:alert(1)", "web address"),
        ("url: 'http://[bad'", "web address"),
        ("id: no uri", "URI"),
        ("language: klingonish tongue", "language tag"),
        ("form: pdf", "not known"),
        ("title: [a, b]", "must be a text"),
        ("tags: [{name: x, kind: animal}]", "kind of tag"),
        ("authors: [{email: a@b.example}]", "no name"),
        ("image: {alt: x}", "no src"),
        ("image: {src: a.png, size: 3}", "knows no `size`"),
        ("enclosure: {url: a.mp3, length: long}", "number of bytes"),
        ("enclosure: {type: audio/mpeg}", "no url"),
    ],
)
def test_a_wrong_value_is_refused_at_its_line(read, line, what):
    with pytest.raises(ArticleError, match=what) as caught:
        read(f"---\n# a comment\n{line}\n---\n# Title\n\nText.")
    assert caught.value.line == 3
    assert caught.value.mend


def test_an_unknown_key_is_a_warning_with_the_nearest(read):
    reading = read("---\ntitle: T\ntgas: x\nzzz: y\n---\nText.")
    first, second = reading.findings
    assert (first.line, "`tags`" in first.mend) == (3, True)
    assert "known are" in second.mend


def test_authors_as_text_list_and_mapping(read):
    entry = read(
        "---\ntitle: T\nauthor: Ann Example\nauthors:\n - Bo Sample\n"
        " - {name: Cleo Probe, email: c@post.example, url: 'https://cleo.example/'}\n---\nText."
    ).entry
    assert [(a.name, a.slug, a.email) for a in entry.authors] == [
        ("Ann Example", "ann-example", ""),
        ("Bo Sample", "bo-sample", ""),
        ("Cleo Probe", "cleo-probe", "c@post.example"),
    ]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23", "2026-11-23T05:00:00+00:00"),
        ("2026-11-23 07:30", "2026-11-23T12:30:00+00:00"),
        ("2026-11-23T07:30:15.5Z", "2026-11-23T07:30:15+00:00"),
        ("2026-11-23T07:30+01:00", "2026-11-23T06:30:00+00:00"),
        ("2026-11-23 07:30 -0500", "2026-11-23T12:30:00+00:00"),
        ("2026-03-08 02:30", "2026-03-08T07:30:00+00:00"),  # skipped: an hour later
        ("2026-11-01 01:30", "2026-11-01T05:30:00+00:00"),  # happens twice: the first
        ("1900-01-01", "1900-01-01T05:00:00+00:00"),
        ("9999-01-01", "9999-01-01T05:00:00+00:00"),
    ],
)
def test_dates_are_local_unless_they_say_otherwise(read, text, utc):
    entry = read(f"---\ntitle: T\ndate: {text}\n---\nText.").entry
    assert entry.published.isoformat() == utc
    assert entry.published_from == "front matter"


def test_an_update_before_publication_is_ignored_with_a_warning(read):
    reading = read("---\ntitle: T\ndate: 2026-11-02\nupdated: 2026-11-01\n---\nText.")
    assert reading.entry.updated is None
    assert reading.findings[0].line == 4


def test_dateline_from_front_matter(read):
    for said in (
        "dateline: GULL BAY (AP)",
        "dateline: {place: GULL BAY, agency: AP}",
        "place: GULL BAY\nagency: AP",
    ):
        dateline = read(f"---\ntitle: T\n{said}\n---\nText.").entry.dateline
        assert (dateline.place, dateline.agency) == ("GULL BAY", "AP")


@pytest.mark.threat(15)
@pytest.mark.parametrize("text", vectors("front_matter"), ids=ascii)
def test_front_matter_is_plain_text_or_refused_with_its_line(text):
    try:
        split = split_front_matter(text, "a.md")
    except ArticleError as error:
        place = error.line
    else:
        place = split.body_line
        assert all(isinstance(field.value, str | list | dict) for field in split.fields.values())
    assert 1 <= (place or 1) <= text.count("\n") + 1
