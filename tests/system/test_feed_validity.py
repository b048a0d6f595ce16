"""Our feeds before judges of others' making: the W3C validator, schemas, feedparser."""

import json
import warnings
from dataclasses import replace
from html import unescape
from pathlib import Path

import feedparser
import jsonschema
import pytest
from lxml import etree

from publisher.feeds import (
    choose_feeds,
    close_archives,
    render_feed,
    render_opml,
    split_archives,
)
from publisher.feeds.characters import line
from tests import vectors
from tests.system.conftest import FAR, FIRST, NEWER, shared
from tests.unit.feeds.samples import (
    PODCAST,
    PUBLICATION,
    TESSALY,
    entry,
    episodes,
    far_entries,
    rich_entries,
    withdrawn_entry,
)

HUB = replace(PUBLICATION, hub="https://hub.example/")


def every_feed():
    """All feeds of all samples, each with the warnings that its entries can't but cause."""
    for feed in choose_feeds(rich_entries(), PUBLICATION, 100):
        yield feed, set()
    yield choose_feeds([], PUBLICATION, 100)[0], set()
    yield choose_feeds(far_entries(), PUBLICATION, 100)[0], FAR
    for each in rich_entries():
        yield choose_feeds([each], PUBLICATION, 100)[0], set()
    yield choose_feeds(episodes(), PUBLICATION, 9, queries=[PODCAST])[1], NEWER
    yield choose_feeds([entry()], PUBLICATION, 9, withdrawn=[withdrawn_entry()])[0], NEWER
    whole = choose_feeds(rich_entries(), PUBLICATION, 7, archived=frozenset({"all"}))[0]
    current, documents = split_archives(whole, close_archives(whole, []))
    yield current, set()
    for document in documents:
        yield document, set() if document.previous else FIRST


def test_the_w3c_validator_is_awake(validate):
    feed = choose_feeds([entry()], PUBLICATION, 1)[0]
    data = render_feed(feed, PUBLICATION, "rss").replace(b"27 Oct", b"32 Oct")
    assert {name for name, _ in validate(data, PUBLICATION.address(feed.path("rss")))} == {
        "InvalidRFC2822Date"
    }


# What the W3C validator lets pass: the order of dates, the size, empty words in their element, and
# relative addresses in Atom, which readers resolve against whatever they like.
OURS = (
    "the feed has 5.7 MB",
    "an entry was updated before",
    "updated is older",
    "lastBuildDate is older",
    "<channel> needs exactly one description",
    "<entry> needs exactly one title",
    "an author has a blank name",
    "uri 'tessaly'",
    "link 'ferry.html'",
    "content refers to 'a.html'",
)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [one for one in vectors.broken("broken_feeds.jsonl") if one[0] != "feed.json"],
    ids=[
        f"{name}: {says}"
        for name, *_, says in vectors.broken("broken_feeds.jsonl")
        if name != "feed.json"
    ],
)
def test_the_w3c_validator_minds_what_we_mind(name, old, new, says, validate):
    data = vectors.replaced(vectors.text(name), old, new).encode("utf-8", "surrogateescape")
    base = f"https://quill.example/{name}"
    assert validate(vectors.text(name).encode(), base) == set()
    if not says.partition(": ")[2].startswith(OURS):
        assert validate(data, base)


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_the_w3c_validator_has_nothing_to_say(form, validate):
    for feed, allowed in every_feed():
        data = render_feed(feed, HUB, form)
        said = validate(data, PUBLICATION.address(feed.path(form)))
        assert {event for event in said if event[0] not in allowed} == set()


def test_the_w3c_validator_has_nothing_to_say_of_the_opml(validate):
    # Without the tag "R&D <lab>": the validator takes names in OPML for HTML, readers do not.
    feeds = [feed for feed in choose_feeds(rich_entries(), PUBLICATION, 9) if "<" not in feed.name]
    assert validate(render_opml(feeds, PUBLICATION)) == set()


