"""The table of what mail clients show is what was measured, and finds what it names."""

import json
from pathlib import Path

import pytest

from bench.clients import TABLE, renewed
from publisher.checks.html_part import read_page
from publisher.checks.mail_source import read_source
from publisher.checks.support import features, uses_of
from tests import vectors

PUBLISHED = Path(__file__).parents[4] / "shared/data/caniemail.json"


def used(markup, styles=""):
    page = (
        vectors.text("message.eml")
        .replace("<h1>", markup + "<h1>")
        .replace("<style>", "<style>" + styles)
    )
    found = uses_of(read_page(read_source(vectors.wire(page), "courier.example")))
    return {use.feature.name for use in found}


PLAIN = used("")


def test_the_figures_are_those_that_were_published():
    if not PUBLISHED.exists():
        pytest.skip(f"caniemail.json is missing: it is looked for in {PUBLISHED.parent}")
    text = TABLE.read_text(encoding="utf-8")
    assert renewed(text, json.loads(PUBLISHED.read_text(encoding="utf-8"))) == text


def test_a_share_counts_each_family_once():
    by_name = {one.name: one for one in features()}
    assert by_name["<p>"].share == 1
    assert by_name["display: flex"].share == pytest.approx(5 / 6)
    assert by_name["display: flex"].missing == ("Outlook on Windows",)
    assert by_name["max-width"].whole < by_name["max-width"].share == 1


@pytest.mark.parametrize(
    ("markup", "styles", "name"),
    [
        ("<picture></picture>", "", "<picture>"),
        ('<td valign="top">', "", "valign"),
        ('<a href="#top">x</a>', "", "links within the message"),
        ('<img src="https://x.example/a.webp?b" alt="">', "", "WebP"),
        ('<img src="data:image/png;base64,x" alt="">', "", "images as data:"),
        ('<p style="WIDTH:Calc(1px)">', "", "calc()"),
        ('<p style="width:50vw">', "", "vw"),
        ('<p style="display:inline-flex">', "", "display: flex"),
        ('<p style="font-family:system-ui,serif">', "", "system-ui"),
        ("", "p > a { color: #000 }", "the selector >"),
        ("", ".a.b, #c { color: #000 }", "selectors by id"),
        ("", "a:hover { color: #000 }", ":hover"),
        ("", "a { color: #000 !important }", "!important"),
        ("", "@media (hover) { a { color: #000 } }", "@media (hover)"),
        ("", "@supports (color: red) { a { color: #000 } }", "@supports"),
        ("", "@font-face { src: local(x) }", "@font-face"),
    ],
)
def test_what_a_message_uses_is_found(markup, styles, name):
    assert name not in PLAIN
    assert name in used(markup, styles)


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="background:url(https://x.example/calc(1)vw.webp)">',
        "<!-- <picture> --><p title='display:flex'>",
        "<p>calc(1vw) system-ui</p>",
    ],
)
def test_what_only_looks_like_it_is_not(markup):
    assert used(markup) - PLAIN <= {"background", "background-color"}
