import re
from dataclasses import replace
from datetime import UTC, datetime

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.digest import Digest
from publisher.errors import TemplateError
from publisher.model import Author, Dateline, Image, Mark, Section, Tag

WORDS = st.text(
    st.one_of(
        st.sampled_from("{}%#<>&\"'- `="),
        st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp", "Zs")),
    ),
    min_size=1,
).filter(lambda words: words.split())


def tree(rendered):
    return lxml.html.document_fromstring(rendered.html)


def text(element):
    return " ".join(element.text_content().split())


@pytest.fixture
def full(make_entry):
    return make_entry(
        section=Section(name="Harbour", slug="harbour"),
        dateline=Dateline(place="LANTERN BAY", printed="LANTERN BAY --"),
        authors=(Author(name="Inês Quartel", slug="ines"), Author(name="Odd", slug="odd")),
        updated=datetime(2026, 11, 23, 6, 0, tzinfo=UTC),
        correction="It was nine to two.",
        tags=(Tag(name="Ferries", slug="ferries"), Tag(name="Lamps", slug="lamps")),
        images=(
            Image(url="https://count.example/1.gif", width=1, height=1),
            Image(url="https://courier.example/feeds/media/bay.jpg", alt="The bay", width=900),
        ),
    )


class TestHtml:
    def test_has_all_that_an_entry_has(self, render, full):
        page = tree(render(full))
        words = text(page.find("body"))
        assert page.findtext(".//h1") == "Lantern Bay Daily"
        title = page.find(".//h2/a")
        assert title.text == "Night ferry stays"
        assert title.get("href") == "https://courier.example/feeds/entries/ferry.html"
        for part in (
            "Monday, 23 November 2026",
            "Harbour · LANTERN BAY",
            "The night ferry goes on.",
            "Correction. It was nine to two.",
            "Inês Quartel, Odd",
            "22 November 2026, updated 23 November 2026",
            "Ferries · Lamps",
        ):
            assert part in words

    def test_pictures_fit_and_counting_ones_stay_out(self, render, full):
        (image,) = tree(render(full)).iter("img")
        assert image.get("src") == "https://courier.example/feeds/media/bay.jpg"
        assert (image.get("alt"), image.get("width")) == ("The bay", "552")
        assert "max-width:552px" in image.get("style")

    def test_a_picture_without_words_takes_the_title(self, render, make_entry):
        image = Image(url="https://courier.example/feeds/media/bay.jpg")
        assert tree(render(make_entry(images=(image,)))).find(".//img").get("alt") == (
            "Night ferry stays"
        )

    def test_its_head_is_complete(self, render, make_entry):
        rendered = render(make_entry())
        page = tree(rendered)
        assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
        assert page.findtext(".//title") == rendered.subject
        names = {meta.get("name") for meta in page.iter("meta")}
        assert names >= {"viewport", "color-scheme", "supported-color-schemes"}
        assert "charset=UTF-8" in rendered.html
        styles = " ".join(style.text for style in page.iter("style"))
        assert "prefers-color-scheme: dark" in styles
        assert "[data-ogsc]" in styles

    def test_fetches_nothing(self, render, full):
        html = render(full).html
        assert not tree(render(full)).xpath("//script|//form|//iframe|//link[@rel='stylesheet']")
        assert "@import" not in html
        assert "url(" not in html
        assert "fonts.g" not in html

    def test_layout_tables_are_no_data(self, render, full):
        assert {table.get("role") for table in tree(render(full)).iter("table")} == {"presentation"}

    def test_links_of_the_recipient_are_marks(self, render, make_entry):
        rendered = render(make_entry())
        hrefs = {text(a): a.get("href") for a in tree(rendered).iter("a")}
        assert hrefs["Unsubscribe"] == Mark.LEAVE
        assert hrefs["Choose what you get"] == Mark.PREFERENCES
        assert hrefs["View in browser"].endswith("/editions/daily-2026-11-23-0700.html")
        assert rendered.text.count(Mark.LEAVE) == 1
        assert rendered.text.count(Mark.PREFERENCES) == 1

    def test_each_entry_has_its_own_language_and_side(self, render, make_entry):
        page = tree(render(make_entry(language="ar"), make_entry()))
        items = page.xpath("//div[@class='line']")
        assert [(one.get("lang"), one.get("dir")) for one in items] == [
            ("ar", "rtl"),
            ("en", "ltr"),
        ]
        assert "text-align:right" in items[0].get("style")

    def test_a_newsletter_may_run_from_right_to_left(self, render, make_entry, newsletter):
        page = tree(render(make_entry(), newsletter=replace(newsletter, language="ar")))
        assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
        assert "2026-11-23" in text(page)

    def test_twenty_long_entries_stay_small(self, render, full):
        long = replace(full, title="Night ferry " * 9, summary="x" * 279 + "…")
        rendered = render(full, *[replace(long, correction="")] * 19)
        assert len(rendered.html.encode()) < 35_000

    def test_nothing_is_wider_than_a_phone_without_styles(self, render, full):
        html = re.sub(r"<style.*?</style>|<!--.*?-->", "", render(full).html, flags=re.DOTALL)
        page = lxml.html.document_fromstring(html)
        for element in page.iter():
            style = element.get("style") or ""
            assert not re.search(r"(?<!-)width:\d+px", style)
            if element.tag == "table":
                assert (element.get("width") or "100%") == "100%"

    def test_what_was_left_out_is_said(self, render, make_entry):
        assert "more article" not in text(tree(render(make_entry())))
        assert "1 more article at The Lantern Bay Courier" in text(tree(render(more=1)))
        rendered = render(make_entry(), more=7)
        assert "7 more articles at The Lantern Bay Courier" in text(tree(rendered))
        assert "7 more articles at The Lantern Bay Courier:" in rendered.text

    def test_the_day_is_that_of_the_newsletters_zone(self, render, make_entry, newsletter):
        auckland = replace(newsletter, timezone="Pacific/Auckland", language="de")
        page = tree(
            render(make_entry(), newsletter=auckland, slot=datetime(2026, 11, 22, 18, tzinfo=UTC))
        )
        assert "Montag, 23. November 2026" in text(page)

    def test_a_reader_may_have_it_in_another_language(self, render, full, newsletter):
        rendered = render(full, more=2, language="de")
        page = tree(rendered)
        assert (page.get("lang"), page.get("dir"), rendered.language) == ("de", "ltr", "de")
        heading = page.find(".//h1")
        assert (heading.get("lang"), heading.text) == ("en", "Lantern Bay Daily")
        assert page.xpath("//div[@class='line']")[0].get("lang") == "en"
        words = text(page.find("body"))
        for part in (
            "Im Browser ansehen",
            "Montag, 23. November 2026",
            "22. November 2026, aktualisiert 23. November 2026",
            "Korrektur. It was nine to two.",
            "2 weitere Artikel",
            "Sie bekommen dies, weil Sie Lantern Bay Daily abonniert haben.",
            "Abbestellen",
        ):
            assert part in words
        assert "Unsubscribe" not in rendered.html + rendered.text
        # What is cached for one language is not taken for another.
        assert render(full, more=2).html == render(full, more=2, language="").html != rendered.html

    def test_words_stand_right_in_a_newsletter_that_runs_the_other_way(
        self, render, make_entry, newsletter
    ):
        page = tree(
            render(make_entry(), newsletter=replace(newsletter, language="ar"), language="de")
        )
        assert (page.get("lang"), page.get("dir")) == ("de", "ltr")
        assert page.find(".//h1").get("dir") == "rtl"

    def test_an_edition_of_nothing_can_be_rendered(self, render):
        assert render().subject == "Lantern Bay Daily: Monday, 23 November 2026"


