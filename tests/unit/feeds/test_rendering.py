"""What all three formats owe their readers."""

import json
import locale
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from publisher.feeds import choose_feeds, render_feed, render_opml
from publisher.feeds.characters import clean, line
from publisher.model import FEED_FORMATS, Author, Enclosure, Reference, Tag
from tests.unit.feeds.samples import (
    FERRY,
    HARBOUR,
    MAYOR,
    NOON,
    ODO,
    PUBLICATION,
    TESSALY,
    THEIR_BLOG,
    entry,
    far_entries,
    rich_entries,
    withdrawn_entry,
)

A = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


def render(entries, form, publication=PUBLICATION):
    return render_feed(choose_feeds(entries, publication, 100)[0], publication, form)


def rss(*entries, publication=PUBLICATION):
    return etree.fromstring(render(entries, "rss", publication)).find("channel")


def atom(*entries, publication=PUBLICATION):
    return etree.fromstring(render(entries, "atom", publication))


def feed(*entries, publication=PUBLICATION):
    return json.loads(render(entries, "json", publication))


def test_the_same_entries_give_the_same_bytes_in_any_order():
    for form in FEED_FORMATS:
        first = render(rich_entries(), form)
        assert first == render(rich_entries()[::-1], form)


def test_a_feed_is_as_new_as_the_entry_that_changed_last():
    entries = [entry("a"), entry("b", published=datetime(2025, 1, 1, tzinfo=UTC), updated=NOON)]
    assert rss(*entries).findtext("lastBuildDate") == "Tue, 27 Oct 2026 12:00:00 GMT"
    assert atom(*entries).findtext(f"{A}updated") == "2026-10-27T12:00:00+00:00"


def test_a_feed_without_entries_has_the_same_moment_for_ever():
    assert rss().find("lastBuildDate") is None
    assert atom().findtext(f"{A}updated") == "2000-01-01T00:00:00+00:00"
    assert feed()["items"] == []


def test_the_locale_of_the_process_is_never_touched(monkeypatch):
    def refuse(*_):
        raise AssertionError("setlocale was called")

    monkeypatch.setattr(locale, "setlocale", refuse)
    for form in FEED_FORMATS:
        render(rich_entries(), form)


def test_entries_stay_in_the_order_of_the_feed():
    chosen = choose_feeds(rich_entries(), PUBLICATION, 100)[0]
    wanted = [each.id for each in chosen.entries]
    assert [item.findtext("guid") for item in rss(*rich_entries()).findall("item")] == wanted
    assert [e.findtext(f"{A}id") for e in atom(*rich_entries()).findall(f"{A}entry")] == wanted
    assert [item["id"] for item in feed(*rich_entries())["items"]] == wanted


def test_a_feed_names_itself_and_its_page():
    page = "https://lantern.example/news/index.html"
    channel = rss()
    assert channel.findtext("link") == page
    (link,) = channel.findall(f"{A}link")
    assert dict(link.attrib) == {
        "href": "https://lantern.example/news/rss.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    assert [(one.get("rel"), one.get("href")) for one in atom().findall(f"{A}link")] == [
        ("self", "https://lantern.example/news/atom.xml"),
        ("alternate", page),
    ]
    assert feed()["home_page_url"] == page
    assert feed()["feed_url"] == "https://lantern.example/news/feed.json"


def test_summary_and_content_are_both_there():
    one = entry(summary="Tides < tides & more", html="<p>All of it &amp; more</p>")
    item = rss(one).find("item")
    assert item.findtext("description") == "Tides &lt; tides &amp; more"
    assert item.findtext(CONTENT) == one.html
    tags = [child.tag for child in item]
    assert tags.index("description") < tags.index(CONTENT)
    told = atom(one).find(f"{A}entry")
    assert told.findtext(f"{A}summary") == one.summary
    assert (told.findtext(f"{A}content"), told.find(f"{A}content").get("type")) == (
        one.html,
        "html",
    )
    (item,) = feed(one)["items"]
    assert (item["summary"], item["content_html"]) == (one.summary, one.html)


