from __future__ import annotations

import io
import json
import sys

import pytest

from publisher.content import Field, split_any
from publisher.errors import ArticleError
from publisher.exports import Item, Passed, Trouble, Wishes, compose, read_file, read_folder
from tests.unit.exports.samples import Folder, ghost, ghost_post, substack


def file(data, name="export.json", **wishes):
    return list(read_file(io.BytesIO(data), name, Wishes(**wishes)))


def folder(files, **wishes):
    return list(
        read_folder(files if isinstance(files, Folder) else Folder(files), Wishes(**wishes))
    )


def only(found):
    items = [one for one in found if isinstance(one, Item)]
    assert len(items) == 1, found
    return items[0]


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_post_of_ghost_keeps_what_it_had(wrapped):
    item = only(file(ghost(ghost_post(), wrapped=wrapped), base="https://old.example/"))
    assert {key: value for key, value in item.front.items() if value} == {
        "title": "Ferry returns", "id": "urn:uuid:3f1a9f0e-0000-4000-8000-000000000001",
        "slug": "ferry-returns", "date": "2026-11-12T07:30:00.000Z", "updated": "2026-11-13T07:30:00.000Z",
        "url": "https://old.example/ferry-returns/", "section": "Harbour", "tags": ["Ferries"],
        "authors": [{"name": "Ana Reis", "url": "https://ana.example/"}], "summary": "The ferry is back.",
        "image": {"src": "https://old.example/content/images/f.jpg", "alt": "A ferry", "caption": "At the pier"},
    }  # fmt: skip
    assert 'src="https://old.example/content/images/a.jpg"' in item.body
    assert b"ana@old.example" not in compose(item.front, item.body)


def test_the_address_that_ghost_leaves_out_is_asked_for():
    assert any("--base" in what for what in only(file(ghost(ghost_post()))).lost)


@pytest.mark.parametrize(
    ("more", "draft"),
    [({"status": "draft"}, True), ({"status": "scheduled"}, False), ({"status": "sent"}, False),
     ({"visibility": "paid"}, True), ({"visibility": "members"}, True)],
)  # fmt: skip
def test_what_not_everybody_could_read_is_a_draft(more, draft):
    assert only(file(ghost(ghost_post(**more)))).front["draft"] is draft


@pytest.mark.parametrize(
    "more",
    [{"mobiledoc": "{}"}, {"lexical": "{"}, {"lexical": "[]"}, {"lexical": '{"root": 3}'},
     {"lexical": '{"root": ' + '{"children": ' * 300 + "{}" + "}" * 301}],
)  # fmt: skip
def test_a_post_that_only_ghost_can_read_is_named(more):
    (found,) = file(ghost(ghost_post(html=None, **more)))
    assert isinstance(found, Trouble)
    assert "ferry-returns" in found.place


def test_pages_of_ghost_are_passed_over_or_come():
    data = ghost(ghost_post(type="page"))
    assert isinstance(file(data)[0], Passed)
    assert only(file(data, pages=True))


def test_old_milliseconds_of_ghost_are_read():
    item = only(file(ghost(ghost_post(published_at=1447313400000, updated_at=None))))
    assert item.front["date"] == "2015-11-12T07:30:00Z"


def test_substack_gives_posts_and_says_what_it_keeps():
    found = folder(substack(), base="https://ana.substack.example")
    items = {one.front["slug"]: one for one in found if isinstance(one, Item)}
    assert set(items) == {"ferry-returns", "for-payers", "tides"}
    ferry = items["ferry-returns"]
    assert ferry.body == "<p>It is back.</p><p>Really.</p>"
    assert ferry.front["url"] == ferry.front["id"] == "https://ana.substack.example/p/ferry-returns"
    assert ferry.front["summary"] == "It is back"
    assert items["for-payers"].front["draft"]
    assert items["tides"].front["enclosure"]["type"] == "audio/mpeg"
    assert sorted(one.what for one in found if isinstance(one, Passed)) == [
        "drafts without a text",
        "of the kind page",
    ]


def test_a_text_of_substack_without_a_row_and_a_row_without_a_text_are_named():
    files = substack(**{"posts/999.lost.html": "<p>Lost.</p>"})
    del files["posts/101.ferry-returns.html"]
    assert len([one for one in folder(files) if isinstance(one, Trouble)]) == 2


HUGO = {
    "hugo.toml": 'baseURL = "https://old.example/"',
    "content/posts/first.md": '+++\ntitle = "First"\ndate = 2026-11-12\nweight = 3\n+++\n'
    'See ![the lamp](/img/lamp.png) and ![here](lamp2.png).\n\n{{< figure src="/img/lamp.png" alt="A \\"lamp" caption="Dark" >}}\n',
    "content/posts/bundle/index.md": "---\ntitle: Bundle\nimage: pier.jpg\n---\nText {{< tweet 1 >}}.\n",
    "content/posts/bundle/pier.jpg": b"jpg", "content/posts/lamp2.png": b"png", "static/img/lamp.png": b"png",
    "content/posts/_index.md": "---\ntitle: All\n---\n", "content/about.md": "---\ntitle: About\n---\nWe.\n",
    "public/posts/first/index.html": "<p>made</p>", "layouts/x.html": "{{ .Title }}",
}  # fmt: skip


