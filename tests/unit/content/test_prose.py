"""The short way for plain Markdown says what the long way says."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher.content import read
from publisher.content.forms.markdown_text import render_markdown
from publisher.content.markup.tree import text_in
from publisher.content.text.plain import text_of
from publisher.content.text.prose import plain_prose
from publisher.errors import ArticleError
from publisher.model import Article, Publication
from tests.unit.content.conftest import NOW

PUBLICATION = Publication(
    title="The Harbour Post", url="https://post.example/", domain="post.example"
)

PIECES = st.sampled_from(
    ["The ferry", " is back.", "*soon*", "**now**", "[more](https://a.example/b)", "\n\n", "\n", " ",
     '"Quoted"', "it's", "&", "<", "&lt;", "&amp;", "a_b", "é", "日本", "e\u0301", "&#x301;", "\u00a0", "&nbsp;",
     "[x](https://A.example)", "[x](http://a.example/../b)", "[x](https://a.example/b?c=d&e)", "# Head",
     "- item", "> said", "`code`", "***both***", "\\*", "  \n", "By Ana Reis", "BEIJING (AP) -- The", "~~no~~",
     "[](https://a.example/)", "[ b](https://a.example/)", "* * *", "|", "<b>raw</b>", "https://a.example/", "[^1]", "é</p>", "\t"]
)  # fmt: skip


def article(body):
    return f"---\ntitle: A title\ndate: 2026-11-20\n---\n\n{body}\n"


def outcome(text):
    try:
        one = Article(path="a.md", data=text.encode())
        return read.read_article(one, PUBLICATION, identity=None, now=NOW)
    except ArticleError as err:
        return str(err)


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@example("The ferry\tis back.")
@given(st.lists(PIECES, min_size=1, max_size=12).map("".join))
def test_the_short_way_and_the_long_way_agree(body):
    short = outcome(article(body))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "plain_prose", lambda html: None)
        assert outcome(article(body)) == short
    if prose := plain_prose(render_markdown(body)):
        safe, blocks = prose
        assert text_of(blocks) == text_in(safe)


def test_paragraphs_go_the_short_way():
    html = render_markdown('The *ferry* & "crew" are [back](https://a.example/b).\n\nToday.')
    safe, blocks = plain_prose(html)
    assert safe == (
        '<p>The <em>ferry</em> &amp; "crew" are '
        '<a href="https://a.example/b" rel="noopener">back</a>.</p>\n<p>Today.</p>'
    )
    assert [block.text for block in blocks] == ['The ferry & "crew" are back.', "Today."]


@pytest.mark.parametrize(
    "body", ["# Head", "- item", "![a](a.png)", "[x](a.pdf)", "<i>x</i>", "a\u00a0b", "`x`"]
)
def test_anything_else_goes_the_long_way(body):
    assert plain_prose(render_markdown(body)) is None
