from __future__ import annotations

import re
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content import RECIPE, read_article, text_in
from publisher.content.text.characters import forbidden
from publisher.errors import ArticleError
from publisher.model import Article, Identity, Publication, TagKind

SEED = Path(__file__).parents[4] / "shared" / "data" / "seed-wire-story.txt"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PUBLICATION = Publication(title="P", url="https://post.example/", domain="post.example")
IDENTITY = Identity(
    id="tag:post.example,2020-01-01:old", slug="old", first_seen=datetime(2020, 1, 1, tzinfo=UTC)
)


def test_the_recipe_has_a_version():
    assert RECIPE


def test_identity_is_kept_whatever_an_editor_changes(read):
    reading = read("# A new title\n\nText.", "renamed.md", identity=IDENTITY)
    entry = reading.entry
    assert (entry.id, entry.slug, entry.published) == (
        IDENTITY.id, IDENTITY.slug, IDENTITY.first_seen,
    )  # fmt: skip
    assert not reading.findings


def test_a_new_slug_moves_the_address_but_not_the_id(read):
    entry = read("---\nslug: New One\n---\n# T\n\nText.", identity=IDENTITY)
    assert entry.entry.slug == "new-one"
    assert entry.entry.id == IDENTITY.id
    assert entry.findings[0].line == 2


def test_an_id_in_front_matter_is_kept_at_first_sight_only(read):
    text = "---\nid: urn:isbn:1\n---\n# T\n\nText."
    assert read(text).entry.id == "urn:isbn:1"
    reading = read(text, identity=IDENTITY)
    assert reading.entry.id == IDENTITY.id
    assert "another id is ignored" in reading.findings[0].what


def test_the_id_has_the_local_day_of_publication(read):
    entry = read("---\ndate: 2026-11-22 23:30\n---\n# T\n\nText.", "a.md").entry
    assert entry.id == "tag:post.example,2026-11-22:a"
    assert entry.published.isoformat() == "2026-11-23T04:30:00+00:00"


def test_moments_are_whole_seconds_in_utc(read):
    entry = read("# T\n\nText.", now=NOW.replace(microsecond=5)).entry
    assert entry.published == NOW
    assert entry.published_from == "first seen"


def test_the_dateline_gives_the_year_of_first_sight(read):
    entry = read("Head\n\nOSLO, Dec. 27 (AP) — Text.", "a.txt", identity=IDENTITY).entry
    assert entry.published_from == "dateline"
    assert entry.published.isoformat() == "2019-12-27T05:00:00+00:00"


def test_a_dateline_stays_printed_but_not_in_the_summary(read):
    entry = read("Head\n\nOSLO (AP) — The ferry is back.", "a.txt").entry
    assert entry.html.startswith("<p>OSLO (AP) — ")
    assert text_in(entry.html).startswith("OSLO (AP) — ")
    assert entry.summary == "The ferry is back."


def test_a_page_whose_date_cannot_be_read_is_told(read):
    reading = read("<meta name=date content='last week'><h1>T</h1><p>x", "a.html")
    assert reading.entry.published_from == "first seen"
    assert "metadata" in reading.findings[0].what


def test_the_first_heading_is_the_title_and_others_step_down(read):
    entry = read("# One\n\nText.\n\n# Two\n").entry
    assert entry.title == "One"
    assert entry.html == "<p>Text.</p>\n<h2>Two</h2>"
    entry = read("---\ntitle: Zero\n---\n# One\n\nText.").entry
    assert entry.html.startswith("<h2>One</h2>")


def test_the_title_of_a_page_without_heading_comes_from_its_head(read):
    assert read("<title>Head</title><p>x", "a.html").entry.title == "Head"
    page = "<title>Head</title><meta property='og:title' content='Graph'><p>x"
    assert read(page, "a.html").entry.title == "Graph"


def test_limits_are_arguments(read):
    with pytest.raises(ArticleError, match="too large"):
        read("# T\n\nText.", max_bytes=3)
    assert len(read("# T\n\nThe long text goes on.", summary_limit=10).entry.summary) <= 10


def words_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from words_of(item)
    elif hasattr(value, "__dataclass_fields__"):
        for item in fields(value):
            yield from words_of(getattr(value, item.name))


def check(path, data):
    article = Article(path=path, data=data)
    mistake = None
    try:
        reading = read_article(article, PUBLICATION, identity=None, now=NOW)
    except ArticleError as error:
        mistake = error
    if mistake is not None:
        assert mistake.path == path
        assert mistake.mend or mistake.line
        return
    assert not [text for text in words_of(reading.entry) if forbidden(text)]
    assert len(reading.entry.summary) <= 280 or reading.entry.summary_by == "editor"
    again = read_article(article, PUBLICATION, identity=None, now=NOW)
    assert again == reading


