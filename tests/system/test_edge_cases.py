"""What broke other programs' feeds, as an operator would have it: files in a folder, and all at once.

Every feed of a site with every such article, and with everything switched on, goes before the W3C
validator; the plain articles beside them are in each feed that they belong to.
"""

import gzip
import json
from dataclasses import dataclass, field
from datetime import timedelta

import jsonschema
import pytest
from lxml import etree

from tests.servers import serving
from tests.system.building import story
from tests.system.conftest import FAR, FIRST, NEWER, NOW, shared
from tests.system.remote import ATOM, JSON, item, rss

BODY = "The ferry to Little Skerry is back.\n"


@dataclass
class Case:
    """An article, and what a reader of the feed has to find of it: its title, or nothing."""

    files: dict
    title: str | None = ""
    holds: tuple = ()
    lacks: tuple = ()
    warnings: set = field(default_factory=set)


def one(title=None, body=BODY, name="case.md", **front):
    lines = "".join(f"{key}: {value}\n" for key, value in front.items())
    head = f"title: {json.dumps(title, ensure_ascii=False)}\n" if title is not None else ""
    return {name: f"---\n{head}{lines}---\n{body}"}


LONG = "word " * 50 + "\n\n"
CASES = {
    "control characters in the title": Case(
        {"case.md": b"---\ndate: 2026-11-19\n---\n# Bell \x07 and \x0b tab rang\n\n" + BODY.encode()},
        "Bell and tab rang",
    ),
    "control characters in the body": Case(
        one("Bells", "Bell \x07, escape \x1b and delete \x7f, \x9f.\n"), "Bells", lacks=("\x07", "\x1b")
    ),
    "U+FFFE": Case(one("A \ufffe B", "x \ufffe\uffff y\n"), "A B", lacks=("\ufffe",)),
    "surrogates": Case({"case.md": b"# Half \xed\xa0\x80\n\n" + BODY.encode()}, None),
    "]]>": Case(one("An end ]]> here", "Mind the ]]> gap.\n"), "An end ]]> here", ("]]&gt;",)),
    "emoji": Case(one("Rain 🌧️ 👩🏽‍🚀", "😀\n"), "Rain 🌧️ 👩🏽‍🚀", ("😀",)),
    "CJK": Case(one("港の渡し船が戻った", "渡し船が戻った。\n", language="ja"), "港の渡し船が戻った"),
    "RTL": Case(one("العبّارة تعود", "عادت العبّارة.\n", language="ar"), "العبّارة تعود"),
    "an empty title": Case(one("", "Some text.\n\n# And a heading\n\nMore.\n"), "And a heading"),
    "no title at all": Case(one("", "Some text.\n"), None),
    "no date": Case(one("Undated"), "Undated"),
    "a date in 1900": Case(one("Old", date="1900-01-01"), "Old", warnings=FAR),
    "a date in 9999": Case(one("Far", date="9999-12-31 23:59"), None),
    "duplicate slugs": Case(
        one("First", name="case.md") | one("Second", name="other/case.md"), "First"
    ),
    # Of names in OPML the validator thinks that they are HTML; feed readers do not.
    "tags that slug to the same word": Case(
        one("Tags", tags="[Fishing, fishing, FISHING!, R&D, R and D, 渔, '🎣', '!!!']"), "Tags"
    , warnings={"NotHtml"}),
    "relative links": Case(
        one("Links", "[a](../b/) [b](?q=1) [c](/d) ![p](/p.png)\n"),
        "Links",
        ('href="https://courier.example/b/"', 'src="https://courier.example/p.png"'),
        ('href="..', 'src="/'),
    ),
    "protocol-relative links": Case(
        one("Hosts", '[a](//x.example/a) <img src="//x.example/p.png" alt="p">\n'),
        "Hosts",
        ('href="https://x.example/a"', 'src="https://x.example/p.png"'),
    ),
    "fragment links": Case(
        one("Parts", "[down](#part)\n"), "Parts", ("https://courier.example/entries/case.html#part",)
    ),
    "srcset": Case(
        one("Sizes", '<img src="/a.png" srcset="/a.png 1x, b,c.png 2x, //x.example/d 3x" alt="a">'
                     '<video poster="/p.jpg" src="/v.mp4"></video>\n'),
        "Sizes",
        ("https://courier.example/a.png 1x", "https://x.example/d 3x",
         'poster="https://courier.example/p.jpg"'),
    ),
    "script and onerror": Case(
        one("Harm <script>x</script>", '<script>x</script><img src="/a.png" onerror="x()" alt="a">ok\n'),
        "Harm <script>x</script>",
        lacks=("<script", "onerror"),
        warnings={"ContainsUndeclaredHTML", "ContainsHTML"},  # plain text that looks like markup may look so
    ),
    "an article of 1 MB": Case(one("Long", LONG * 4200), "Long"),
    "an article of one word": Case({"case.md": "# Word\n\nWord\n"}, "Word"),
    "an id that is no tag": Case(one("Own", id="urn:isbn:12345"), "Own"),
    "an empty file": Case({"case.md": b""}, None),
}  # fmt: skip

