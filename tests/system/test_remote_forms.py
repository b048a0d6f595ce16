"""What other people's feeds may be: every format and encoding, wrong, or made to harm."""

import pytest

from tests.system.remote import ATOM, JSON, RDF, entries, item, rss, said


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
