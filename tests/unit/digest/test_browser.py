import lxml.html
import pytest

from publisher.digest import browser_page
from publisher.model import Image, Mark, Rendered


@pytest.fixture
def page(render, publication, make_entry):
    image = Image(url="https://courier.example/feeds/media/bay.jpg", alt="The bay")
    entries = (
        make_entry(images=(image,)),
        make_entry(slug="b", url="https://elsewhere.example/b"),
    )
    data = browser_page(render(*entries), publication)
    return lxml.html.document_fromstring(data.decode())


def test_what_is_a_subscribers_alone_is_gone(page):
    words = lxml.html.tostring(page, encoding="unicode")
    for mark in Mark:
        assert mark not in words
        assert mark.strip("\ufdd0\ufdd1") not in {a.get("href") for a in page.iter("a")}
    assert "Unsubscribe" not in words
    assert "Choose what you get" not in words
    assert ".mail-only{display:none!important}" in words
    hidden = page.xpath("//*[contains(@class, 'mail-only')]")
    assert any("View in browser" in one.text_content() for one in hidden)


def test_links_lead_on_from_where_the_page_is(page):
    hrefs = [a.get("href") for a in page.xpath("//h2/a")]
    assert hrefs == ["../entries/ferry.html", "https://elsewhere.example/b"]
    assert page.find(".//img").get("src") == "../media/bay.jpg"
    canonical = page.find(".//link[@rel='canonical']").get("href")
    assert canonical == "https://courier.example/feeds/editions/daily-2026-11-23-0700.html"


def test_it_is_a_page_with_title_language_and_policy(page):
    assert page.findtext(".//title") == "Lantern Bay Daily: Night ferry stays"
    assert page.get("lang") == "en"
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']")[0].get("content")
    assert policy.startswith("default-src 'none';")


def test_the_charset_stands_where_browsers_look_for_it(render, publication, make_entry):
    data = browser_page(render(make_entry(title="港&" * 100)), publication)
    assert b"charset=UTF-8" in data[:1024]


def test_marks_outside_links_become_the_publications_address(publication):
    html = f'<html><head></head><body>{Mark.LEAVE}<img src="{Mark.PREFERENCES}"></body></html>'
    data = browser_page(Rendered(subject="s", preheader="", html=html, text=""), publication)
    assert data.decode().endswith(
        '<body>https://courier.example/feeds/<img src="../index.html"></body></html>'
    )