class TestText:
    def test_is_written_for_people(self, render, full):
        words = render(full, replace(full, title="Tom & Jerry's <b>")).text
        assert words.startswith("Lantern Bay Daily\n=================\nMonday, 23 November 2026\n")
        for line in (
            "Night ferry stays",
            "Harbour · LANTERN BAY",
            "By Inês Quartel, Odd",
            "22 November 2026, updated 23 November 2026",
            "Correction: It was nine to two.",
            "https://courier.example/feeds/entries/ferry.html",
            "Tags: Ferries, Lamps",
            "Tom & Jerry's <b>",
            "https://courier.example/feeds/editions/daily-2026-11-23-0700.html",
        ):
            assert line in words.splitlines()
        assert "&amp;" not in words
        assert "\n\n\n\n" not in words

    def test_lines_are_short_and_addresses_whole(self, render, make_entry):
        url = "https://elsewhere.example/" + "long/" * 40
        entry = make_entry(summary="word " * 60, url=url, title="A title " * 20)
        lines = render(entry).text.splitlines()
        assert url in lines
        assert max(len(line) for line in lines if "://" not in line) <= 72


class TestSubject:
    def test_names_the_newsletter_and_the_first_entry(self, render, make_entry):
        assert render(make_entry()).subject == "Lantern Bay Daily: Night ferry stays"

    def test_is_one_line_of_at_most_78_characters(self, render, make_entry):
        subject = render(
            make_entry(title="Night\r\nBcc: x@y.example\x00 ferry " + "stays " * 30)
        ).subject
        assert subject.startswith("Lantern Bay Daily: Night Bcc: x@y.example ferry stays")
        assert len(subject) <= 78
        assert subject.endswith("stays…")
        assert subject.isprintable()

    @pytest.mark.parametrize("words", ["Re: x", "FWD: Re: x", "re : x", "AW: x", "Fw: RE[2]: x"])
    def test_never_looks_like_an_answer(self, render, make_entry, words):
        own = {"digest/subject.txt": "{{ entries[0].title }}"}
        assert render(make_entry(title=words), own=own).subject == "x"

    def test_is_never_empty(self, render, make_entry):
        own = {"digest/subject.txt": "{{ '' }}"}
        assert render(make_entry(), own=own).subject == "Lantern Bay Daily"