def test_without_a_summary_rss_describes_by_the_content():
    item = rss(entry(summary="")).find("item")
    assert item.findtext("description") == entry().html
    assert atom(entry(summary="")).find(f"{A}entry/{A}summary") is None
    assert "summary" not in feed(entry(summary=""))["items"][0]


def test_an_entry_without_a_word_still_has_title_and_content():
    bare = entry("bare", title="\x00 ", html="", summary="")
    assert rss(bare).findtext("item/title") == "bare"
    assert atom(bare).findtext(f"{A}entry/{A}content") == "<p>bare</p>"
    assert feed(bare)["items"][0]["content_html"] == "<p>bare</p>"


def test_a_correction_stands_before_the_content():
    one = entry(correction="The ferry is <blue> & old.")
    wanted = f"<p><em>Correction: The ferry is &lt;blue&gt; &amp; old.</em></p>\n{one.html}"
    assert rss(one).findtext(f"item/{CONTENT}") == wanted
    assert atom(one).findtext(f"{A}entry/{A}content") == wanted
    assert feed(one)["items"][0]["content_html"] == wanted


def test_published_and_updated_stand_apart():
    later = datetime(2026, 11, 1, tzinfo=UTC)
    item = rss(entry(updated=later)).find("item")
    assert item.findtext("pubDate") == "Tue, 27 Oct 2026 12:00:00 GMT"
    assert item.findtext(f"{A}updated") == "2026-11-01T00:00:00Z"
    assert rss(entry()).find(f"item/{A}updated") is None
    told = atom(entry(updated=later)).find(f"{A}entry")
    assert told.findtext(f"{A}published") == "2026-10-27T12:00:00Z"
    assert told.findtext(f"{A}updated") == "2026-11-01T00:00:00+00:00"
    (item,) = feed(entry(updated=later))["items"]
    assert item["date_published"] == "2026-10-27T12:00:00Z"
    assert item["date_modified"] == "2026-11-01T00:00:00Z"


def test_moments_at_both_ends_of_the_calendar_are_right():
    assert [item.findtext("pubDate") for item in rss(*far_entries()).findall("item")] == [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 1900 00:00:00 GMT",
    ]
    assert atom(*far_entries()).findtext(f"{A}updated") == "9999-12-31T23:59:59+00:00"


def test_the_guid_is_the_id_and_no_link():
    guid = rss(entry()).find("item/guid")
    assert (guid.text, guid.get("isPermaLink")) == (entry().id, "false")


def test_every_author_signs_and_atom_and_json_have_the_addresses():
    ana = Author(name="Ana (desk) Pell", slug="ana", email="ana@pell.example")
    nobody = Author(name=" ", slug="x", email="x@pell.example")
    odd = Author(name="Odd", slug="odd", email="not an address")
    one = entry(authors=(ana, nobody, TESSALY, odd, ODO))
    names = ["Ana (desk) Pell", "Tessaly Brook", "Odd", "Odo Marsh"]
    assert [c.text for c in rss(one).findall(f"item/{DC}creator")] == names
    assert rss(one).find("item/author") is None
    authors = atom(one).findall(f"{A}entry/{A}author")
    assert [a.findtext(f"{A}name") for a in authors] == names
    assert [a.findtext(f"{A}email") for a in authors] == [ana.email, TESSALY.email, None, None]
    assert [a.findtext(f"{A}uri") for a in authors] == [None, None, None, ODO.url]
    assert feed(one)["items"][0]["authors"] == [
        {"name": "Ana (desk) Pell", "url": "mailto:ana@pell.example"},
        {"name": "Tessaly Brook", "url": "mailto:tessaly@lantern.example"},
        {"name": "Odd"},
        {"name": "Odo Marsh", "url": ODO.url},
    ]


def test_the_editor_of_an_rss_feed_is_an_address_with_a_name():
    odd = replace(PUBLICATION, author="The (night) desk \\")
    assert rss(publication=odd).findtext("managingEditor") == (
        "desk@lantern.example (The night desk )"
    )