def test_a_site_of_hugo_comes_with_its_pictures():
    found = folder(HUGO)
    items = {one.path: one for one in found if isinstance(one, Item)}
    assert set(items) == {"posts/first.md", "posts/bundle/index.md"}
    first = items["posts/first.md"]
    assert first.front == {"title": "First", "date": "2026-11-12", "slug": "first"}
    assert first.files == {
        "lamp.png": "static/img/lamp.png",
        "lamp2.png": "content/posts/lamp2.png",
    }
    assert "![the lamp](lamp.png)" in first.body
    assert '<img src="lamp.png"' in first.body
    assert first.lost == ["the key weight"]
    assert items["posts/bundle/index.md"].files == {"pier.jpg": "content/posts/bundle/pier.jpg"}
    assert items["posts/bundle/index.md"].lost == ["the shortcode tweet"]
    assert [one.what for one in found if isinstance(one, Passed)] == [
        "of the kind page (--pages brings them)"
    ]


def test_an_address_that_is_a_path_within_the_site_is_made_whole_or_said():
    files = {**HUGO, "content/posts/first.md": "---\ntitle: First\nurl: /old/first/\n---\nText.\n"}
    (first,) = (one for one in folder(files) if getattr(one, "path", "") == "posts/first.md")
    assert first.front["url"] == ""
    assert first.lost == ["an address within the site: give --base https://... to make it whole"]
    found = folder(files, base="https://old.example/")
    (first,) = (one for one in found if getattr(one, "path", "") == "posts/first.md")
    assert first.front["url"] == "https://old.example/old/first/"
    assert first.lost == []


JEKYLL = {
    "_config.yml": "title: x",
    "_posts/2026-11-12-ferry.md": "---\nlayout: post\ntags: one two\n---\n# Ferry\n\n"
    "![]({{ site.baseurl }}/assets/a.png)\n\n{% highlight python %}\nx = '{{ y }}'\n{% endhighlight %}\n\n{% include x.html %}\n",
    "_drafts/half.md": "---\ntitle: Half\n---\nText.\n", "assets/a.png": b"png",
    "about.md": "---\ntitle: About\n---\nWe.\n", "_includes/x.html": "x", "README.md": "# no front matter",
    "_posts/2026-11-13-other.org": "x",
}  # fmt: skip


def test_a_site_of_jekyll_comes_without_its_tags():
    found = folder(JEKYLL)
    items = {one.path: one for one in found if isinstance(one, Item)}
    assert set(items) == {"2026-11-12-ferry.md", "half.md"}
    ferry = items["2026-11-12-ferry.md"]
    assert ferry.front == {"tags": ["one", "two"], "date": "2026-11-12", "slug": "ferry"}
    assert "![](a.png)" in ferry.body
    assert "```python\nx = '{{ y }}'\n```" in ferry.body
    assert ferry.lost == ["the tag include"]
    assert items["half.md"].front["draft"] is True
    assert [one.place for one in found if isinstance(one, Trouble)] == [
        "_posts/2026-11-13-other.org"
    ]


PELICAN = {
    "pelicanconf.py": "SITENAME = 'x'", "content/harbour/ferry.md": "Title: Ferry\nDate: 2026-11-12\nTags: a, b\n\n![x]({static}/images/a.png)\n",
    "content/images/a.png": b"png", "content/pages/about.md": "Title: About\nDate: 2026-01-01\n\nWe.\n", "output/x.html": "x",
}  # fmt: skip


def test_a_site_of_pelican_comes_with_its_headers():
    item = only(folder(PELICAN))
    assert item.front == {
        "title": "Ferry",
        "date": "2026-11-12",
        "tags": ["a", "b"],
        "slug": "ferry",
    }
    assert item.body.strip() == "![x](a.png)"
    assert item.files == {"a.png": "content/images/a.png"}


RST = """\
The *night* ferry
#################

:date: 2026-11-12 08:00
:modified: 2026-11-13 09:00
:Tags: boats, harbour
:category: Town
:authors: Ana Reis, Bo Lund
:summary: It is
          back.

It left `on time <https://harbour.example/times>`_. [1]_

The harbour
===========

.. image:: {static}/images/a.png
   :alt: The ferry

.. raw:: html

   <b>Bold</b>

.. raw:: html
   :file: /etc/passwd

.. youtube:: abc

.. [1] By two minutes.
"""


def test_keys_in_capitals_and_an_odd_date_lose_nothing():
    files = {
        "pelicanconf.py": "",
        "content/2026-11-12-ferry.md": "---\nTitle: Ferry\nDate: 12th of the month 2026\nversion: 4.3\n"
        "---\nWrite `{% if x %}{{ y }}`.\n",
    }
    item = only(folder(files))
    assert item.front == {"title": "Ferry", "date": "2026-11-12", "slug": "ferry"}
    assert item.body.strip() == "Write `{% if x %}{{ y }}`."
    assert item.lost == [
        "the key version",
        "a date that is none: that of the file's name stands",
    ]


