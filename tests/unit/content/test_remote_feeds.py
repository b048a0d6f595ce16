"""Somebody's feed, whatever is in it, becomes articles that can be read, or one plain word why not."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher.content import compose_article, read_article, read_feed
from publisher.content.markup.uris import is_uri
from publisher.errors import ArticleError, FetchError
from publisher.model import Article, Publication
from tests.system.remote import ATOM, JSON, RDF, item, rss

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PUBLICATION = Publication(title="Paper", url="https://paper.example/", domain="paper.example")
URL = "https://skerry.example/feed"


def retold(data, kind="application/xml", now=NOW):
    return read_feed(
        data, url=URL, media_type=kind, name="blog", domain="paper.example", now=now
    ).articles


def entries(data, **options):
    return [entry_of(one) for one in retold(data, **options)]


def entry_of(one):
    path = f"_sources/blog/{one.slug}-{one.key}.html"
    article = Article(path=path, data=compose_article(one.text, section="Blogs", tags=("T",)))
    return read_article(article, PUBLICATION, identity=None, now=NOW).entry


SEEDS = st.sampled_from([ATOM, RDF, JSON, rss(item(), item("Two", "two", "7"))])
SPLICES = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 40), st.one_of(
        st.binary(max_size=8),
        st.sampled_from([b"<", b">", b"&", b"]]>", b"<![CDATA[", b"\x00", b"\xff", b"&#x0;", b"&#xD800;",
                         b"xml:base='http://[x'", b"href='http://a:b'", b"<entry>", b"</item>", b"null", b"[", b"9" * 400,
                         b"\xed\xa0\x80", b"<!DOCTYPE a [", b"<link href='//['/>", b'"\\ud800"', b"1e999", b"-1"]),
    )),
    max_size=6,
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=150)
@given(SEEDS, SPLICES)
@example(rss(item('x" y: {{', html="\u2028\ufeff")), [])
def test_any_feed_gives_articles_or_a_plain_word(data, splices):
    for at, cut, more in splices:
        data = data[:at] + more + data[at + cut :]
    try:
        articles = retold(data)
    except FetchError:
        return
    for one in articles:
        try:
            entry = entry_of(one)
        except ArticleError:
            continue
        assert is_uri(entry.id)
        assert entry.title


def test_a_reference_to_no_character_costs_the_reference_alone():
    data = rss(
        item("A&#x1;&#0;&#xD800;&#xFFFE;&#99999999; &#233;&#146;s B", html="<p>x</p>"), item()
    )
    assert [entry.title for entry in entries(data)] == ["A é’s B"]
    data = rss(item("Bell &#7; &#xD83D;&#xDE00; rang"))
    assert [entry.title for entry in entries(data)] == ["Bell rang"]


def test_what_is_missing_is_made_up_for():
    data = rss(
        "<item><description>Only &lt;b&gt;this&lt;/b&gt; is told. More.</description></item>"
    )
    (entry,) = entries(data)
    assert entry.title == "Only this is told. More."
    assert entry.html == "Only <b>this</b> is told. More."
    assert entry.id.startswith("tag:paper.example,2000-01-01:blog/Only")
    assert [author.name for author in entry.authors] == ["Skerry Notes"]
    assert entry.published_from == "first seen"


def test_an_entry_is_filed_as_its_source_says():
    (entry,) = entries(rss(item()))
    assert (entry.section.name, [tag.name for tag in entry.tags][:2]) == ("Blogs", ["T", "Tides"])


def test_the_language_of_an_item_is_its_own():
    arabic = "<dc:language xmlns:dc='http://purl.org/dc/elements/1.1/'>ar</dc:language>"
    assert [one.language for one in entries(rss(item(more=arabic)))] == ["ar"]


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Fri, 20 Nov 2026 08:00:00 GMT", True),
        ("Fri, 20 Nov 2026 08:00:00 +0100", True),
        ("2026-11-20T08:00:00Z", True),
        ("Fri, 27 Nov 2026 08:00:00 GMT", False),  # elsewhere it is out already
        ("Mon, 01 Jan 0001 00:00:00 GMT", False),
        ("soon", False),
    ],
)
def test_a_date_is_kept_if_it_can_be_one(date, told):
    data = rss(item()).replace(b"Fri, 20 Nov 2026 08:00:00 GMT", date.encode())
    (entry,) = entries(data)
    assert (entry.published_from == "front matter") is told


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("tag:paper.example,2026-11-12:ferry", True),
        ("tag:Paper,x:ferry", False),
        ("urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6", True),
        ("urn:uuid:1", False),
        ("urn:isbn:1", True),
        ("urn:x:1", False),
        ("https://paper.example/?p=1#a", True),
        ("http:paper", False),
        ("http://paper.example/%zz", False),
        ("a:<b>", False),
        ("post-7", False),
        ("x:" + "y" * 500, True),
        ("x:" + "y" * 501, False),
    ],
)
def test_an_id_is_a_uri_by_the_rules_of_its_scheme(text, is_one):
    assert is_uri(text) is is_one