def test_the_publication_signs_for_entries_without_an_author():
    assert atom(entry()).findtext(f"{A}author/{A}name") == "The Lantern's desk"
    anonymous = replace(PUBLICATION, author="", email="")
    assert atom(entry(), publication=anonymous).findtext(f"{A}author/{A}name") == PUBLICATION.title
    assert rss(publication=anonymous).find("managingEditor") is None


def test_a_media_topic_is_told_by_its_address_and_called_as_here():
    tag = Tag(name="Ferries", slug="ferries", medtop="20000337")
    one = entry(tags=(tag,), section=None)
    scheme = "http://cv.iptc.org/newscodes/mediatopic/20000337"
    assert [dict(c.attrib) for c in atom(one).findall(f"{A}entry/{A}category")] == [
        {"term": "ferries", "scheme": scheme, "label": "Ferries"}
    ]
    assert [(c.text, c.get("domain")) for c in rss(one).findall("item/category")] == [
        ("Ferries", scheme)
    ]


def test_section_and_tags_are_categories_with_a_scheme_for_each_kind():
    one = entry(section=HARBOUR, tags=(FERRY, MAYOR, FERRY))
    at = "tag:lantern.example,2000-01-01:"
    assert [dict(c.attrib) for c in atom(one).findall(f"{A}entry/{A}category")] == [
        {"term": "harbour", "scheme": f"{at}sections", "label": "Harbour"},
        {"term": "ferry", "scheme": f"{at}tags/topic", "label": "Ferry"},
        {"term": "ines-pell", "scheme": f"{at}tags/person", "label": "Ines Pell"},
    ]
    assert [(c.text, c.get("domain")) for c in rss(one).findall("item/category")] == [
        ("Harbour", f"{at}sections"),
        ("Ferry", f"{at}tags/topic"),
        ("Ines Pell", f"{at}tags/person"),
    ]
    assert feed(one)["items"][0]["tags"] == ["Harbour", "Ferry", "Ines Pell"]


def test_one_enclosure_in_rss_and_all_elsewhere():
    (one,) = [each for each in rich_entries() if each.enclosures]
    (enclosure,) = rss(one).findall("item/enclosure")
    assert dict(enclosure.attrib) == {
        "url": "https://lantern.example/pod/1.mp3",
        "length": "9",
        "type": "audio/mpeg",
    }
    links = atom(one).findall(f"{A}entry/{A}link")
    assert [link.get("rel") for link in links] == ["alternate"] + ["enclosure"] * 3
    assert [(link.get("type"), link.get("length")) for link in links[1:]] == [
        ("audio/mpeg", "9"),
        ("audio/ogg", None),
        ("application/octet-stream", None),
    ]
    assert feed(one)["items"][0]["attachments"][:2] == [
        {
            "url": "https://lantern.example/pod/1.mp3",
            "mime_type": "audio/mpeg",
            "title": "One",
            "size_in_bytes": 9,
        },
        {"url": "https://lantern.example/pod/1.ogg", "mime_type": "audio/ogg"},
    ]


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_pictures_carry_their_words_and_stand_in_no_group(form):
    media = "{http://search.yahoo.com/mrss/}"
    two = next(each for each in rich_entries() if len(each.images) == 3)
    root = etree.fromstring(render([two], form))
    pictures = list(root.iter(f"{media}content"))
    assert len(pictures) == 2  # the relative address is left out
    assert pictures[0].getparent().tag in ("item", f"{A}entry")
    assert pictures[0].get("width") == "1200"
    assert pictures[0].findtext(f"{media}description") == "A blue ferry at the pier"
    assert pictures[0].findtext(f"{media}title") == "The ferry on Tuesday"
    assert pictures[1].get("width") is None
    assert pictures[1].findtext(f"{media}description") == "Nur ein Titel"
    assert feed(two)["items"][0]["image"] == pictures[0].get("url")


