import json

import pytest

from publisher.checks.feeds import check_feed
from publisher.feeds import choose_feeds, render_feed
from publisher.model import FEED_FORMATS, Severity
from tests.unit.feeds.samples import (
    FERRY,
    PUBLICATION,
    TESSALY,
    entry,
    far_entries,
    rich_entries,
)


def rendered(form, *entries):
    entries = entries or [
        entry(
            authors=(TESSALY,),
            tags=(FERRY,),
            html='<p><a href="https://x.example/">There</a></p>',
            enclosures=[e for r in rich_entries() for e in r.enclosures],
        )
    ]
    return render_feed(choose_feeds(entries, PUBLICATION, 99)[0], PUBLICATION, form).decode()


def found(text, form, severity=None):
    findings = check_feed(text.encode(), form, "rss.xml")
    return [f.what for f in findings if severity is None or f.severity is severity]


def changed(form, old, new):
    text = rendered(form)
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize("form", FEED_FORMATS)
def test_nothing_is_said_of_the_feeds_that_we_write(form):
    for entries in (rich_entries(), far_entries(), [entry()]):
        assert check_feed(rendered(form, *entries).encode(), form, "x") == []
    empty = choose_feeds([], PUBLICATION, 9)[0]
    assert check_feed(render_feed(empty, PUBLICATION, form), form, "x") == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("</channel>", "", "not well-formed"),
        ("<rss", "<rsx", "not well-formed"),
        ("version='1.0'", "version='1.0' encoding='x'", "not well-formed"),
        ('version="2.0"', 'version="3.0"', "no version 2.0"),
        ("<title>The Quill", "<title></title><title>The Quill", "exactly one title"),
        ("<link>https://lantern.example/news/index.html</link>", "", "exactly one link"),
        ("<link>https://lantern.example/news/entries", "<link>/entries", "no absolute web address"),
        ("Tue, 27 Oct", "Wed, 27 Oct", "is no date"),
        ("27 Oct 2026", "31 Sep 2026", "is no date"),
        ("12:00:00 GMT", "12:00:00", "is no date"),
        ("27 Oct", "27 Okt", "is no date"),
        ('isPermaLink="false"', "", "is no web address"),
        ('length="9"', 'length="-1"', "no length in bytes"),
        ('type="audio/mpeg"', "", "no length in bytes"),
        (' url="https://lantern', ' url="//lantern', "no absolute web address"),
        ("<enclosure", '<enclosure url="https://x.example/" length="0" type="a/b"/><enclosure',
         "more than one enclosure"),
        ("<pubDate>", "<pubDate>Tue, 27 Oct 2026 12:00:00 GMT</pubDate><pubDate>", "more than one pubDate"),
    ],
)  # fmt: skip
def test_what_makes_rss_invalid_is_an_error(old, new, what):
    assert any(what in each for each in found(changed("rss", old, new), "rss", Severity.ERROR))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Tessaly Brook", " ", "blank name"),
        ('rel="self"', 'rel="related"', "its own address"),
        (">tag:lantern.example,2026-10-27:ferry<", "><", "no guid"),
        ("<description>The ferry is back, and it floats.</description>", "", "without a description"),
        ("The ferry is back", "The ferry \u0092is back", "wrong encoding"),
        ("The ferry is back", "The ferry \ufffdis back", "wrong encoding"),
    ],
)  # fmt: skip
def test_what_a_reader_may_show_wrongly_in_rss_is_a_warning(old, new, what):
    text = changed("rss", old, new)
    assert found(text, "rss", Severity.ERROR) == []
    assert any(what in each for each in found(text, "rss", Severity.WARNING))


def test_an_item_needs_a_title_or_a_description():
    text = rendered("rss", entry(summary=""))
    start, end = text.index("<item>") + 6, text.index("<guid")
    assert found(text[:start] + text[end:], "rss") == ["an item has neither title nor description"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("</feed>", "", "not well-formed"),
        ("http://www.w3.org/2005/Atom", "http://x.example/", "the root is <feed>"),
        ("<id>tag:lantern.example,2000-01-01:feeds/</id>", "", "exactly one id"),
        ("<title>The ferry is back</title>", "<title> </title>", "exactly one title"),
        ("<updated>2026-10-27T12:00:00+00:00</updated>", "<updated>2026-10-27</updated>", "is no date"),
        ("<published>2026-10-27T12", "<published>2026-10-27T25", "is no date"),
        (">tag:lantern.example,2026-10-27:ferry<", ">ferry<", "is no IRI"),
        ('href="https://lantern.example/news/entries', 'href="/entries', "no absolute web address"),
        ('href="https://lantern.example/news/entries/', 'href="https://lantern.example/a b', "no absolute"),
        ('term="ferry" ', "", "no term"),
        ("<name>Tessaly Brook</name>", "", "has no name"),
        ('<link rel="alternate"', '<link type="text/html" href="https://x.example/"/><link rel="alternate"',
         "same type and language"),
    ],
)  # fmt: skip
def test_what_makes_atom_invalid_is_an_error(old, new, what):
    assert any(what in each for each in found(changed("atom", old, new), "atom", Severity.ERROR))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Tessaly Brook", " ", "blank name"),
        ('rel="self"', 'rel="related"', "its own address"),
        ("<published>2026", "<published>2027", "before it was published"),
    ],
)
def test_what_a_reader_may_show_wrongly_in_atom_is_a_warning(old, new, what):
    text = changed("atom", old, new)
    assert found(text, "atom", Severity.ERROR) == []
    assert any(what in each for each in found(text, "atom", Severity.WARNING))


