"""Addresses of our own in a page's HTML, made relative to where it stands."""

from dataclasses import replace

import pytest

from publisher.pages.relative import relative_links

OURS = "https://tide.example/news/"


@pytest.mark.parametrize(
    ("written", "relative"),
    [
        (f'<a href="{OURS}entries/a.html">', '<a href="../entries/a.html">'),
        (f'<p>\n<img alt="" src=" {OURS}media/a.png ">', '<p>\n<img alt="" src="../media/a.png">'),
        (f'<a href="{OURS}">', '<a href="../index.html">'),
        (f'<a href="{OURS}index.html\n">', '<a href="../index.html">'),
        (
            f'<img srcset="{OURS}media/a.png 1x, {OURS}media/b.png 2x">',
            '<img srcset="../media/a.png 1x, ../media/b.png 2x">',
        ),
        (f'<a href="{OURS}a&amp;b">', f'<a href="{OURS}a&amp;b">'),
        ('<a href="https://tide.example/entries/">', '<a href="https://tide.example/entries/">'),
        (f"<p>{OURS}entries/a.html</p>", f"<p>{OURS}entries/a.html</p>"),
    ],
)
def test_our_own_addresses_are_relative_and_no_others(written, relative, publication):
    ours = replace(publication, url=OURS)
    assert relative_links(written, ours, "entries/page.html") == relative


def test_a_url_that_html_has_to_escape_is_ours_as_well(publication):
    ours = replace(publication, url="https://tide.example/a&b/")
    html = '<a href="https://tide.example/a&amp;b/entries/a.html">'
    assert relative_links(html, ours, "index.html") == '<a href="entries/a.html">'
