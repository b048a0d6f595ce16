"""What front matter alone tells is what the whole article tells."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content import read_article
from publisher.content.forms.plain_matter import read_plain
from publisher.content.forms.yaml_matter import read_yaml
from publisher.content.outline import first_seen_at, read_outline
from publisher.errors import ArticleError
from publisher.model import Article, Identity, Publication
from publisher.storage import write_outline
from tests.unit.content.conftest import NOW
from tests.unit.content.test_prose import PIECES

PUBLICATION = Publication(
    title="The Harbour Post",
    url="https://post.example/",
    domain="post.example",
    timezone="America/New_York",
)
FIELDS = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["A title", '"Quoted: yes"', ""]),
        "date": st.sampled_from(["2026-11-20", "2026-11-20 23:30", "2026-11-20T08:00:00Z", "soon"]),
        "tags": st.sampled_from(["Skerry", "[Skerry, skerry]", '["The pier", Lamp]', "", "[{name: A}]"]),
    },
    optional={
        "updated": st.sampled_from(["2026-11-21", "2026-11-01"]),
        "author": st.sampled_from(["Ana Reis", "[Ana Reis, {name: Bo, email: b@a.example}]"]),
        "section": st.sampled_from(["Harbour", "Town & sea"]),
        "draft": st.sampled_from(["yes", "no", "maybe"]),
        "embargo": st.just("2026-12-01"),
        "expires": st.just("2026-12-24"),
        "slug": st.just("another"),
        "summary": st.just("Short."),
        "image": st.just("a.png"),
        "colour": st.just("blue"),
    },
)  # fmt: skip


def text_of(fields, body):
    lines = "".join(f"{key}: {value}\n" for key, value in fields.items())
    return f"---\n{lines}---\n\n{body}\n"


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(FIELDS, st.lists(PIECES, max_size=8).map("".join), st.booleans())
def test_an_outline_is_that_of_the_whole_entry(fields, body, is_known):
    article = Article(path="2026-11-20-ferry.md", data=text_of(fields, body).encode())
    known = Identity(id="tag:post.example,2020-01-01:old", slug="old", first_seen=NOW)
    identity = known if is_known else None
    try:
        whole = read_article(article, PUBLICATION, identity=identity, now=NOW)
    except ArticleError:
        whole = None
    try:
        short = read_outline(article, PUBLICATION, identity=identity)
    except ArticleError:
        assert whole is None
        return
    if short is not None and whole is not None:
        assert write_outline(short) == write_outline(whole.entry)
        assert not whole.findings


@pytest.mark.parametrize(
    ("more", "body"),
    [
        ("image: a.png\n", "Text."),
        ("", "![a](a.png)"),
        ("", "[a](a.pdf)"),
        ("", "<img src=a.png>"),
        ("", "By Ana Reis\n\nText."),
        ("", "The first.\n\n*By Ana Reis*\n\nText."),
        ("", "[a]\n\n[a]: a.png"),
        ("", ""),
        ("", "\x07Text."),
        ("colour: blue\n", "Text."),
    ],
)
def test_what_may_say_more_is_read_as_a_whole(more, body):
    data = f"---\ntitle: A\ndate: 2026-11-20\ntags: [B]\n{more}---\n\n{body}\n".encode()
    assert read_outline(Article(path="a.md", data=data), PUBLICATION, identity=None) is None


@pytest.mark.parametrize("path", ["a.txt", "a.html"])
def test_other_forms_are_read_as_a_whole(path):
    data = b"---\ntitle: A\ndate: 2026-11-20\ntags: [B]\n---\n\nText.\n"
    assert read_outline(Article(path=path, data=data), PUBLICATION, identity=None) is None


def test_what_has_no_date_moves_with_the_moment_it_was_first_seen(publication):
    one = Article(path="ferry.txt", data=b"The ferry is back\n\nIt sails again.\n")
    before = NOW.replace(hour=5)
    later = NOW.replace(day=22)
    moved = read_article(one, publication, identity=None, now=later).entry
    entry = read_article(one, publication, identity=None, now=before).entry
    assert first_seen_at(entry, publication, before, later) == moved


SIGNS = "ab Z09é中_.,:;!?()/+'\"#&%@*-[]{}|>~\t\\=\u00a0"
VALUES = st.one_of(
    st.text(SIGNS, max_size=8),
    st.text("ab 09é.,'#-", max_size=8).map('"{}"'.format),
    st.text("ab 09é.,-", max_size=8).map("'{}'".format),
    st.lists(st.text("ab 0.'", max_size=4) | st.sampled_from(['"a, b"', "null"]), max_size=4).map(
        lambda items: f"[{', '.join(items)}]"
    ),
    st.sampled_from(["null", "~", "yes", "2026-01-01 08:00", "x: y", "a #b", "a:b"]),
)
KEYS = st.sampled_from(["title", "tags", "date", "null", "a_b", ""])
LINES = st.tuples(KEYS, st.sampled_from([": ", ": ", ":", "  : "]), VALUES).map("".join)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(st.lists(LINES, max_size=3).map("\n".join), st.sampled_from(["", "\n"]))
def test_plain_front_matter_is_read_as_yaml_reads_it(block, end):
    fields = read_plain(block + end)
    if fields is not None:
        assert fields == read_yaml(block + end, "a.md")
