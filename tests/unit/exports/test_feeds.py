from __future__ import annotations

import io
import json

import pytest

from publisher.exports import Item, Wishes, read_file

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Old</title><link>https://old.example/</link>
<item><title>Ferry</title><link>https://old.example/1</link><guid>https://old.example/?p=1</guid>
<pubDate>Thu, 12 Nov 2026 07:30:00 GMT</pubDate><description>&lt;p&gt;It is back.&lt;/p&gt;</description></item>
<item></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Old</title><id>urn:f</id><entry><id>urn:e</id>
<title>Ferry</title><updated>2026-11-12T07:30:00Z</updated><content type="html">It is back.</content></entry></feed>"""
JSON = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Old", "items": [
    {"id": "urn:e", "title": "Ferry", "content_text": "It is back.", "date_published": "2026-11-12T07:30:00Z"}]})  # fmt: skip


@pytest.mark.parametrize("text", [RSS, ATOM, JSON], ids=["rss", "atom", "json"])
def test_the_entries_of_a_feed_are_articles(text):
    found = list(read_file(io.BytesIO(text.encode()), "feed", Wishes()))
    (item,) = [one for one in found if isinstance(one, Item)]
    assert item.front["title"] == "Ferry"
    assert item.front["date"] == "2026-11-12T07:30:00Z"
    assert item.path == "2026/ferry.html"
    assert "It is back." in item.body
    assert len(found) == (2 if text is RSS else 1)
