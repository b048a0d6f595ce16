import pytest

from publisher.checks.feeds import check_feed
from publisher.feeds import choose_feeds, render_feed
from publisher.model import FEED_FORMATS, Severity
from tests import vectors
from tests.unit.feeds.samples import PUBLICATION, entry, far_entries, rich_entries

FORMS = {"rss.xml": "rss", "atom.xml": "atom", "feed.json": "json"}
BROKEN = vectors.broken("broken_feeds.jsonl")


def rendered(form, *entries):
    return render_feed(choose_feeds(entries, PUBLICATION, 99)[0], PUBLICATION, form).decode()


def found(text, form, severity=None):
    findings = check_feed(text.encode(), form, "rss.xml")
    return [f.what for f in findings if severity is None or f.severity is severity]


@pytest.mark.parametrize("form", FEED_FORMATS)
def test_nothing_is_said_of_the_feeds_that_we_write(form):
    for entries in (rich_entries(), far_entries(), [entry()]):
        assert check_feed(rendered(form, *entries).encode(), form, "x") == []
    empty = choose_feeds([], PUBLICATION, 9)[0]
    assert check_feed(render_feed(empty, PUBLICATION, form), form, "x") == []


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_a_good_feed_has_no_finding(name):
    assert check_feed(vectors.text(name).encode(), FORMS[name], name) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "says"), BROKEN, ids=[f"{name}: {says}" for name, *_, says in BROKEN]
)
def test_a_feed_broken_in_one_way_has_the_one_finding_that_names_it(name, old, new, says):
    data = vectors.replaced(vectors.text(name), old, new).encode("utf-8", "surrogateescape")
    found = check_feed(data, FORMS[name], name)
    assert [f"{one.severity}: {one.what}"[: len(says)] for one in found] == [says], found
    (one,) = found
    assert one.path == name
    assert one.rule
    assert one.mend


def test_there_are_many_of_them():
    assert len(BROKEN) >= 40
    assert len({says for *_, says in BROKEN}) >= 40


@pytest.mark.parametrize(("name", "old", "new", "line"), [
    ("rss.xml", "2026:lamp", "2026:ferry", 21),
    ("rss.xml", 'type="audio/mpeg"', "", 19),
    ("atom.xml", 'term="ferry"', "", 16),
    ("feed.json", "2026-10-26T", "x", 21),
    ("feed.json", "2026:lamp", "2026:ferry", 21),
])  # fmt: skip
def test_a_finding_has_its_line(name, old, new, line):
    data = vectors.replaced(vectors.text(name), old, new).encode()
    assert [one.line for one in check_feed(data, FORMS[name], name)] == [line]


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_entries_that_run_backwards_are_named(name):
    text = vectors.text(name)
    for old, new in (
        ("27", "77"),
        ("25", "27"),
        ("77", "25"),
        ("Tue", "Xxx"),
        ("Sun", "Tue"),
        ("Xxx", "Sun"),
    ):
        text = text.replace(old, new)
    text = text.replace("<lastBuildDate>Sun, 25", "<lastBuildDate>Tue, 27")
    text = text.replace("Z</updated>\n<link rel", "Z</updated>\n<link rel", 1).replace(
        "<updated>2026-10-25T12:00:00Z</updated>", "<updated>2026-10-27T12:00:00Z</updated>", 1
    )
    found = check_feed(text.encode(), FORMS[name], name)
    assert ["backwards" in one.what for one in found] == [True], found


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, "1" * 5000])
def test_what_is_no_json_feed_is_an_error_and_no_crash(text):
    assert found(text, "json", Severity.ERROR)


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize("text", ["", "<", "<rss/>", "<feed/>", "\x00", "<rss>" * 100_000])
def test_what_is_no_feed_is_an_error_and_no_crash(form, text):
    assert found(text, form, Severity.ERROR)


@pytest.mark.parametrize("form", FEED_FORMATS)
def test_bytes_that_are_not_utf_8_are_named_with_their_line(form):
    (finding,) = check_feed(b"<a>\n\xe4</a>", form, "feeds/rss.xml")
    assert str(finding) == "feeds/rss.xml:2: the feed is not UTF-8 (write it as UTF-8)"


@pytest.mark.parametrize("form", FEED_FORMATS)
@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<a href="/a">x</a>', "/a"),
        ("<a class=b href='a.html'>x</a>", "a.html"),
        ('<p>x</p><a\nHREF="#top">x</a>', "#top"),
        ('<img alt="5 > 4" src=//x.example/a.png>', "//x.example/a.png"),
        ('<video poster="a.jpg"></video>', "a.jpg"),
        ('<img src="https://x.example/a" srcset="https://x.example/a 1x, b.png 2x">', "b.png"),
        ('<img srcset="b,c.png,https://x.example/a 2x">', "b,c.png,https://x.example/a"),
        ('<a href="">x</a>', ""),
        ('<a href="&#47;a">x</a>', "/a"),
    ],
)
def test_a_relative_reference_in_content_is_a_warning(form, html, address):
    (finding,) = check_feed(rendered(form, entry(html=html)).encode(), form, "x")
    assert finding.severity is Severity.WARNING
    assert repr(address) in finding.what


@pytest.mark.parametrize(
    "html",
    [
        '<p>Write href="/a" or &lt;a href="/a"&gt; in the page.</p>',
        '<img alt="an href=\'/a\' in words" src="https://x.example/a">',
        '<a href="mailto:ana@paper.example">x</a><a href="tel:+1">y</a>',
        '<img srcset="https://x.example/a,b.png 1x,https://x.example/c 2x">',
        '<p data-href="/a">1 < 2 and 3 > 2</p>',
        '<p title="never closed',
    ],
)
def test_what_only_looks_like_a_reference_is_left_alone(html):
    assert check_feed(rendered("json", entry(html=html)).encode(), "json", "x") == []