def test_an_atom_entry_needs_an_author_somewhere():
    text = rendered("atom", entry())
    start, end = text.index("<author>"), text.index("</author>") + 9
    assert found(text[:start] + text[end:], "atom") == ["neither entry nor feed has an author"]


def test_an_atom_entry_needs_content_or_an_alternate_link():
    text = rendered("atom", entry())
    start, end = text.index("<content"), text.index("</content>") + 10
    text = text[:start] + text[end:]
    assert found(text, "atom") == []
    text = text.replace('rel="alternate" type="text/html" href="https://lantern.example/news/e',
                        'rel="related" href="https://lantern.example/news/e')  # fmt: skip
    assert found(text, "atom") == ["an entry needs one content or an alternate link"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda f: f.pop("version"), "no version"),
        (lambda f: f.pop("title"), "no title"),
        (lambda f: f.pop("items"), "no list of items"),
        (lambda f: f.update(items=[1]), "no list of items"),
        (lambda f: f.update(feed_url="feed.json"), "feed_url 'feed.json' is no web address"),
        (lambda f: f.update(title="a\x07"), "control characters"),
        (lambda f: f["items"][0].pop("id"), "no id"),
        (lambda f: f["items"][0].update(id=7), "no id"),
        (lambda f: f["items"][0].pop("content_html"), "neither content_html"),
        (lambda f: f["items"][0].update(url="http://[x"), "is no web address"),
        (lambda f: f["items"][0].update(date_published="yesterday"), "is no date"),
        (lambda f: f["items"][0].update(authors=[{"name": " "}]), "without a name"),
        (lambda f: f["items"][0]["attachments"][0].pop("mime_type"), "without url or mime_type"),
        (lambda f: f["items"][0]["attachments"][0].update(url="a.mp3"), "is no web address"),
        (lambda f: f["items"].append(f["items"][0]), "stands twice"),
    ],
)
def test_what_breaks_json_feed_is_an_error(change, what):
    feed = json.loads(rendered("json"))
    change(feed)
    assert any(what in each for each in found(json.dumps(feed), "json", Severity.ERROR))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, "1" * 5000])
def test_what_is_no_json_feed_is_an_error_and_no_crash(text):
    assert found(text, "json", Severity.ERROR)


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize("text", ["", "<", "<rss/>", "<feed/>", "\x00", "<rss>" * 100_000])
def test_what_is_no_feed_is_an_error_and_no_crash(form, text):
    assert found(text, form, Severity.ERROR)


@pytest.mark.parametrize("form", FEED_FORMATS)
def test_bytes_that_are_not_utf_8_are_named_with_their_line(form):
    (finding,) = check_feed(b"<a>\n\xe4</a>", form, "feeds/rss.xml")
    assert str(finding) == "feeds/rss.xml:2: the feed is not UTF-8"


@pytest.mark.parametrize(("form", "name"), [("rss", "guid"), ("atom", "id")])
def test_an_id_may_stand_only_once(form, name):
    text = rendered(form, entry("a"), entry("b"))
    text = text.replace("2026-10-27:b<", "2026-10-27:a<")
    assert found(text, form) == [f"the {name} 'tag:lantern.example,2026-10-27:a' stands twice"]


@pytest.mark.parametrize("form", FEED_FORMATS)
@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<a href="/a">x</a>', "/a"),
        ("<a class=b href='a.html'>x</a>", "a.html"),
        ('<p>x</p><a\nHREF="#top">x</a>', "#top"),
        ('<img alt="5 > 4" src=//x.example/a.png>', "//x.example/a.png"),
        ('<video poster="a.jpg"></video>', "a.jpg"),
        ('<img src="https://x.example/a" srcset="https://x.example/a 1x, b.png 2x">', "b.png"),
        ('<img srcset="b,c.png,https://x.example/a 2x">', "b,c.png,https://x.example/a"),
        ('<a href="">x</a>', ""),
        ('<a href="&#47;a">x</a>', "/a"),
    ],
)
def test_a_relative_reference_in_content_is_a_warning(form, html, address):
    (finding,) = check_feed(rendered(form, entry(html=html)).encode(), form, "x")
    assert finding.severity is Severity.WARNING
    assert repr(address) in finding.what


@pytest.mark.parametrize(
    "html",
    [
        '<p>Write href="/a" or &lt;a href="/a"&gt; in the page.</p>',
        '<img alt="an href=\'/a\' in words" src="https://x.example/a">',
        '<a href="mailto:ana@paper.example">x</a><a href="tel:+1">y</a>',
        '<img srcset="https://x.example/a,b.png 1x,https://x.example/c 2x">',
        '<p data-href="/a">1 < 2 and 3 > 2</p>',
        '<p title="never closed',
    ],
)
def test_what_only_looks_like_a_reference_is_left_alone(html):
    assert check_feed(rendered("json", entry(html=html)).encode(), "json", "x") == []
