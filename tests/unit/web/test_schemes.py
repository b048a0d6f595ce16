"""A message in the light and in the dark, whatever the machine likes."""

from __future__ import annotations

import pytest

from publisher.web.preview.schemes import in_scheme

HEAD = (
    '<meta name="color-scheme" content="light dark" />'
    '<meta name="supported-color-schemes" content="light dark">'
    "<style>:root { color-scheme: light dark; supported-color-schemes: light dark; }"
    "@media (prefers-color-scheme: dark) and (min-width: 480px) { a { color: red } }"
    "@media ( Prefers-Color-Scheme:light ) { a { color: blue } }</style>"
    "<p>color-scheme: light dark; (prefers-color-scheme: dark)</p>"
)


@pytest.mark.parametrize(
    ("scheme", "on", "off"), [("dark", "dark", "light"), ("light", "light", "dark")]
)
def test_one_is_in_force_and_the_other_off(scheme, on, off):
    html = in_scheme(HEAD, scheme)
    assert html.count(f'content="{scheme}"') == 2
    assert f"color-scheme: {scheme};" in html
    features = {"dark": "(min-width: 480px) { a { color: red }", "light": "{ a { color: blue }"}
    head = html.partition("<p>")[0]
    always = head[: head.index(features[on])].rpartition("@media")[2]
    never = head[: head.index(features[off])].rpartition("@media")[2]
    assert "(min-width: 0px)" in always
    assert "(max-width: 0px)" in never


def test_what_is_no_style_is_left_alone():
    words = "<p>color-scheme: light dark; (prefers-color-scheme: dark)</p>"
    assert in_scheme(HEAD, "dark").endswith(words)


def test_a_message_for_the_light_alone_stays_so():
    html = '<meta name="color-scheme" content="light">'
    assert in_scheme(html, "dark") == html
