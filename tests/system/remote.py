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
