import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.model import (
    Author,
    Dateline,
    Enclosure,
    Feed,
    Image,
    Newsletter,
    Publication,
    Section,
    Tag,
)
from publisher.pages import EditionLink, Pages
from tests.unit.pages.conftest import tree


@pytest.fixture
def pages(templates, publication):
    return Pages(templates, publication)


def text(element):
    return " ".join(element.text_content().split())


def links(page):
    return {text(a): a.get("href") for a in page.iter("a")}


@pytest.fixture
def newsletter():
    return Newsletter(
        name="daily",
        title="Lantern Bay Daily",
        schedule="daily at 07:00",
        timezone="Europe/Lisbon",
        sender_name="Courier",
        sender="news@courier.example",
    )


class TestIndex:
    def test_shows_the_newest_entries_and_where_they_are(self, pages, make_entry, make_feed):
        entry = make_entry(authors=(Author(name="Inês Quartel", slug="ines-quartel"),))
        everything = make_feed(entry, kind="all", folder="")
        page = tree(pages.index([everything], []))
        assert links(page)["Night ferry stays"] == "entries/ferry.html"
        assert "Inês Quartel" in text(page)
        assert "22 November 2026" in text(page)

    def test_an_entry_with_an_address_of_its_own_is_linked_there(
        self, pages, make_entry, make_feed
    ):
        entry = make_entry(url="https://elsewhere.example/a?b=1&c=2")
        page = tree(pages.index([make_feed(entry, kind="all", folder="")], []))
        assert links(page)["Night ferry stays"] == "https://elsewhere.example/a?b=1&c=2"

    def test_every_feed_is_there_with_its_three_formats(self, pages, make_feed):
        feeds = [
            make_feed(kind="all", folder=""),
            make_feed(),
            make_feed(kind="section", name="Harbour", folder="sections/harbour/"),
            make_feed(kind="author", name="Inês", folder="authors/ines/"),
        ]
        page = tree(pages.index(feeds, []))
        hrefs = [a.get("href") for a in page.iter("a")]
        for folder in ("tags/ferries/", "sections/harbour/", "authors/ines/"):
            for file in ("index.html", "rss.xml", "atom.xml", "feed.json"):
                assert folder + file in hrefs
        assert "feeds.opml" in hrefs

    def test_newsletters_say_when_they_are_due(self, pages, newsletter):
        page = tree(pages.index([], [newsletter]))
        assert "Lantern Bay Daily every day at 07:00, Europe/Lisbon time" in text(page)

    def test_past_editions_are_linked_only_if_there_are_any(self, pages, newsletter):
        assert "editions/index.html" not in links(tree(pages.index([], [newsletter]))).values()
        page = tree(pages.index([], [newsletter], editions=True))
        assert links(page)["past editions"] == "editions/index.html"

    def test_without_anything_it_says_so(self, pages):
        assert "Nothing has been published here yet." in text(tree(pages.index([], [])))


class TestFeed:
    def test_gives_the_addresses_in_full(self, pages, make_feed, make_entry):
        page = tree(pages.feed(make_feed(make_entry())))
        assert [code.text for code in page.iter("code")] == [
            "https://courier.example/feeds/tags/ferries/rss.xml",
            "https://courier.example/feeds/tags/ferries/atom.xml",
            "https://courier.example/feeds/tags/ferries/feed.json",
        ]
        assert links(page)["Night ferry stays"] == "../../entries/ferry.html"
        assert links(page)["RSS"] in {"../../tags/ferries/rss.xml", "../../rss.xml"}

    def test_alternates_are_its_own_and_those_of_everything(self, pages, make_feed):
        page = tree(pages.feed(make_feed()))
        alternates = [
            (one.get("type"), one.get("href")) for one in page.xpath("//link[@rel='alternate']")
        ]
        base = "https://courier.example/feeds/"
        assert alternates == [
            ("application/rss+xml", base + "tags/ferries/rss.xml"),
            ("application/atom+xml", base + "tags/ferries/atom.xml"),
            ("application/feed+json", base + "tags/ferries/feed.json"),
            ("application/rss+xml", base + "rss.xml"),
            ("application/atom+xml", base + "atom.xml"),
            ("application/feed+json", base + "feed.json"),
        ]

    def test_each_entry_has_its_own_language_and_direction(self, pages, make_feed, make_entry):
        arabic = make_entry(language="ar", title="عبّارة")
        page = tree(pages.feed(make_feed(arabic, make_entry(slug="b"))))
        assert [(li.get("lang"), li.get("dir")) for li in page.xpath("//ol/li")] == [
            ("ar", "rtl"),
            ("en", "ltr"),
        ]


