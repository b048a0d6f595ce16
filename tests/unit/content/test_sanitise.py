from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.markup.sanitise import UnsafeMarkupError, sanitise
from publisher.content.markup.tree import inner_html, parse_fragment
from tests.vectors import vectors

FORBIDDEN = {"script", "svg", "iframe", "math", "form", "input", "base", "meta", "object", "embed"}


@pytest.mark.threat(1)
@pytest.mark.parametrize("vector", vectors("html"), ids=ascii)
def test_no_vector_passes(vector):
    root = lxml.html.fragment_fromstring(sanitise(vector), create_parent="div")
    for element in root.iter():
        assert element.tag not in FORBIDDEN
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in {"style", "class", "id", "target"}
            assert not value.strip().lower().startswith(("javascript", "data:", "vbscript"))
        assert not (element.tag == "img" and element.get("width") == element.get("height") == "1")
    for link in root.iter("a"):
        assert link.get("rel") == "noopener"


@pytest.mark.parametrize("size", ["width=1 height=1", "style='width:1px; height:1px'",
                                  "height='0' width='0'"])  # fmt: skip
def test_pixels_are_removed(size):
    assert sanitise(f"<p>a<img src='https://c.example/p.gif' {size}>b</p>") == "<p>ab</p>"


def test_pictures_are_kept():
    assert 'width="100"' in sanitise("<img src='https://c.example/p.gif' width=100 height=1>")


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 300,
        "<b>" * 300,
        "".join(f"<b title={n}>" for n in range(200)) + "<p>" * 40_000,
        "<p>" * 60_000,
        "<script>" + "<div>" * 5 + "</script>" + "<i>" * 300,
    ],
)
@pytest.mark.threat(25)
def test_bombs_are_refused(bomb):
    with pytest.raises(UnsafeMarkupError):
        sanitise(bomb)


def test_entities_cannot_bring_forbidden_characters_back():
    assert sanitise("<p>a&#1;&#xFDD0;&#xFFFE;b</p>") == "<p>ab</p>"


FRAGMENTS = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<a href=x>", "</a>", "<table>", "<tr>", "<td>", "</table>",
         "<pre>", "\n", "<ul>", "<li>", "</ul>", "<h1>", "</h1>", "<img src=a.png>", "<svg>", "<!--",
         "-->", "<script>", "</script>", "text", "&amp;", "&lt;b&gt;", "<", ">", '"', "\x07", "<ruby>",
         "<rt>", "<details>", "<summary>", "<math>", "<mi>", "<style>", "</style>", "<br>", "<hr>",
         "<video src=b.mp4 controls>", "<source srcset='a.png 1x, b.png'>", "<blockquote cite=c>"]
    )
    | st.text(max_size=8),
    max_size=30,
).map("".join)  # fmt: skip


def sanitised(html):
    try:
        return sanitise(html)
    except UnsafeMarkupError:
        return ""


@given(FRAGMENTS)
def test_sanitising_twice_changes_nothing(html):
    once = sanitised(html)
    assert sanitise(once) == once


@given(FRAGMENTS)
def test_a_tree_and_back_is_still_safe(html):
    once = sanitised(html)
    again = sanitise(inner_html(parse_fragment(once)))
    assert sanitise(again) == again
