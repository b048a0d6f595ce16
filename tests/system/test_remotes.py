"""Other people's feeds as a source, from real servers on loopback that are kind, slow or broken."""

import gzip
import json
import time
from datetime import timedelta

import pytest

from tests.servers import serving, speaking
from tests.system.conftest import NOW

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>Skerry Notes</title><link>https://skerry.example/</link><description>Notes</description>
<language>en-GB</language>{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><link>https://skerry.example/{slug}</link>
<guid isPermaLink="false">{id}</guid><pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate>
<dc:creator>Ana Reis</dc:creator><category>Tides</category>
<description>In short.</description>
<content:encoded><![CDATA[{html}]]></content:encoded>{more}</item>"""


def item(
    title="Ebb", slug="ebb", key="tag:skerry.example,2026:ebb", html="<p>Low water.</p>", more=""
):
    return ITEM.format(title=title, slug=slug, id=key, html=html, more=more)


def rss(*items):
    return RSS.format(items="".join(items)).encode()


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture
def blog(site, server):
    site.config(f'\n[sources.blog]\nurl = "{server.url("/feed")}"\nallow_private = true\n')
    server.pages["/feed"] = (200, {"ETag": '"1"', "Last-Modified": "yesterday"}, rss(item()))
    return server


def entries(site, path="feed.json"):
    return json.loads((site.feeds / path).read_text())["items"]


def said(report):
    return [f"{one.severity.value}: {one}" for one in report.findings]


def test_a_blog_that_exists_becomes_feeds_and_a_newsletter(site, blog):
    site.command("subscribers", "add", "ann@reader.example", "--newsletter", "daily")
    report = site.run()
    assert (report.articles, report.new, said(report)) == (1, 1, [])
    (entry,) = entries(site)
    assert entry["id"] == "tag:skerry.example,2026:ebb"
    assert entry["url"] == "https://skerry.example/ebb"
    assert entry["date_published"] == "2026-11-20T08:00:00Z"
    assert entry["authors"] == [{"name": "Ana Reis"}]
    assert entry["tags"] == ["Tides"]
    assert entry["summary"] == "In short."
    assert entry["content_html"] == "<p>Low water.</p>"
    assert entry["language"] == "en-GB"
    source = entry["_publisher"]["source"]
    assert (source["title"], source["feed_url"]) == ("Skerry Notes", blog.url("/feed"))
    assert entries(site, "tags/tides/feed.json") == [entry]
    assert entries(site, "authors/ana-reis/feed.json") == [entry]
    assert not (site.feeds / "entries").exists()  # it is read where it stands
    (mail,) = site.outbox()
    assert "https://skerry.example/ebb" in mail.read_text()


def test_nothing_is_asked_before_its_time_and_a_304_costs_nothing(site, blog, monkeypatch):
    site.build()
    assert site.build(NOW + timedelta(minutes=29)).written == 0
    assert len(blog.asked) == 1
    blog.pages["/feed"] = (304, {}, b"")
    monkeypatch.setattr("publisher.content.remote_feeds.read_feed", None)
    monkeypatch.setattr("publisher.content.remote_entries.compose_article", None)
    report = site.build(NOW + timedelta(minutes=30))
    assert (report.written, report.articles, report.changed) == (0, 1, 0)
    asked = blog.headers()
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"1"', "yesterday")
    assert asked["User-Agent"].startswith("publisher/")
    assert "https://courier.example/" in asked["User-Agent"]


def test_a_header_that_can_not_be_sent_back_is_not(site, blog):
    blog.pages["/feed"] = (200, {"ETag": '"a\r\n b"', "Last-Modified": "x" * 501}, rss(item()))
    site.build()
    assert said(site.build(NOW + timedelta(hours=1))) == []
    assert not {"If-None-Match", "If-Modified-Since"} & blog.headers().keys()


def test_what_leaves_the_feed_stays_and_what_changes_is_updated(site, blog):
    site.build()
    blog.pages["/feed"] = (200, {}, rss(item("Flood", "flood", "tag:skerry.example,2026:flood")))
    site.build(NOW + timedelta(hours=1))
    assert {one["title"] for one in entries(site)} == {"Ebb", "Flood"}
    blog.pages["/feed"] = (200, {}, rss(item(html="<p>Lower water.</p>")))
    report = site.build(NOW + timedelta(hours=2))
    assert (report.new, report.changed) == (0, 1)
    texts = {one["content_html"] for one in entries(site)}
    assert texts == {"<p>Low water.</p>", "<p>Lower water.</p>"}
    site.build(NOW + timedelta(hours=2), full=True)
    assert {one["content_html"] for one in entries(site)} == texts


def test_a_new_filing_needs_no_new_answer(site, blog):
    site.build()
    site.config('section = "Elsewhere"\ntags = ["Blogs", "Tides"]\n')
    report = site.build()
    assert (report.changed, len(blog.asked)) == (1, 1)
    (entry,) = entries(site, "sections/elsewhere/feed.json")
    assert entry["tags"] == ["Elsewhere", "Blogs", "Tides"]


def test_a_source_that_is_taken_out_takes_its_entries_along_and_brings_them_back(site, blog):
    site.build()
    toml = (site.folder / "publisher.toml").read_text()
    site.config(toml.partition("\n[sources")[0], add=False)
    assert site.build().gone == 1
    assert entries(site) == []
    site.config(toml, add=False)
    site.build()
    assert [one["title"] for one in entries(site)] == ["Ebb"]


def test_entries_without_usable_ids_get_ones_that_stay(site, blog):
    blog.pages["/feed"] = (200, {}, rss(item(key="Beitrag 7")))
    site.build()
    (entry,) = entries(site)
    assert entry["id"] == "tag:courier.example,2000-01-01:blog/Beitrag%207"
    blog.pages["/feed"] = (200, {}, rss(item("New title", "new", key="Beitrag 7")))
    site.build(NOW + timedelta(hours=1))
    (after,) = entries(site)
    assert (after["id"], after["title"]) == (entry["id"], "New title")


def test_entries_without_a_date_keep_the_order_of_their_feed(site, blog):
    names = ["Zulu", "Alpha", "Mike", "Bravo"]
    items = [item(name, name, f"urn:xx:{name}") for name in names]
    data = rss(*items).replace(b"<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate>", b"")
    blog.pages["/feed"] = (200, {}, data)
    site.build()
    assert [one["title"] for one in entries(site)] == names
    site.build(NOW + timedelta(hours=1), full=True)
    assert [one["title"] for one in entries(site)] == names


def test_two_feeds_with_the_same_entry_publish_it_once(site, blog):
    site.config(f'\n[sources.again]\nurl = "{blog.url("/again")}"\nallow_private = true\n')
    blog.pages["/again"] = (200, {}, rss(item(), item("More", "more", "tag:skerry.example,2026:m")))
    report = site.build()
    assert (report.exit_code, len(entries(site))) == (0, 2)
    later = site.build(NOW + timedelta(hours=1))
    assert (later.new, later.changed, later.written) == (0, 0, 0)


@pytest.mark.threat(1)
def test_what_a_feed_brings_is_cleaned_as_any_article_is(site, blog):
    html = (
        '<script>alert(1)</script><p onclick="x()">Text <a href="javascript:x()">here</a>'
        '<a href="/about">about</a><img src="pic.png" srcset="big.png 2x" width="9" height="9">'
        '<img src="https://count.example/p" width="1" height="1"></p>'
    )
    blog.pages["/feed"] = (200, {}, rss(item("A &lt;b&gt;bold&lt;/b&gt; {{ 7 * 7 }}", html=html)))
    site.build()
    (entry,) = entries(site)
    assert entry["title"] == "A bold {{ 7 * 7 }}"
    assert entry["content_html"] == (
        '<p>Text <span>here</span><a href="https://skerry.example/about" rel="noopener">about</a>'
        '<img src="https://skerry.example/pic.png" srcset="https://skerry.example/big.png 2x" '
        'width="9" height="9" alt=""></p>'
    )


def test_enclosures_and_pictures_come_along(site, blog):
    more = (
        '<enclosure url="https://skerry.example/a.mp3" length="7" type="audio/mpeg"/>'
        '<media:content url="https://skerry.example/a.jpg" medium="image"/>'
    )
    blog.pages["/feed"] = (200, {}, rss(item(more=more)))
    site.build()
    (entry,) = entries(site)
    (file,) = entry["attachments"]
    assert (file["url"], file["mime_type"], file["size_in_bytes"]) == (
        "https://skerry.example/a.mp3",
        "audio/mpeg",
        7,
    )
    assert entry["image"] == "https://skerry.example/a.jpg"


def test_one_bad_entry_is_named_and_the_others_come(site, blog):
    deep = "<div>" * 300 + "x" + "</div>" * 300
    blog.pages["/feed"] = (
        200,
        {},
        rss(
            item("Deep \x1b red", "deep", "tag:skerry.example,2026:deep", deep),
            "<item><guid>tag:skerry.example,2026:none</guid></item>",
            item(),
        ),
    )
    report = site.build()
    assert [one["title"] for one in entries(site)] == ["Ebb"]
    first, second = said(report)
    assert first.startswith("warning: sources.blog: entry 1 (Deep red): its markup can't be used")
    assert second.startswith("warning: sources.blog: entry 2")
    assert report.exit_code == 0
    assert said(site.build()) == []


@pytest.mark.parametrize("trouble", ["down", "slow", "huge", "loop", "bomb", "html", "binary"])
def test_one_bad_feed_is_named_and_stops_nothing(site, blog, trouble):
    site.article("own.md", "# Own\n\nOurs.\n")
    more = "allow_private = true\nmax_megabytes = 0.5\ntimeout = 1\n"
    blog.pages["/slow"] = lambda handler: time.sleep(1.5)
    blog.pages["/huge"] = (200, {}, rss(item(html="x" * 600_000)))
    blog.pages["/loop"] = (302, {"Location": "/loop"}, b"")
    blog.pages["/bomb"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(2**24)))
    blog.pages["/html"] = (
        200,
        {},
        b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/f">',
    )
    blog.pages["/binary"] = (200, {}, bytes(range(256)))
    why = {
        "down": "Connection refused",
        "slow": "did not answer in time",
        "huge": "has more than 0.5 MiB",
        "loop": "redirects more than 3 times",
        "bomb": "has more than 0.5 MiB",
        "html": f"is a web page and no feed (it names {blog.url('/f')})",
        "binary": "is no feed that can be read",
    }[trouble]
    url = "http://127.0.0.1:1/" if trouble == "down" else blog.url(f"/{trouble}")
    site.config(f'\n[sources.bad]\nurl = "{url}"\n{more}')
    report = site.build()
    assert {one["title"] for one in entries(site)} == {"Ebb", "Own"}
    (finding,) = said(report)
    assert finding.startswith("error: sources.bad: ")
    assert why in finding
    assert report.exit_code == 1
    assert said(site.build()) == []  # it is not asked again at once


@pytest.mark.threat(18)
def test_a_feed_on_this_machine_has_to_be_allowed(site, server):
    site.config(f'\n[sources.blog]\nurl = "{server.url("/feed")}"\n')
    (finding,) = said(site.build())
    assert "127.0.0.1 is on this machine or a private network" in finding
    assert "allow_private = true" in finding
    assert server.asked == []


def ask_at(site, server, *minutes):
    """At which of these minutes the server is asked."""
    asked = []
    for minute in minutes:
        before = len(server.asked)
        site.build(NOW + timedelta(minutes=minute))
        asked += [minute] if len(server.asked) > before else []
    return asked


def test_a_server_that_fails_is_asked_ever_more_seldom_up_to_once_a_day(site, blog):
    blog.pages["/feed"] = (503, {}, b"")
    day = 24 * 60
    steps = [0, 59, 60, 179, 180, 419, 420, 899, 900, 1859, 1860, 3299, 3300, 4739, 4740]
    assert ask_at(site, blog, *steps) == [0, 60, 180, 420, 900, 1860, 3300, 4740]
    blog.pages["/feed"] = (200, {}, rss(item()))
    assert ask_at(site, blog, 4740 + day, 4740 + day + 29, 4740 + day + 30) == [
        4740 + day,
        4740 + day + 30,
    ]


def test_a_failure_is_named_once_it_has_lasted_a_day(site, blog):
    site.build()
    blog.pages["/feed"] = (500, {}, b"")
    at = [30, 90, 210, 450, 930]
    quiet = [site.build(NOW + timedelta(minutes=minute)) for minute in at]
    assert [report.findings for report in quiet] == [[]] * 5
    (finding,) = said(site.build(NOW + timedelta(minutes=1890)))
    assert finding.startswith(f"error: sources.blog: {blog.url('/feed')} answers 500, since 2026-")
    assert [one["title"] for one in entries(site)] == ["Ebb"]


def test_status_says_how_we_stand_with_each(site, blog):
    site.config(f'\n[sources.bad]\nurl = "{blog.url("/none")}"\nallow_private = true\n')
    (before, _) = site.json("status")["sources"]
    assert (before["entries"], before["fetched"]) == (0, None)
    site.build()
    good, bad = site.json("status")["sources"]
    assert (good["name"], good["entries"], good["failing_since"]) == ("blog", 1, None)
    assert good["fetched"] == "2026-11-23T12:00:00+00:00"
    assert (bad["entries"], bad["failing_since"]) == (0, "2026-11-23T12:00:00+00:00")
    shown = site.command("status").stdout
    assert "fails since 2026-11-23 12:00 WET" in shown


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("pause", ["7200", "Mon, 23 Nov 2026 14:00:00 GMT"])
def test_retry_after_is_obeyed(site, blog, status, pause):
    blog.pages["/feed"] = (status, {"Retry-After": pause}, b"")
    assert ask_at(site, blog, 0, 60, 119, 120) == [0, 120]


def test_a_feed_that_is_gone_is_named_and_not_asked_again(site, blog):
    site.build()
    blog.pages["/feed"] = (410, {}, b"")
    reports = [site.build(NOW + timedelta(days=day)) for day in (1, 2)]
    assert len(blog.asked) == 2
    for report in reports:
        (finding,) = said(report)
        assert finding == (
            f"warning: sources.blog: {blog.url('/feed')} is gone for good "
            "(take it out of publisher.toml)"
        )
        assert report.exit_code == 0
    assert [one["title"] for one in entries(site)] == ["Ebb"]
    toml = (site.folder / "publisher.toml").read_text()
    site.config(toml.replace("/feed", "/other"), add=False)
    blog.pages["/other"] = (200, {}, rss(item("Flood", "f", "tag:skerry.example,2026:flood")))
    assert said(site.build()) == []
    assert len(entries(site)) == 2


def test_a_feed_that_has_moved_for_good_is_named_with_its_new_address(site, blog):
    blog.pages["/new"] = blog.pages["/feed"]
    blog.pages["/feed"] = (301, {"Location": "/new"}, b"")
    (finding,) = said(site.build())
    assert "has moved for good" in finding
    assert f'write url = "{blog.url("/new")}" under [sources.blog]' in finding
    assert len(entries(site)) == 1
    blog.pages["/feed"] = (302, {"Location": "/new"}, b"")
    assert said(site.build(NOW + timedelta(hours=1))) == []


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


def test_a_run_that_is_to_stop_waits_for_no_server(site):
    with speaking(lambda line: time.sleep(1.5)) as url:
        site.config(f'\n[sources.blog]\nurl = "{url}"\nallow_private = true\ntimeout = 300\n')
        before = time.monotonic()
        report = site.run(stop=lambda: True)
        assert report.stopped
        assert time.monotonic() - before < 100  # not 300


def test_many_servers_are_asked_at_once(site, server):
    import threading

    together = threading.Barrier(4, timeout=20)

    def wait(handler):
        together.wait()
        return (200, {}, rss(item(key=f"urn:xx:{handler.path}", slug=handler.path[1:])))

    for number in range(4):
        server.pages[f"/{number}"] = wait
        site.config(
            f'\n[sources.s{number}]\nurl = "{server.url(f"/{number}")}"\nallow_private = true\n'
        )
    assert said(site.build()) == []
    assert len(entries(site)) == 4