PATHS = st.sampled_from(["a.txt", "b/c.md", "d.html", "e.pdf", "index.htm"])
PIECES = st.lists(
    st.sampled_from(
        ["---\n", "title: x\n", "date: 2026-01-01\n", "tags: [a, b]\n", "image: a.png\n", "\n\n",
         "# Head\n", "OSLO (AP) — ", "By Ann Example\n", "(Reporting by X; Editing by Y)\n", "___\n",
         "<h1>", "<p>", "<img src=a.png>", "<a href=b.md>", "&#1;", "&#xFDD1;", "[x](y)", "![](z.svg)",
         "\x07", "Ann Example said. ", "\ufdd0", "<meta name=author content=x>", "- item\n", "| a |\n"]
    )
    | st.text(max_size=12),
    max_size=25,
).map("".join)  # fmt: skip


@given(PATHS, PIECES)
def test_any_text_is_an_entry_or_a_named_mistake(path, text):
    check(path, text.encode("utf-8", "surrogatepass"))


@given(PATHS, st.binary(max_size=300))
@pytest.mark.threat(14)
def test_any_bytes_are_an_entry_or_a_named_mistake(path, data):
    check(path, data)


MEGABYTE = 1_000_000
LONG = {
    "one paragraph.txt": "Head\n\n" + "word and Word. " * (MEGABYTE // 15),
    "one word.txt": "Head\n\n" + "x" * MEGABYTE,
    "names.txt": "Head\n\n" + "Ann Bee " * (MEGABYTE // 8),
    "dots.txt": "Head\n\n" + "A." * (MEGABYTE // 2),
    "spaces.html": "<h1>H</h1><p>x" + " " * MEGABYTE + "y",
    "attributes.html": "<h1>H</h1><p>x<img width=" + " " * MEGABYTE,
    "srcset.html": "<h1>H</h1><p>x<img alt=x srcset='" + "a" * MEGABYTE + " x y'>",
    "brackets.md": "# H\n\nx " + "[" * MEGABYTE,
    "quotes.md": "# H\n\nx " + ">" * MEGABYTE,
    "tags.html": "<h1>H</h1><p>x" + "<" * MEGABYTE,
    "comments.html": "<h1>H</h1><p>x" + "<!--" * (MEGABYTE // 4),
    "links.md": "# H\n\n" + "[a](b.md) " * (MEGABYTE // 50),
}


@pytest.mark.slow
@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", LONG)
def test_a_long_article_does_not_hang(name):
    check(name, LONG[name].encode())


def seed():
    if not SEED.exists():
        pytest.skip("seed-wire-story.txt is missing: ../shared/data is not beside the project")
    return Article(path="seed-wire-story.txt", data=SEED.read_bytes())


def test_the_seed_story_reads_as_an_editor_would_enter_it():
    entry = read_article(seed(), PUBLICATION, identity=None, now=NOW).entry
    assert (entry.dateline.place, entry.dateline.agency) == ("BEIJING", "AP")
    assert len(text_in(entry.html).split("\n\n")) == 11
    assert entry.authors == ()
    assert entry.published_from == "first seen"
    assert len(entry.summary) == 211
    assert entry.summary.endswith("an official said Thursday.")
    by_kind = {kind: {t.name for t in entry.tags if t.kind is kind} for kind in TagKind}
    assert {"China", "Russia", "Taiwan", "Ukraine"} <= by_kind[TagKind.PLACE]
    assert by_kind[TagKind.PLACE] <= {"China", "Russia", "Taiwan", "Ukraine", "United States"}
    assert by_kind[TagKind.PERSON] == {
        "Wei Fenghe", "Sergei Shoigu", "Xi Jinping", "Vladimir Putin", "Tan Kefei", "Joseph Wu",
        "Kira Rudik",
    }  # fmt: skip
    assert by_kind[TagKind.ORGANISATION] == {"NATO", "Communist Party"}
    assert by_kind[TagKind.TOPIC] == set()


def test_reading_needs_little_stack():
    nested = "# T\n\n" + "> " * 60 + "deep\n"
    limit = sys.getrecursionlimit()
    check("a.md", nested.encode())
    assert sys.getrecursionlimit() == limit


def test_entries_with_an_address_of_their_own(read):
    entry = read("---\nurl: https://old.example/a\n---\n# T\n\n[x](b) ![i](c.png)").entry
    assert entry.url == "https://old.example/a"
    assert 'href="https://old.example/b"' in entry.html
    assert re.search(r'src="https://post.example/media/story/c.png"', entry.html)
    assert replace(entry, url="").page == "entries/story.html"
