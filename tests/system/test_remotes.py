"""Other people's feeds as a source, from real servers on loopback that are kind, slow or broken."""

import gzip
import time
from datetime import timedelta

import pytest

from tests.system.conftest import NOW
from tests.system.remote import entries, item, rss, said


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
