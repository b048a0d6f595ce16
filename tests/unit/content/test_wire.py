from __future__ import annotations

import pytest

from publisher.content import text_in
from publisher.content.naming.bylines import is_credit, is_rights, parse_byline
from publisher.errors import ArticleError


@pytest.mark.parametrize(
    ("text", "names", "credit"),
    [
        ("By Ann Example", ("Ann Example",), ""),
        ("BY ANN EXAMPLE", ("Ann Example",), ""),
        ("By Ann Example and Bo Sample, Associated Press Writer",
         ("Ann Example", "Bo Sample"), "Associated Press Writer"),
        ("By Ann de la Example, Bo Sample & Cleo Probe",
         ("Ann de la Example", "Bo Sample", "Cleo Probe"), ""),
        ("By Ann Example | AP", ("Ann Example",), "AP"),
        ("From AP", (), "AP"),
        ("From wire services", (), "wire services"),
        ("Von Anna Beispiel", ("Anna Beispiel",), ""),
    ],
)  # fmt: skip
def test_bylines(text, names, credit):
    found = parse_byline(text)
    assert found is not None
    assert (found.names, found.credit) == (names, credit)


@pytest.mark.parametrize(
    "text",
    ["By Monday the ferry was back.", "From the harbour it looked small.", "By the way", "Text",
     "By Ann Example who said that it was all over now and that nobody would come back to it soon",
     "By " + "Ann " * 60],
)  # fmt: skip
def test_what_is_no_byline(text):
    assert parse_byline(text) is None


def test_credits_and_rights_at_the_end():
    assert is_credit("(Reporting by Ann Example; Editing by Bo Sample)")
    assert is_credit("Associated Press writer Ann Example contributed to this report.")
    assert not is_credit("The report by Ann Example surprised the council.")
    assert is_rights("Copyright 2026 Harbour Post")
    assert is_rights("© 2026 Harbour Post. All rights reserved.")
    assert not is_rights("Copyrights were discussed.")


def test_hard_wrapped_lines_are_joined(read):
    entry = read("Head\n\nOne line\nand another.\n\nNext one\nhere.\n", "a.txt").entry
    assert text_in(entry.html) == "One line and another.\n\nNext one here."


def test_long_lines_are_paragraphs_by_themselves(read):
    line = "A long line that nobody wrapped by hand, for it goes on and on. " * 3
    assert text_in(read(f"Head\n\n{line}\n{line}\n", "a.txt").entry.html).count("\n\n") == 1


def test_indented_lines_open_paragraphs(read):
    entry = read("Head\n\n   One line\nand more.\n   Two lines\nand more.\n", "a.txt").entry
    assert text_in(entry.html) == "One line and more.\n\nTwo lines and more."


def test_a_wrapped_headline_is_one(read):
    assert read("A headline that\ngoes on\n\nText.", "a.txt").entry.title == (
        "A headline that goes on"
    )


def test_text_right_below_the_headline_is_told(read):
    reading = read("Head\nOSLO (AP) — Text.\n\nMore.", "a.txt")
    assert reading.entry.title == "Head"
    assert reading.entry.dateline.place == "OSLO"
    assert reading.findings[0].line == 2


def test_a_title_in_front_matter_lets_the_text_begin_at_once(read):
    for body in ("Text.\n", "T\n\nText.\n"):
        entry = read(f"---\ntitle: T\n---\n{body}", "a.txt").entry
        assert (entry.title, text_in(entry.html)) == ("T", "Text.")


def test_markup_in_wire_copy_is_text(read):
    entry = read("A <b> head\n\nIf a < b & c > d: <script>x</script>", "a.txt").entry
    assert entry.title == "A <b> head"
    assert text_in(entry.html) == "If a < b & c > d: <script>x</script>"
    assert "<script" not in entry.html


@pytest.mark.parametrize(
    ("data", "path", "what"),
    [
        ("Only a head", "a.txt", "no text below"),
        ("x" * 500, "a.txt", "no headline"),
        ("---\ndate: 2026-01-01\n---\n", "a.txt", "no headline"),
        ("Text.", "a.rst", "extension"),
        ("Text.", "noextension", "extension"),
        ("<html><p>x", "a.txt", "HTML document"),
        ("<!DOCTYPE html><p>x", "a.md", "HTML document"),
        ("<?xml version='1.0'?><nitf/>", "a.txt", "XML"),
        ("# Head\n\nText", "a.txt", "Markdown heading"),
        ("Text only", "a.html", "no element"),
        ("Text only", "a.md", "no title"),
        ("<p>Text", "a.html", "no title"),
        ("# Title", "a.md", "no text below"),
        ("# T\n\n" + "<div>" * 300, "a.md", "nested deeper"),
    ],
)
def test_what_can_be_no_entry_says_what_to_do(read, data, path, what):
    with pytest.raises(ArticleError, match=what) as caught:
        read(data, path)
    assert caught.value.path == path
    assert caught.value.mend


def test_front_matter_settles_the_form(read):
    assert read("---\nform: wire\n---\n# Head\n\nText", "a.txt").entry.title == "# Head"
    assert read("---\nform: markdown\n---\n# Head\n\nText", "a.rst").entry.title == "Head"