def test_another_language_is_marked_on_the_entry_only():
    one = entry(language="ja")
    assert (rss(one).findtext("language"), rss(one).findtext(f"item/{DC}language")) == ("en", "ja")
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert (atom(one).get(lang), atom(one).find(f"{A}entry").get(lang)) == ("en", "ja")
    assert (feed(one)["language"], feed(one)["items"][0]["language"]) == ("en", "ja")
    assert rss(entry()).find(f"item/{DC}language") is None
    assert lang not in atom(entry()).find(f"{A}entry").attrib
    assert "language" not in feed(entry())["items"][0]


def test_rights_of_feed_and_entry():
    one = entry(rights="© Odo Marsh")
    assert rss(one).findtext("copyright") == PUBLICATION.rights
    assert rss(one).findtext(f"item/{DC}rights") == "© Odo Marsh"
    assert atom(one).findtext(f"{A}rights") == PUBLICATION.rights
    assert atom(one).findtext(f"{A}entry/{A}rights") == "© Odo Marsh"
    assert feed(one)["_publisher"] == {"rights": PUBLICATION.rights}
    assert feed(one)["items"][0]["_publisher"] == {"rights": "© Odo Marsh"}


def test_a_link_that_can_not_be_one_leads_to_our_page():
    wanted = "https://lantern.example/news/entries/ferry.html"
    for url in ("", "javascript:alert(1)", "//x.example", "https://"):
        one = entry(url=url)
        assert rss(one).findtext("item/link") == wanted
        assert atom(one).find(f"{A}entry/{A}link").get("href") == wanted
        assert feed(one)["items"][0]["url"] == wanted


def test_plain_text_is_escaped_in_hexadecimal_and_content_is_not():
    one = entry(title="Fish & <chips>", html="<p>Salt &amp; vinegar</p>")
    for form in ("rss", "atom"):
        data = render([one], form)
        assert b"<title>Fish &#x26; &#x3C;chips&gt;</title>" in data
        assert b">&lt;p&gt;Salt &amp;amp; vinegar&lt;/p&gt;</content" in data


def test_no_version_of_any_program_is_in_a_feed():
    for form in FEED_FORMATS:
        data = render([entry()], form)
        assert b"feedgen" not in data
        assert data.isascii() or b"\xc2\xa9" in data
        assert data.endswith(b"\n")


@given(
    title=st.text(),
    summary=st.text(),
    author=st.text(),
    tag=st.text(),
    html=st.text(),
    correction=st.text(max_size=5),
)
def test_any_text_comes_back_without_the_unfit_characters(
    title, summary, author, tag, html, correction
):
    one = entry(
        title=title,
        summary=summary,
        authors=(Author(name=author, slug="a"),),
        tags=(Tag(name=tag, slug="t"),),
        html=html,
        correction=correction,
    )
    shown = line(title) or "ferry"
    body = clean(html).strip()
    names, tags = ([line(text)] if line(text) else [] for text in (author, tag))

    item = rss(one).find("item")
    assert item.findtext("title") == shown
    if line(summary):
        assert unescape(item.findtext("description")) == line(summary)
        assert item.findtext(CONTENT).endswith(body)
    assert [e.text for e in item.findall(f"{DC}creator")] == names
    assert [e.text for e in item.findall("category")] == tags

    told = atom(one).find(f"{A}entry")
    assert told.findtext(f"{A}title") == shown
    assert (told.findtext(f"{A}summary") or "") == line(summary)
    assert told.findtext(f"{A}content").endswith(body)
    assert [e.text for e in told.findall(f"{A}author/{A}name")] == names
    assert [e.get("label") for e in told.findall(f"{A}category")] == tags

    (item,) = feed(one)["items"]
    assert item["title"] == shown
    assert item.get("summary", "") == line(summary)
    assert item["content_html"].endswith(body)
    assert [author["name"] for author in item.get("authors", [])] == names
    assert item.get("tags", []) == tags