def test_an_article_of_pelican_in_restructured_text_comes_as_html():
    files = {"pelicanconf.py": "", "content/ferry.rst": RST, "content/images/a.png": b"png"}
    item = only(folder(files))
    assert item.path == "ferry.html"
    assert item.front == {
        "title": "The night ferry",
        "date": "2026-11-12 08:00",
        "updated": "2026-11-13 09:00",
        "tags": ["boats", "harbour"],
        "section": "Town",
        "authors": ["Ana Reis", "Bo Lund"],
        "summary": "It is back.",
        "slug": "ferry",
    }
    for part in (
        '<a class="reference external" href="https://harbour.example/times">on time</a>',
        "<h2>The harbour</h2>",
        '<img alt="The ferry" src="a.png" />',
        "<b>Bold</b>",
        "By two minutes.",
    ):
        assert part in item.body
    assert "root:" not in item.body
    assert "system-message" not in item.body
    assert item.lost == ["the directive youtube", "the directive raw"]


def test_restructured_text_that_is_broken_is_read_as_far_as_it_goes():
    deep = "".join("  " * depth + "* x\n\n" for depth in range(400))
    files = {
        "pelicanconf.py": "",
        "content/a.rst": "Title\n=====\n\n:date: 2026-11-12\n\n`open\n\n.. |x| image::\n\nEnd.\n",
        "content/b.rst": f"Deep\n====\n\n:date: 2026-11-12\n\n{deep}",
        "content/c.rst": "C\n=\n\n:date: 2026-11-12\n\nText.\n",
    }
    found = folder(files)
    assert [one.path for one in found if isinstance(one, Item)] == ["a.html", "c.html"]
    (trouble,) = (one for one in found if isinstance(one, Trouble))
    assert trouble.place == "content/b.rst"
    assert "can't be read: RecursionError" in trouble.what


def test_without_docutils_an_article_in_restructured_text_says_what_it_wants(monkeypatch):
    monkeypatch.setitem(sys.modules, "docutils", None)
    (trouble,) = folder({"pelicanconf.py": "", "content/ferry.rst": RST})
    assert (trouble.what, trouble.place) == ("articles in .rst want docutils", "content/ferry.rst")
    assert "publisher[rst]" in trouble.mend


def test_a_picture_outside_the_site_is_not_taken():
    item = only(folder({"a.md": "# T\n\n![x](../../etc/a.png) ![y](/etc/passwd)"}))
    assert not item.files


def test_a_message_with_several_texts_is_several_articles():
    item = '<newsItem guid="urn:x:{0}"><itemMeta><itemClass qcode="ninat:{1}"/></itemMeta><contentSet><inlineData>T</inlineData></contentSet></newsItem>'
    parts = item.format("a", "text") + item.format("b", "text") + item.format("c", "picture")
    text = f"<newsMessage><itemSet>{parts}</itemSet></newsMessage>"
    found = file(text.encode(), "message.xml")
    assert [one.path for one in found if isinstance(one, Item)] == [
        "message/urn-x-a.xml",
        "message/urn-x-b.xml",
    ]
    assert [one.what for one in found if isinstance(one, Passed)] == [
        "pictures, sound and films of a message"
    ]


def test_a_list_of_ninjs_is_several_articles():
    data = json.dumps(
        {
            "items": [
                {"uri": "urn:a", "headline": "A"},
                {"uri": "urn:b", "type": "picture"},
                {"x": 1},
            ]
        }
    )
    found = file(data.encode())
    assert [type(one) for one in found] == [Item, Passed, Trouble]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01",
        b"<html></html>",
        b"{}",
        b"[]",
        b"[1]",
        b"{",
        b'{"db": [{"data": {}}]}',
        b"%PDF-1.4",
        b"<a>" * 9,
    ],
)
def test_what_is_no_export_is_named(data):
    with pytest.raises(ArticleError):
        file(data, "a.bin")


@pytest.mark.parametrize(
    "text",
    ["a: b # c", "- x", "'\"", "\u2028\u0085\ufeff\x07", "😀 {{ x }}", "no", "0123", "*a &b !!c"],
)
def test_front_matter_that_is_written_is_read_the_same(text):
    front = {"title": text, "tags": [text], "image": {"src": "a.png", "alt": text}}
    fields = split_any(compose(front, "Text.").decode(), "a.md").fields

    def plain(field):
        if isinstance(field.value, dict):
            return {key: plain(one) for key, one in field.value.items()}
        return [plain(one) for one in field.value] if isinstance(field.value, list) else field.value

    from publisher.content.text.characters import clean

    expected = clean(text).strip()
    assert plain(Field(fields, 1)) == {
        "title": expected,
        "tags": [expected],
        "image": {"src": "a.png", "alt": expected},
    }
