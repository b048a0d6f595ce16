from __future__ import annotations

import pytest

from publisher.content.markup.links import Links


@pytest.fixture
def links(publication):
    return Links(
        path="news/story.md",
        slug="story",
        publication=publication,
        base="https://post.example/entries/story.html",
    )


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://a.example/x?y=1&z=2#f", "https://a.example/x?y=1&z=2#f"),
        ("//a.example/x", "https://a.example/x"),
        ("/about", "https://post.example/about"),
        ("#top", "https://post.example/entries/story.html#top"),
        ("?page=2", "https://post.example/entries/story.html?page=2"),
        ("mailto:ann@post.example", "mailto:ann@post.example"),
        ("tel:+1555", "tel:+1555"),
        ("plan.pdf", "https://post.example/media/story/plan.pdf"),
        ("../shared/plan.pdf", "https://post.example/media/story/plan.pdf"),
        ("javascript:x", None),
        ("ftp://a.example/x", None),
        ("http://[bad", None),
        ("http:///x", None),
        ("https://a.example:99999/", None),
        ("other.md", None),
        ("../../plan.pdf", None),
        ("%2e%2e/%2e%2e/plan.pdf", None),
        ("..\\..\\plan.pdf", None),
        ("program.exe", "https://post.example/entries/program.exe"),
    ],
)
def test_links_become_absolute_or_go(links, address, found):
    assert links.page(address) == found


@pytest.mark.parametrize(
    ("address", "source", "path"),
    [
        ("a.png", "news/a.png", "media/story/a.png"),
        ("pics/B%20b.JPG?x#y", "news/pics/B b.JPG", "media/story/b-b.jpg"),
        ("../a.webp", "a.webp", "media/story/a.webp"),
        ("Größe.gif", "news/Größe.gif", "media/story/grosse.gif"),
    ],
)
def test_a_file_beside_the_article_becomes_an_asset(links, address, source, path):
    assert links.file(address) == f"https://post.example/{path}"
    assert [(a.source, a.path) for a in links.assets.values()] == [(source, path)]


def test_two_files_of_one_name_get_two_places(links):
    assert links.file("a.png") != links.file("b/a.png")
    assert links.file("a.png") == links.file("./a.png")


@pytest.mark.parametrize("address", ["x.svg", "../../a.png", "a\\b.png", "data.exe", "a%00.png"])
def test_other_files_are_refused_with_a_finding(links, address):
    assert links.file(address) is None
    assert len(links.findings) == 1
    assert not links.assets


def test_every_candidate_of_a_srcset_is_resolved(links):
    assert links.candidates("a.png 1x, https://a.example/b,c.png 2x, x.svg 3x,, d.png") == (
        "https://post.example/media/story/a.png 1x, https://a.example/b%2Cc.png 2x, "
        "https://post.example/media/story/d.png"
    )


def test_findings_are_bounded_and_have_lines(publication):
    links = Links(
        path="a.md", slug="a", publication=publication, base="https://post.example/",
        source="one\ntwo x.svg\n",
    )  # fmt: skip
    links.file("x.svg")
    assert links.findings[0].line == 2
    for number in range(50):
        links.file(f"{number}.svg")
    assert len(links.findings) == 20


def test_a_picture_without_alternative_text_is_told(read):
    reading = read("# T\n\nText ![](a.png) <img src='b.png'> ![said](c.png)")
    assert [f.line for f in reading.findings] == [3, 3]
    assert reading.entry.html.count("alt=") == 3


def test_the_base_of_a_page_is_believed(read):
    entry = read(
        "<base href='https://old.example/a/'><h1>T</h1><p>x<img src=i.png alt=i><a href=b>b</a>",
        "a.html",
    ).entry
    assert 'src="https://old.example/a/i.png"' in entry.html
    assert 'href="https://old.example/a/b"' in entry.html
    assert not entry.assets