def test_the_opml_lists_each_feed_once_in_folders_by_kind():
    feeds = choose_feeds([entry(section=HARBOUR, tags=(FERRY,))], PUBLICATION, 5)
    data = render_opml(feeds, PUBLICATION)
    assert data == render_opml(feeds, PUBLICATION)
    root = etree.fromstring(data)
    assert root.get("version") == "2.0"
    assert [e.tag for e in root.find("head")] == ["title", "ownerName", "ownerEmail"]
    assert [e.get("text") for e in root.find("body")] == [PUBLICATION.title, "Sections", "Tags"]
    assert [e.get("xmlUrl") for e in root.iter("outline") if e.get("type")] == [
        "https://lantern.example/news/rss.xml",
        "https://lantern.example/news/sections/harbour/rss.xml",
        "https://lantern.example/news/tags/ferry/rss.xml",
    ]
    (tag,) = root.findall("body/outline[3]/outline")
    assert (tag.get("text"), tag.get("title")) == ("Ferry", "Ferry – The Quillmouth Lantern")
    assert tag.get("htmlUrl") == "https://lantern.example/news/tags/ferry/index.html"


def test_related_pages_are_linked():
    one = entry(related=(Reference(url="https://x.example/a", title="More"),))
    link = {"rel": "related", "title": "More", "href": "https://x.example/a"}
    assert dict(rss(one).find(f"item/{A}link").attrib) == link
    assert link in [dict(each.attrib) for each in atom(one).findall(f"{A}entry/{A}link")]
    assert feed(one)["items"][0]["_publisher"]["related"] == [
        {"url": "https://x.example/a", "title": "More"}
    ]


def test_the_feed_that_an_entry_was_taken_from_is_named():
    one = entry(source=THEIR_BLOG)
    source = rss(one).find("item/source")
    assert (source.text, source.get("url")) == (THEIR_BLOG.title, THEIR_BLOG.feed)
    told = atom(one).find(f"{A}entry/{A}source")
    assert told.findtext(f"{A}id") == THEIR_BLOG.id
    assert told.findtext(f"{A}title") == THEIR_BLOG.title
    assert {link.get("rel"): link.get("href") for link in told.findall(f"{A}link")} == {
        "self": THEIR_BLOG.feed,
        "alternate": THEIR_BLOG.page,
    }
    assert feed(one)["items"][0]["_publisher"]["source"]["feed_url"] == THEIR_BLOG.feed


def test_a_hub_is_named_in_every_format():
    hub = "https://hub.example/?a=1&b=2"
    there = replace(PUBLICATION, hub=hub)
    for top in (rss(publication=there), atom(publication=there)):
        assert hub in [
            one.get("href") for one in top.findall(f"{A}link") if one.get("rel") == "hub"
        ]
    assert feed(publication=there)["hubs"] == [{"type": "WebSub", "url": hub}]


def test_what_was_taken_back_leaves_a_tombstone_in_atom_and_nothing_elsewhere():
    gone = withdrawn_entry()
    chosen = choose_feeds([entry()], PUBLICATION, 9, withdrawn=[gone])[0]
    root = etree.fromstring(render_feed(chosen, PUBLICATION, "atom"))
    at = "{http://purl.org/atompub/tombstones/1.0}"
    (stone,) = root.findall(f"{at}deleted-entry")
    assert (stone.get("ref"), stone.get("when")) == (gone.id, "2026-10-29T12:00:00Z")
    assert stone.findtext(f"{at}comment") == gone.withdrawal
    assert root.findtext(f"{A}updated") == "2026-10-29T12:00:00+00:00"
    for form in FEED_FORMATS:
        data = render_feed(chosen, PUBLICATION, form).decode()
        assert (gone.id in data) == (form == "atom")


def test_a_length_of_time_is_told_of_sound():
    sound = Enclosure(url="https://x.example/a.mp3", type="audio/mpeg", duration=61)
    (file,) = feed(entry(enclosures=(sound,)))["items"][0]["attachments"]
    assert file["duration_in_seconds"] == 61