class TestPreheader:
    def test_is_the_first_summaries_and_hidden_in_the_html(self, render, make_entry):
        rendered = render(make_entry(summary="One."), make_entry(summary="Two."))
        assert rendered.preheader == "One. Two."
        hidden = tree(rendered).xpath("//body/div[contains(@style, 'display:none')]")
        assert hidden[0].text == "One. Two."

    def test_is_cut_at_a_word(self, render, make_entry):
        preheader = render(make_entry(summary="lamps " * 50)).preheader
        assert len(preheader) <= 140
        assert preheader.endswith("lamps…")


class TestContent:
    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(WORDS)
    def test_words_from_outside_stay_words(self, render, make_entry, words):
        wild = make_entry(
            title=words,
            summary=words,
            correction=words,
            authors=(Author(name=words, slug="a"),),
            tags=(Tag(name=words, slug="t"),),
            section=Section(name=words, slug="s"),
            images=(Image(url="https://courier.example/a.jpg", alt=words),),
        )
        tame = replace(
            wild,
            title="x",
            summary="x",
            correction="x",
            section=Section(name="x", slug="s"),
            authors=(Author(name="x", slug="a"),),
            tags=(Tag(name="x", slug="t"),),
        )
        rendered = render(wild)
        page = tree(rendered)
        # White space folds, also kinds of it that the strategy's own strip leaves at an end.
        said = words.split()
        assert page.find(".//h2/a").text.split() == said
        assert page.find(".//img").get("alt").split() == said
        shape = [(one.tag, sorted(one.keys())) for one in page.iter()]
        assert shape == [(one.tag, sorted(one.keys())) for one in tree(render(tame)).iter()]

    @pytest.mark.parametrize(
        "words",
        [
            "{{ 7 * 7 }}",
            "{% for x in y %}",
            "{# gone #}",
            "{{ leave }}",
            "{{ ''.__class__.__mro__ }}",
            "<mj-include path='/etc/hostname' />",
            "</mj-text><mj-raw>",
            "1 < 2 & 3",
            "]]>",
        ],
    )
    def test_template_signs_from_outside_are_shown(self, render, make_entry, words):
        rendered = render(make_entry(title=words, summary=words))
        assert tree(rendered).find(".//h2/a").text == words
        assert words in rendered.text.splitlines()
        assert words in rendered.subject
        assert words in rendered.preheader

    def test_nobody_can_write_a_mark_into_an_article(self, render, make_entry, newsletter):
        stolen = f"x {Mark.LEAVE} y"
        rendered = render(
            make_entry(title=stolen, summary=stolen, url=f"https://x.example/{Mark.LEAVE}"),
            newsletter=replace(newsletter, title=stolen),
        )
        assert rendered.html.count(Mark.LEAVE) == 1
        assert rendered.text.count(Mark.LEAVE) == 1
        assert "\ufdd0" not in rendered.subject + rendered.preheader

    def test_depth_in_an_article_does_not_reach_the_compiler(self, render, make_entry):
        assert render(make_entry(summary="<b>" * 20_000)).html.count("&lt;b&gt;") > 19_999


