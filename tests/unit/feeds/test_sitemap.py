from datetime import timedelta

import pytest
from lxml import etree

from publisher.feeds import choose_feeds, sitemap
from publisher.feeds.sitemap import list_sitemaps, pages_of, render_sitemap
from tests.unit.feeds.samples import FERRY, NOON, PUBLICATION, entry

S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def read(data):
    return [
        (one.findtext(f"{S}loc"), one.findtext(f"{S}lastmod")) for one in etree.fromstring(data)
    ]


def test_every_page_of_ours_is_in_it_with_its_last_change():
    entries = [
        entry("a", tags=(FERRY,), updated=NOON + timedelta(hours=1)),
        entry("b", url="https://elsewhere.example/b"),
        entry("c", canonical="https://elsewhere.example/c"),
    ]
    feeds = choose_feeds(entries, PUBLICATION, 9)
    (path,) = list_sitemaps(3)
    assert read(render_sitemap(path, pages_of(feeds, entries), PUBLICATION)) == [
        ("https://lantern.example/news/index.html", "2026-10-27T13:00:00Z"),
        ("https://lantern.example/news/tags/ferry/index.html", "2026-10-27T13:00:00Z"),
        ("https://lantern.example/news/entries/a.html", "2026-10-27T13:00:00Z"),
    ]


def test_beyond_the_limit_of_the_protocol_it_has_parts(monkeypatch):
    monkeypatch.setattr(sitemap, "MOST", 4)
    entries = [entry(f"e{n}", published=NOON + timedelta(hours=n)) for n in range(9)]
    pages = pages_of(choose_feeds(entries, PUBLICATION, 9), entries)
    paths = list_sitemaps(len(pages))
    assert paths == ("sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml")
    files = {path: read(render_sitemap(path, pages, PUBLICATION)) for path in paths}
    assert [address for address, _ in files["sitemap.xml"]] == [
        f"https://lantern.example/news/{path}" for path in paths[1:]
    ]
    assert files["sitemap.xml"][-1][1] == "2026-10-27T20:00:00Z"
    assert [one for path in paths[1:] for one in files[path]] == read(
        sitemap._written("urlset", "url", pages, PUBLICATION)
    )


@pytest.mark.parametrize(("count", "files"), [(0, 1), (50_000, 1), (50_001, 3), (100_001, 4)])
def test_fifty_thousand_pages_fit_one_file(count, files):
    assert len(list_sitemaps(count)) == files


def test_signs_in_an_address_are_escaped():
    data = render_sitemap("sitemap.xml", [("entries/a&b.html", None)], PUBLICATION)
    assert read(data) == [("https://lantern.example/news/entries/a&b.html", None)]
