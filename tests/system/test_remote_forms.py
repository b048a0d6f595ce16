"""What other people's feeds may be: every format and encoding, wrong, or made to harm."""

import json

import pytest

from tests.system.remote import entries, item, rss, said


@pytest.mark.parametrize(
    ("data", "kind", "title"),
    [
        ("<rss version='2.0'><channel><title>x</title>{}</channel></rss>".format(
            item("Überfahrt")).encode("latin-1"), "text/xml; charset=iso-8859-1", "Überfahrt"),
        ("<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>x</title>{}"
            "</channel></rss>".format(item("Überfahrt")).encode("cp1252"), "text/xml", "Überfahrt"),
        (rss(item("Überfahrt")).decode().replace("utf-8", "utf-16").encode("utf-16"),
            "application/rss+xml", "Überfahrt"),
        (b"\xef\xbb\xbf" + rss(item("Überfahrt")), "text/html", "Überfahrt"),
        (rss(item("A &nbsp; B &unknown; C")), "text/xml", "A B &unknown; C"),
        (rss(item("A \x0b\x1f B")), "text/xml", "A B"),
    ],
)  # fmt: skip
def test_encodings_that_are_told_wrongly_or_not_at_all(site, blog, data, kind, title):
    blog.pages["/feed"] = (200, {"Content-Type": kind}, data)
    site.build()
    assert [one["title"] for one in entries(site)] == [title]


ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://skerry.example/a/">
<title>Notes</title><id>urn:xx:feed</id><updated>2026-11-20T09:00:00Z</updated>
<author><name>Bo Lund</name><uri>https://bo.example/</uri></author>
<entry><id>urn:xx:1</id><title type="html">Low &amp;amp; lower</title><link href="1.html"/>
<published>2026-11-20T08:00:00Z</published><updated>2026-11-20T09:00:00Z</updated>
<category term="tides" label="Tides"/><summary>Short.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>See <a href="2.html">two</a>.</p>
</div></content></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://skerry.example/"><title>Notes</title>
<link>https://skerry.example/</link></channel><item rdf:about="urn:xx:1"><title>Low &amp;amp; lower</title>
<link>https://skerry.example/a/1.html</link><description>See &lt;a href="2.html"&gt;two&lt;/a&gt;.</description>
<dc:date>2026-11-20T08:00:00Z</dc:date><dc:creator>Bo Lund</dc:creator><dc:subject>Tides</dc:subject></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Notes",
        "authors": [{"name": "Bo Lund", "url": "https://bo.example/"}],
        "items": [
            {
                "id": "urn:xx:1",
                "url": "https://skerry.example/a/1.html",
                "title": "Low & lower",
                "content_html": '<p>See <a href="2.html">two</a>.</p>',
                "summary": "Short.",
                "date_published": "2026-11-20T10:00:00+02:00",
                "date_modified": "2026-11-20T09:00:00Z",
                "tags": ["Tides"],
            },
            "no object",
            {"id": 2, "content_text": "Only\ntext, & no title: " + "on and on " * 20},
        ],
    }
).encode()


@pytest.mark.parametrize(("form", "data"), [("atom", ATOM), ("rdf", RDF), ("json", JSON)])
def test_each_format_says_the_same(site, blog, form, data):
    blog.pages["/feed"] = (200, {}, data)
    assert said(site.build()) == []
    entry = next(one for one in entries(site) if "two" in one["content_html"])
    assert (entry["title"], entry["url"]) == ("Low & lower", "https://skerry.example/a/1.html")
    assert entry["date_published"] == "2026-11-20T08:00:00Z"
    assert entry["authors"][0]["name"] == "Bo Lund"
    assert entry["tags"] == ["Tides"]
    assert 'href="https://skerry.example/a/2.html"' in entry["content_html"]
    if form != "rdf":
        assert (entry["id"], entry["summary"]) == ("urn:xx:1", "Short.")
        assert entry["date_modified"] == "2026-11-20T09:00:00Z"
        assert entry["authors"][0]["url"] == "https://bo.example/"
    if form == "json":
        (note,) = (one for one in entries(site) if one != entry)
        assert note["title"] == "Only"
        assert note["id"] == "tag:courier.example,2000-01-01:blog/2"
        assert note["content_html"].startswith("<p>Only<br>text, &amp; no title")
        # It has no address of its own, so its page is ours.
        assert list((site.feeds / "entries").iterdir())


@pytest.mark.threat(5)
@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + b"".join(
            b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(98, 107)
        ) + b"]>" + rss(item("&j;")).partition(b"?>")[2],
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(item("&x;")).partition(b"?>")[2],
        b"/etc/passwd",
        b"<rss><channel>" + b"<a>" * 100_000,
        b"<rss>" + b"<a>" * 300 + b"</a>" * 300 + b"</rss>",
        b"<rss>" + b"<item/>" * 100_001 + b"</rss>",
        b"<rss " + b" ".join(b"a%d=''" % n for n in range(70_000)) + b"/>",
        b'{"items": ' + b"[" * 100_000,
        b'{"items": [{"id": [1], "title": {"a": 1}, "tags": 7, "authors": 3, "content_html": null}]}',
    ],
    ids=["bomb", "xxe", "a path", "soup", "deep", "many", "attributes", "deep json", "wrong kinds"],
)  # fmt: skip
def test_a_feed_made_to_harm_does_none(site, blog, data):
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    blog.pages["/feed"] = (200, {}, data)
    site.build()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024
    assert "root:" not in (site.feeds / "feed.json").read_text()