EVERYTHING = """
[feeds]
limit = 3
archive = ["all", "tags", "radio"]
gzip = true
hub = "http://127.0.0.1:1/"

[feeds.asia]
title = "Asia & <more>"
tags = ["China", "Taiwan"]
limit = 2

[feeds.radio]
title = "Radio"
sections = ["Radio"]

[feeds.radio.podcast]
categories = ["News > Politics", "Society & Culture"]
image = "https://courier.example/radio.jpg"
owner = "Odo <odo@courier.example>"
"""


@pytest.fixture
def judge(validate):
    """Every feed below a folder before the judges, by path: what the W3C validator has to say."""
    schema = jsonschema.Draft7Validator(json.loads(shared("jsonfeed-1.1.schema.json")))

    def look(folder):
        said = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.name == "feed.json":
                schema.validate(json.loads(path.read_bytes()))
            elif path.name in {"rss.xml", "atom.xml", "feeds.opml"}:
                said[name] = validate(path.read_bytes(), f"https://courier.example/{name}")
        return said

    return look


def titles(folder, name):
    feed = etree.parse(folder / name)
    kind = "item/title" if name.endswith("rss.xml") else "{*}entry/{*}title"
    return ["".join(title.itertext()) for title in feed.iterfind(f".//{kind}")]


@pytest.mark.threat(3, 4, 11, 14)
@pytest.mark.parametrize("name", CASES)
def test_an_odd_article_costs_no_other_one_anything(site, judge, name):
    case = CASES[name]
    for path, text in case.files.items():
        site.article(path, text)
    for number in range(3):
        site.article(f"plain-{number}.md", story(f"Plain {number}", date=f"2026-11-2{number}"))
    site.config('[feeds]\nlimit = 9\nhub = "https://hub.example/"\n')
    site.build()
    for path, said in judge(site.feeds).items():
        assert {event for event in said if event[0] not in case.warnings} == set(), path
    plain = {"Plain 0", "Plain 1", "Plain 2"}
    for path in ("rss.xml", "atom.xml"):
        assert set(titles(site.feeds, path)) == plain | ({case.title} if case.title else set())
    items = json.loads((site.feeds / "feed.json").read_bytes())["items"]
    assert {one["title"] for one in items} == plain | ({case.title} if case.title else set())
    for one_ in items:
        if one_["title"] == case.title:
            assert all(part in one_["content_html"] for part in case.holds), one_["content_html"]
            assert not any(part in one_["content_html"] for part in case.lacks)


def test_all_of_them_at_once_with_everything_switched_on(site, judge):
    with serving() as server:
        pages = {
            "/rss": rss(item(html="<p>x]]&gt;y</p>"), item("Two", "two", "7")),
            "/atom": ATOM,
            "/json": JSON,
        }
        for path, data in pages.items():
            server.pages[path] = (200, {}, data)
            site.config(f'[sources.{path[1:]}]\nurl = "{server.url(path)}"\nallow_private = true\n')
        site.config(EVERYTHING)
        for number, case in enumerate(CASES.values()):
            for path, text in case.files.items():
                site.article(path.replace("case", f"case-{number}"), text)
        site.article("tides.mp3", b"ID3" + bytes(99))
        site.article("tides.vtt", "WEBVTT\n")
        for number in range(5):
            about = f"{{audio: tides.mp3, duration: '31:05', number: {number + 1}, season: 2, transcript: tides.vtt}}"
            site.article(f"radio-{number}.md", story(f"Tides {number}", section="Radio", episode=about, tags="China",
                                                     date=f"2026-11-1{number}"))  # fmt: skip
        site.article(
            "gone.md",
            story("Gone", withdrawn="2026-11-21", withdrawal="It was wrong & <bad>.", tags="China"),
        )
        site.article("mended.md", story("Mended", updated="2026-11-21", correction="It was <red>.",
                                        source="{title: A & B, feed: 'https://b.example/f?a=1&b=2'}"))  # fmt: skip
        site.build(NOW)
        site.build(NOW + timedelta(days=1))
    said = judge(site.feeds)
    allowed = (
        FAR | NEWER | {"NotHtml", "ContainsUndeclaredHTML", "ContainsHTML", "DuplicateUpdated"}
    )
    for path, events in said.items():
        first = FIRST if "archive/1/" in path else set()
        assert {event for event in events if event[0] not in allowed | first} == set(), path
    assert {
        "feeds/asia/rss.xml",
        "feeds/radio/archive/1/rss.xml",
        "archive/3/atom.xml",
    } <= said.keys()
    every = set()
    for path in said:
        if path == "rss.xml" or (path.startswith("archive/") and path.endswith("rss.xml")):
            every |= set(titles(site.feeds, path))
    wanted = {case.title for case in CASES.values() if case.title}
    assert (
        wanted
        | {f"Tides {number}" for number in range(5)}
        | {"Mended", "Ebb", "Two", "Low & lower"}
        <= every
    )
    assert "Gone" not in every
    assert b"deleted-entry" in (site.feeds / "atom.xml").read_bytes()
    for path in said:
        assert (
            gzip.decompress((site.feeds / f"{path}.gz").read_bytes())
            == (site.feeds / path).read_bytes()
        )