class TestEntry:
    def test_has_all_that_an_entry_has(self, pages, make_entry, make_feed):
        tag = Tag(name="Ferries", slug="ferries")
        entry = make_entry(
            section=Section(name="Harbour", slug="harbour"),
            dateline=Dateline(place="LANTERN BAY", agency="LBC", printed="LANTERN BAY (LBC) --"),
            authors=(Author(name="Inês Quartel", slug="ines"), Author(name="Odd", slug="odd")),
            updated=datetime(2026, 11, 23, 6, 0, tzinfo=UTC),
            correction="It was nine to two.",
            credit="Lantern Bay wire",
            rights="© Inês Quartel",
            tags=(tag, Tag(name="Lamps", slug="lamps")),
            enclosures=(
                Enclosure(
                    url="https://courier.example/feeds/media/talk.mp3",
                    type="audio/mpeg",
                    length=12_345_678,
                    title="The talk",
                ),
            ),
        )
        page = tree(pages.entry(entry, [make_feed(entry)]))
        words = text(page)
        assert page.findtext(".//h1") == "Night ferry stays"
        assert "LANTERN BAY (LBC) — The night ferry goes on." in words
        assert "Correction. It was nine to two." in words
        assert "Inês Quartel, Odd" in words
        assert "Lantern Bay wire" in words
        assert "© Inês Quartel" in words
        assert "12.3 MB" in words
        times = [one.get("datetime") for one in page.iter("time")]
        assert times == ["2026-11-22T14:05:00Z", "2026-11-23T06:00:00Z"]
        found = links(page)
        assert found["Ferries"] == "../tags/ferries/index.html"
        assert "Lamps" not in found
        assert found["The talk"] == "../media/talk.mp3"

    def test_language_and_direction_are_the_entrys(self, pages, make_entry):
        page = tree(pages.entry(make_entry(language="he-IL")))
        assert (page.get("lang"), page.get("dir")) == ("he-IL", "rtl")

    def test_own_images_and_links_are_relative_so_that_it_works_from_a_disk(
        self, pages, make_entry
    ):
        html = (
            '<p><img src="https://courier.example/feeds/media/a.jpg" srcset="https://courier.example/feeds/media/a.jpg 1x, https://courier.example/feeds/media/b.jpg 2x" alt="a > b">'
            '<a href="https://courier.example/feeds/entries/other.html#x">other</a>'
            '<a href="https://courier.example/feeds/">home</a>'
            '<a href="https://courier.example/about">about</a>'
            '<a href="https://elsewhere.example/?u=https://courier.example/feeds/media/a.jpg">x</a>'
            '<code> src="https://courier.example/feeds/media/a.jpg"</code></p>'
        )
        page = tree(pages.entry(make_entry(html=html)))
        image = page.find(".//img")
        assert image.get("src") == "../media/a.jpg"
        assert image.get("srcset") == "../media/a.jpg 1x, ../media/b.jpg 2x"
        found = links(page)
        assert found["other"] == "../entries/other.html#x"
        assert found["home"] == "../index.html"
        assert found["about"] == "https://courier.example/about"
        assert found["x"].startswith("https://elsewhere.example/")
        assert "https://courier.example/feeds/media/a.jpg" in page.findtext(".//code")

    def test_a_picture_stands_above_the_body_unless_the_body_has_it(self, pages, make_entry):
        image = Image(url="https://courier.example/feeds/media/a.jpg?x=1&y=2", alt="A bay")
        page = tree(pages.entry(make_entry(images=(image,))))
        assert [one.get("src") for one in page.iter("img")] == ["../media/a.jpg?x=1&y=2"]
        html = '<p><img src="https://courier.example/feeds/media/a.jpg?x=1&amp;y=2" alt=""></p>'
        page = tree(pages.entry(make_entry(images=(image,), html=html)))
        assert len(list(page.iter("img"))) == 1

    def test_a_dateline_in_brackets_gets_no_dash(self, pages, make_entry):
        entry = make_entry(dateline=Dateline(place="湾", printed="【湾】"))
        assert tree(pages.entry(entry)).find_class("dateline")[0].text == "【湾】"

    @pytest.mark.parametrize(
        "body",
        ["SALTMARSH &amp; SKERRY (VNA) — Wind.", "<b>SALTMARSH</b> &amp; SKERRY (VNA) —\nWind."],
    )
    def test_a_dateline_that_the_body_opens_with_stands_once(self, pages, make_entry, body):
        dateline = Dateline(place="SALTMARSH & SKERRY", printed="SALTMARSH & SKERRY (VNA) —")
        page = tree(pages.entry(make_entry(dateline=dateline, html=f"<p>{body}</p>")))
        assert not page.find_class("dateline")
        assert text(page.find_class("body")[0]) == "SALTMARSH & SKERRY (VNA) — Wind."

    def test_the_rights_of_the_publication_stand_once(self, templates, make_entry, publication):
        rights = "© 2026 The Courier"
        ours = Publication(title="C", url="https://c.example/", domain="c.example", rights=rights)
        page = Pages(templates, ours).entry(make_entry(rights=rights))
        assert page.decode().count(rights) == 1


