"""What does harm elsewhere goes in as an article and comes out harmless everywhere it is shown."""

import json
import re
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import urlsplit

import feedparser
import lxml.html
import pytest
from lxml import etree

from publisher.model import Severity
from tests.system.conftest import CONFIG
from tests.vectors import vectors

FORBIDDEN = {
    "script", "svg", "iframe", "math", "form", "input", "base", "object", "embed", "template",
    "textarea", "xmp", "plaintext", "marquee", "isindex", "noscript",
}  # fmt: skip
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


def publish(site, group, *, in_title):
    """A run over one article for each vector, and an edition that leaves; gives what was named."""
    for number, vector in enumerate(vectors(group)):
        title = vector if in_title else f"Story {number}"
        body = f"{vector}\n\nThe ferry to Little Skerry is back." if not in_title else "It is back."
        text = f"---\ntitle: {json.dumps(title)}\ndate: 2026-11-2{number % 3}\n---\n{body}\n"
        site.article(f"{number:03}.md", text.encode("utf-8", "surrogatepass"))
    site.config(CONFIG + "limit = 100\n[feeds]\nlimit = 100\n", add=False)
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    report = site.run()
    assert report.opened
    return [finding for finding in report.findings if finding.severity is Severity.ERROR]


def fragments(site):
    """The HTML of every entry in each feed, in the digest and on its page."""
    rss = etree.parse(site.feeds / "rss.xml")
    atom = etree.parse(site.feeds / "atom.xml")
    feed = json.loads((site.feeds / "feed.json").read_bytes())
    yield from (item.text for item in rss.iter(CONTENT))
    yield from (item.text for item in atom.iter("{http://www.w3.org/2005/Atom}content"))
    yield from (item["content_html"] for item in feed["items"])
    yield from (page.read_text("utf-8") for page in sorted((site.feeds / "entries").glob("*.html")))
    yield digest(site).get_body(("html",)).get_content()


def digest(site):
    (message,) = site.outbox()
    return message_from_bytes(message.read_bytes(), policy=policy.default)


@pytest.mark.threat(1)
def test_markup_that_does_harm_is_gone_from_feeds_pages_and_digest(site):
    publish(site, "html", in_title=False)
    shown = list(fragments(site))
    assert len(shown) > 100
    for html in shown:
        root = lxml.html.document_fromstring(f"<div>{html or ''}</div>")
        for element in root.iter(etree.Element):
            assert element.tag not in FORBIDDEN
            for name, value in element.attrib.items():
                assert not name.startswith("on")
                assert not re.match(r"\W*(javascript|vbscript|data):", value.lower())


@pytest.mark.threat(2)
def test_content_with_template_signs_is_shown_as_it_is(site):
    named = publish(site, "ssti", in_title=True)
    titles = {
        item["title"] for item in json.loads((site.feeds / "feed.json").read_bytes())["items"]
    }
    text = digest(site).get_body(("plain",)).get_content()
    assert not named
    for vector in vectors("ssti"):
        if "\ufdd0" in vector:  # the marks of a recipient's links: content can't have them
            assert vector not in titles
            continue
        assert vector in titles
        page = lxml.html.document_fromstring((site.feeds / "index.html").read_text("utf-8"))
        assert vector in page.text_content()
    for sign in ("{{ 7*7 }}", "{% raw %}x{% endraw %}", "{# gone #}"):
        assert sign in text
    # A reader's token may hold any two digits.
    assert "49" not in re.sub(r"https?://\S+", "", text)


@pytest.mark.threat(3, 4)
def test_text_that_xml_can_not_carry_leaves_every_feed_whole(site):
    publish(site, "xml_text", in_title=True)
    entries = json.loads((site.feeds / "feed.json").read_bytes())["items"]
    for name in ("rss.xml", "atom.xml"):
        data = (site.feeds / name).read_bytes()
        etree.fromstring(data)
        read = feedparser.parse(data)
        assert not read.bozo
        assert len(read.entries) == len(entries)
    titles = {entry["title"] for entry in entries}
    assert "a]]>b" in titles
    assert "a > b < c & d \" e ' f" in titles


@pytest.mark.threat(24)
def test_row_24_links_in_a_mail_lead_where_the_article_says(site):
    """No click is counted: no address of ours takes another one along."""
    site.config(CONFIG, add=False)
    site.article("ferry.md", "---\ntitle: Ferry\ndate: 2026-11-20\n---\nThe ferry is back.\n")
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.run()
    html = digest(site).get_body(("html",)).get_content()
    places = [urlsplit(unescape(one)) for one in re.findall(r'href="([^"]*)"', html)]
    assert "/entries/ferry.html" in {one.path for one in places}
    for one in places:
        assert (one.scheme, one.hostname, one.query) == ("https", "courier.example", "")
