from __future__ import annotations

import io

import pytest

from publisher.errors import ArticleError
from publisher.exports import Item, Passed, Trouble, Wishes, read_file
from tests.unit.exports.samples import WXR_HEAD, wxr, wxr_item


def taken(data, **wishes):
    return list(read_file(io.BytesIO(data), "old.xml", Wishes(**wishes)))


def one(*items, **wishes):
    (item,) = taken(wxr(*items), **wishes)
    assert isinstance(item, Item), item
    return item


def meta(key, value):
    return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"


def test_a_post_keeps_what_it_had():
    category = '<category domain="category" nicename="harbour"><![CDATA[Harbour]]></category>'
    tag = '<category domain="post_tag" nicename="skerry"><![CDATA[Skerry]]></category>'
    item = one(wxr_item(7, more=category + tag))
    front = {key: value for key, value in item.front.items() if value}
    assert front == {
        "title": "Ferry returns", "id": "https://old.example/?p=7", "slug": "post-7",
        "date": "2026-11-12T07:30:00Z", "updated": "2026-11-13T07:30:00Z",
        "url": "https://old.example/2026/11/post-7/", "section": "Harbour", "tags": ["Skerry"],
        "authors": ["Ana Reis"], "language": "en-GB",
    }  # fmt: skip
    assert item.path == "2026/post-7.html"
    assert not item.lost


def test_the_picture_of_a_post_may_stand_behind_it():
    more = "<wp:attachment_url>https://old.example/f.jpg</wp:attachment_url>" + meta(
        "_wp_attachment_image_alt", "A ferry"
    )
    picture = wxr_item(9, kind="attachment", status="inherit", more=more)
    item = one(wxr_item(1, more=meta("_thumbnail_id", "9")), picture)
    assert item.front["image"] == {"src": "https://old.example/f.jpg", "alt": "A ferry"}


@pytest.mark.parametrize("kind", ["nav_menu_item", "revision", "wp_navigation", "attachment"])
def test_what_readers_never_saw_is_passed_over_in_silence(kind):
    assert not taken(wxr(wxr_item(1, kind=kind)))


@pytest.mark.parametrize("kind", ["page", "product"])
def test_what_is_no_article_is_counted(kind):
    (passed,) = taken(wxr(wxr_item(1, kind=kind)))
    assert isinstance(passed, Passed)
    assert kind in passed.what


def test_pages_come_where_they_are_wanted():
    assert one(wxr_item(1, kind="page"), pages=True).front["title"] == "Ferry returns"


@pytest.mark.parametrize(
    ("status", "draft"),
    [("publish", False), ("future", False), ("draft", True), ("pending", True), ("private", True)],
)
def test_what_was_not_public_is_a_draft(status, draft):
    assert one(wxr_item(1, status=status)).front["draft"] is draft


def test_what_needed_a_password_is_a_draft_and_said():
    item = one(wxr_item(1, more="<wp:post_password>x</wp:post_password>"))
    assert item.front["draft"]
    assert "passwords" in item.lost[0]


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("One\n\nTwo", "<p>One</p>\n\n<p>Two</p>"),
        ("One\nstill one", "<p>One<br>\nstill one</p>"),
        ("One <p>two</p> three", "<p>One </p>\n\n<p>two</p>\n\n<p> three</p>"),
        ("<pre>a\n\nb</pre>\n\nTwo", "<pre>a\n\nb</pre>\n\n<p>Two</p>"),
        ("<!-- wp:paragraph -->\n<p>One</p>\n<!-- /wp:paragraph -->", "<!-- wp:paragraph -->\n<p>One</p>\n<!-- /wp:paragraph -->"),
        ('[caption id="a" width="9"]<img src="a.jpg" /> At sea[/caption]',
         '<p><figure><img src="a.jpg" /><figcaption>At sea</figcaption></figure></p>'),
        ("[embed]https://v.example/1[/embed]", '<p><p><a href="https://v.example/1">https://v.example/1</a></p></p>'),
        ("He [sic] said", "<p>He [sic] said</p>"),
    ],
)  # fmt: skip
def test_the_text_gets_the_paragraphs_that_wordpress_would_make(body, html):
    assert one(wxr_item(1, body=body)).body == html


def test_a_shortcode_that_only_wordpress_knows_is_taken_out_and_said():
    item = one(wxr_item(1, body='<p>A</p>[gallery ids="1,2"]<p>B</p>'))
    assert "gallery" not in item.body
    assert item.lost == ["the shortcode [gallery]"]


def test_comments_and_formats_are_said():
    more = "<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment>"
    more += '<category domain="post_format" nicename="x"><![CDATA[Aside]]></category>'
    assert one(wxr_item(1, more=more)).lost == ["the post_format of posts", "comments"]


def test_the_file_of_a_podcast_comes_along():
    item = one(wxr_item(1, more=meta("enclosure", "https://old.example/a.mp3\n123\naudio/mpeg\n")))
    assert item.front["enclosures"] == [
        {"url": "https://old.example/a.mp3", "length": "123", "type": "audio/mpeg"}
    ]


def test_a_date_of_nothing_is_none():
    data = wxr(wxr_item(1)).replace(b"2026-11-12 07:30:00", b"0000-00-00 00:00:00")
    (item,) = taken(data.replace(b"2026-11-12 08:30:00", b"0000-00-00 00:00:00"))
    assert item.front["date"] == ""
    assert item.path.startswith("undated/")


@pytest.mark.parametrize("cut", range(1, 10))
def test_an_export_that_was_cut_gives_what_it_has_and_says_so(cut):
    data = wxr(*(wxr_item(number) for number in range(1, 11)))
    found = taken(data[: len(data) * cut // 10])
    items = [item for item in found if isinstance(item, Item)]
    troubles = [item for item in found if isinstance(item, Trouble)]
    assert len(items) >= cut - 1
    assert all(trouble.line for trouble in troubles)
    assert troubles
    assert all(item.body == "<p>It is back.</p>" for item in items)
    assert [item.front["slug"] for item in items] == [f"post-{n}" for n in range(1, len(items) + 1)]


def test_characters_that_xml_forbids_stop_nothing():
    assert (
        "is  back" in one(wxr_item(1, body="<p>It is \x0b\x1bback.</p>").replace("\x1b", "")).body
    )


@pytest.mark.threat(5)
@pytest.mark.parametrize(
    "subset",
    [
        '[<!ENTITY a "ha">]',
        '[<!ENTITY x SYSTEM "file:///etc/passwd">]',
        'SYSTEM "http://127.0.0.1/d"',
    ],
)
def test_an_export_with_a_dtd_is_refused(subset):
    data = WXR_HEAD.replace("<rss", f"<!DOCTYPE rss {subset}>\n<rss", 1).encode()
    with pytest.raises(ArticleError, match="DTD"):
        taken(data + b"</channel></rss>")


@pytest.mark.threat(5)
def test_an_export_nested_without_end_is_refused():
    with pytest.raises(ArticleError, match="nested"):
        taken((WXR_HEAD + "<a>" * 10_000).encode())