class TestEditions:
    def test_lists_them_newest_first(self, pages):
        days = [
            EditionLink(
                title=f"Daily {day}",
                path=f"editions/daily-{day}.html",
                slot=datetime(2026, 11, day, 7, 0, tzinfo=UTC),
                newsletter="Lantern Bay Daily",
            )
            for day in (21, 23, 22)
        ]
        page = tree(pages.editions(days))
        found = [(a.text, a.get("href")) for a in page.xpath("//ol//a")]
        assert found == [(f"Daily {day}", f"../editions/daily-{day}.html") for day in (23, 22, 21)]
        assert "23 November 2026, 07:00 WET" in text(page)


def every_page(pages, entry, feed):
    everything = Feed(kind="all", name="All", title="All", folder="", entries=(entry,))
    return {
        "index.html": pages.index([everything, feed], []),
        feed.page: pages.feed(feed),
        entry.page: pages.entry(entry, [everything, feed]),
        "editions/index.html": pages.editions([]),
    }


class TestEveryPage:
    def test_has_what_a_page_needs(self, pages, make_entry, make_feed):
        entry = make_entry()
        for path, data in every_page(pages, entry, make_feed(entry)).items():
            page = tree(data)
            assert data.startswith(b"<!doctype html>")
            assert page.get("lang") == "en"
            assert page.get("dir") == "ltr"
            assert page.find(".//meta[@charset]").get("charset") == "utf-8"
            assert len(page.findall(".//h1")) == 1
            assert len(page.findall(".//main")) == 1
            canonical = page.find(".//link[@rel='canonical']").get("href")
            assert canonical == f"https://courier.example/feeds/{path}"
            policy = page.find(".//meta[@http-equiv]").get("content")
            assert policy.startswith("default-src 'none';")
            assert not page.xpath("//script|//iframe")
            style, _, version = page.find(".//link[@rel='stylesheet']").get("href").partition("?v=")
            assert style == "../" * path.count("/") + "publisher.css"
            assert version
            assert {meta.get("name") for meta in page.iter("meta")} >= {"viewport", "color-scheme"}

    def test_its_links_between_pages_are_relative(self, pages, make_entry, make_feed):
        entry = make_entry()
        for data in every_page(pages, entry, make_feed(entry)).values():
            for link in tree(data).iter("a"):
                assert not link.get("href").startswith("https://courier.example")

    def test_the_same_values_give_the_same_bytes(
        self, templates, publication, make_entry, make_feed
    ):
        entry = make_entry()
        first, second = (
            every_page(Pages(templates, publication), entry, make_feed(entry)) for _ in range(2)
        )
        assert first == second

    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.text(
            st.one_of(
                st.sampled_from("{}%#<>&\"'- `="),
                st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp")),
            ),
            min_size=1,
        ).filter(lambda words: words.split())
    )
    def test_words_from_outside_stay_words(self, pages, make_entry, make_feed, words):
        entry = make_entry(
            title=words,
            summary=words,
            correction=words,
            credit=words,
            authors=(Author(name=words, slug="a"),),
            tags=(Tag(name=words, slug="t"),),
            section=Section(name=words, slug="s"),
            dateline=Dateline(place=words, printed=words),
        )
        plain = every_page(pages, make_entry(title="x"), make_feed(make_entry()))
        wild = every_page(pages, entry, make_feed(entry))
        known = {element.tag for data in plain.values() for element in tree(data).iter()}
        known |= {"span", "p", "a", "strong", "div", "ul", "li"}
        for data in wild.values():
            assert {element.tag for element in tree(data).iter()} <= known
        for path in ("index.html", "tags/ferries/index.html"):
            assert tree(wild[path]).xpath("//h3/a")[0].text == words
        assert tree(wild[entry.page]).findtext(".//h1") == words

    @pytest.mark.parametrize(
        "words",
        ["{{ 7 * 7 }}", "{% for x in y %}", "{# gone #}", "{{ ''.__class__ }}", "{{ 1/0 }}"],
    )
    def test_template_signs_from_outside_are_shown(self, pages, make_entry, make_feed, words):
        entry = make_entry(title=words, html=f"<p>{words}</p>")
        page = tree(pages.entry(entry))
        assert page.findtext(".//h1") == words
        assert page.find_class("body")[0].findtext("p") == words


def test_times_are_in_the_publications_zone(templates, make_entry):
    tokyo = Publication(
        title="T", url="https://t.example/", domain="t.example", timezone="Asia/Tokyo"
    )
    page = Pages(templates, tokyo).entry(
        make_entry(published=datetime(2026, 11, 22, 22, 30, tzinfo=UTC))
    )
    assert re.search(r"23 November 2026, 07:30 JST", page.decode())
