from __future__ import annotations

import json

import pytest

from publisher.content import text_in

ARTICLE = {"@type": "NewsArticle", "headline": "H", "datePublished": "2026-11-08T07:00:00Z"}


def page(linked, rest="<h1>T</h1><p>Text.</p>", **attributes):
    text = linked if isinstance(linked, str) else json.dumps(linked)
    return f'<html><head><script type="application/ld+json">{text}</script></head><body>{rest}'


@pytest.mark.parametrize(
    "linked",
    [ARTICLE, [{"@type": "WebSite"}, ARTICLE], {"@graph": [ARTICLE]},
     {**ARTICLE, "@type": ["Article", "http://schema.org/NewsArticle"]}],
    ids=["alone", "in a list", "in a graph", "with two types"],
)  # fmt: skip
def test_json_ld_is_found_wherever_it_stands(read, linked):
    entry = read(page(linked), "a.html").entry
    assert (entry.published.isoformat(), entry.published_from) == (
        "2026-11-08T07:00:00+00:00", "metadata",
    )  # fmt: skip


@pytest.mark.parametrize(
    "linked",
    ["", "{", "null", "[[[", "[" * 50_000, '{"@type": "NewsArticle", "author": 7, "image": [null]}',
     '{"@type": {"a": 1}, "headline": {}}', '{"@graph": {"@graph": {"@graph": []}}}', "x" * 300_000,
     '{"@type": "NewsArticle", "datePublished": "0000-00-00"}'],
    ids=str.__len__,
)  # fmt: skip
def test_json_ld_that_is_none_stops_nothing(read, linked):
    assert read(page(linked), "a.html").entry.title == "T"


def test_meta_elements_win_over_json_ld_and_front_matter_over_both(read):
    text = page({**ARTICLE, "description": "linked"}).replace(
        "<head>", '<head><meta name="description" content="meta">'
    )
    assert read(text, "a.html").entry.summary == "meta"
    assert read(f"---\nsummary: ours\n---\n{text}", "a.html").entry.summary == "ours"


def test_people_of_json_ld_keep_their_addresses(read):
    people = [
        "Ana Reis",
        {"name": "Bo Sample", "url": "https://post.example/bo"},
        "https://x.example",
    ]
    entry = read(page({**ARTICLE, "author": people}), "a.html").entry
    assert [(one.name, one.url) for one in entry.authors] == [
        ("Ana Reis", ""), ("Bo Sample", "https://post.example/bo"),
    ]  # fmt: skip


def test_microdata_of_a_comment_is_not_the_article_s(read):
    text = """<div itemscope itemtype="https://schema.org/Article"><h1 itemprop="headline">T</h1>
    <p>Text.</p><div itemscope itemprop="comment"><b itemprop="description">First!</b></div></div>"""
    entry = read(text, "a.html").entry
    assert (entry.title, entry.summary_by) == ("T", "program")


def test_a_page_that_somebody_wrote_is_kept_whole(read):
    text = "<html><body><h1>T</h1><p>Short.</p><p>Shorter.</p></body></html>"
    assert text_in(read(text, "a.html").entry.html) == "Short.\n\nShorter."


def test_a_web_page_in_which_nothing_stands_out_keeps_its_body(read):
    text = "<html><body><nav>Menu</nav><h1>T</h1><p>Short.</p><footer>Foot</footer></body></html>"
    assert text_in(read(text, "a.html").entry.html) == "Short."