@pytest.mark.parametrize(("form", "name"), [("rss", "rss20.rng"), ("atom", "atom.rng")])
def test_the_schema_of_the_format_is_met(form, name):
    schema = etree.RelaxNG(etree.fromstring(shared(name)))
    for feed, _ in every_feed():
        schema.assertValid(etree.fromstring(render_feed(feed, PUBLICATION, form)))


def test_the_schema_of_json_feed_is_met():
    schema = jsonschema.Draft7Validator(json.loads(shared("jsonfeed-1.1.schema.json")))
    for feed, _ in every_feed():
        schema.validate(json.loads(render_feed(feed, HUB, "json")))


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feedparser_reads_every_field_back(form):
    feed = choose_feeds(rich_entries(), PUBLICATION, 100)[0]
    read = parsed(render_feed(feed, PUBLICATION, form))
    assert (read.feed.title, read.feed.link) == (PUBLICATION.title, PUBLICATION.address(feed.page))
    assert unescape(read.feed.subtitle) == PUBLICATION.description
    assert (read.feed.language, read.feed.rights) == ("en", PUBLICATION.rights)
    assert [e.id for e in read.entries] == [e.id for e in feed.entries]
    for wrote, got in zip(feed.entries, read.entries, strict=True):
        assert unescape(got.title) == unescape(line(wrote.title) or wrote.slug)
        assert got.published_parsed[:6] == wrote.published.timetuple()[:6]
        assert wrote.updated is None or got.updated_parsed[:6] == wrote.updated.timetuple()[:6]
        if wrote.summary:
            assert unescape(got.summary) == line(wrote.summary)
        tags = [t.label if form == "atom" else t.term for t in got.get("tags", [])]
        names = [*([wrote.section.name] if wrote.section else []), *(t.name for t in wrote.tags)]
        assert tags == list(dict.fromkeys(names))
        assert len(got.get("media_content", [])) == sum("//" in i.url for i in wrote.images)


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feedparser_reads_links_enclosures_and_content(form):
    two = [e for e in rich_entries() if e.enclosures or "ferry.jpg" in str(e.images)]
    feed = choose_feeds([*two, entry("plain", url="https://x.example/a")], PUBLICATION, 9)[0]
    for wrote, got in zip(
        feed.entries, parsed(render_feed(feed, PUBLICATION, form)).entries, strict=True
    ):
        assert got.link == PUBLICATION.link(wrote)
        assert "".join(c.value for c in got.content).startswith("<p>")
        told = [e.href for e in got.enclosures]
        wanted = [e.url for e in wrote.enclosures]
        assert told == (wanted[:1] if form == "rss" else wanted)


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feedparser_reads_every_author(form):
    feed = choose_feeds([e for e in rich_entries() if e.authors], PUBLICATION, 9)[0]
    read = parsed(render_feed(feed, PUBLICATION, form))
    for wrote, got in zip(feed.entries, read.entries, strict=True):
        assert [a.name for a in got.authors] == [a.name for a in wrote.authors if a.name.strip()]


def test_feedparser_reads_the_address_of_an_author():
    feed = choose_feeds([entry(authors=(TESSALY,))], PUBLICATION, 9)[0]
    (read,) = parsed(render_feed(feed, PUBLICATION, "atom")).entries
    assert read.author_detail == {"name": TESSALY.name, "email": TESSALY.email}


def parsed(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        read = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not read.bozo, read.get("bozo_exception")
    return read


@pytest.mark.parametrize(("name", "form"), [("rss.xml", "rss"), ("atom.xml", "atom")])
def test_the_w3c_validator_has_nothing_to_say_of_the_sample(name, form, validate):
    folder = Path(__file__).parents[2] / "feeds"
    found = sorted(folder.rglob(name))
    assert found
    for path in found:
        address = f"https://courier.example/{path.relative_to(folder).as_posix()}"
        assert validate(path.read_bytes(), address) == set(), path