class TestRestyling:
    def test_templates_of_the_same_name_are_used(self, render, make_entry):
        own = {
            "digest/digest.mjml": "<mjml><mj-body><mj-raw><p>{{ entries[0].title }}</p></mj-raw></mj-body></mjml>",
            "digest/digest.txt": "{{ entries[0].title }} & more {{ leave }}",
            "digest/subject.txt": "News of {{ date }}\n",
        }
        rendered = render(make_entry(title="A & B"), own=own)
        assert "<p>A &amp; B</p>" in rendered.html
        assert rendered.text == f"A & B & more {Mark.LEAVE}\n"
        assert rendered.subject == "News of Monday, 23 November 2026"

    def test_another_template_may_leave_text_and_subject_to_the_usual_ones(
        self, templates, newsletter, publication, make_entry
    ):
        brief = "<mjml><mj-body><mj-raw><p>{{ date }}</p></mj-raw></mj-body></mjml>"
        own = templates | {"digest/brief.mjml": brief, "digest/brief.subject.txt": "Brief"}
        rendered = Digest(own, "brief").render(
            newsletter,
            [make_entry()],
            slot=datetime(2026, 11, 23, 7, tzinfo=UTC),
            publication=publication,
            archive="https://courier.example/a",
        )
        assert rendered.subject == "Brief"
        assert rendered.text.startswith("Lantern Bay Daily\n")

    def test_a_missing_template_is_named(self, templates):
        with pytest.raises(TemplateError) as caught:
            Digest(templates, "weekly")
        assert caught.value.path == "templates/digest/weekly.mjml"
        assert "publisher.toml" in caught.value.mend

    @pytest.mark.parametrize(
        ("name", "line", "replacement", "says"),
        [
            ("digest/digest.mjml", "{{ date }}", "{{ dtae }}", "'dtae' is undefined"),
            ("digest/digest.mjml", "{{ entry.summary }}", "{{ entry.sumary }}", "sumary"),
            ("digest/digest.mjml", "{{ date }}", "{{ date.__class__ }}", "unsafe"),
            ("digest/digest.mjml", "{{ date }}", "{{ date }", "can't be read"),
            ("digest/digest.mjml", "{% if more %}", "{% if 3 < more %}", "'<' stands inside"),
            ("digest/digest.mjml", "</h1>", "</h2>", "</h2> closes nothing"),
            ("digest/digest.txt", "{{ date }}", "{{ dtae }}", "'dtae' is undefined"),
            ("digest/digest.txt", "{{ date }}", "{{ date|nothing }}", "nothing"),
            ("digest/subject.txt", "{{ newsletter.title }}", "{{ newsletter.tilte }}", "tilte"),
        ],
    )
    def test_a_mistake_is_named_with_the_operators_line(
        self, templates, render, make_entry, name, line, replacement, says
    ):
        source = templates[name]
        number = source.count("\n", 0, source.index(line)) + 1
        with pytest.raises(TemplateError) as caught:
            render(make_entry(), more=1, own={name: source.replace(line, replacement)})
        error = caught.value
        assert (error.path, error.line) == (f"templates/{name}", number)
        assert says in error.what
        assert error.mend
