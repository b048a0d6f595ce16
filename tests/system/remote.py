"""A feed of somebody else's, as a server gives it, and what became of it here."""

import json

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


def item(
    title="Ebb", slug="ebb", key="tag:skerry.example,2026:ebb", html="<p>Low water.</p>", more=""
):
    return ITEM.format(title=title, slug=slug, id=key, html=html, more=more)


def rss(*items):
    return RSS.format(items="".join(items)).encode()


def entries(site, path="feed.json"):
    return json.loads((site.feeds / path).read_text())["items"]


def said(report):
    return [f"{one.severity.value}: {one}" for one in report.findings]
