"""Invented entries, each with something that has broken feeds before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from publisher.model import (
    Author,
    Enclosure,
    Entry,
    Episode,
    Form,
    Image,
    Podcast,
    Publication,
    Query,
    Reference,
    Section,
    Source,
    Tag,
    TagKind,
)

PUBLICATION = Publication(
    title="The Quillmouth Lantern",
    url="https://lantern.example/news/",
    domain="lantern.example",
    language="en",
    description="News from Quillmouth & its harbour",
    author="The Lantern's desk",
    email="desk@lantern.example",
    rights="© 2026 The Quillmouth Lantern",
)
NOON = datetime(2026, 10, 27, 12, 0, tzinfo=UTC)

TESSALY = Author(name="Tessaly Brook", slug="tessaly-brook", email="tessaly@lantern.example")
ODO = Author(name="Odo Marsh", slug="odo-marsh", url="https://odo.example/about")
HARBOUR = Section(name="Harbour", slug="harbour")
FERRY = Tag(name="Ferry", slug="ferry")
MAYOR = Tag(name="Ines Pell", slug="ines-pell", kind=TagKind.PERSON)

THEIR_BLOG = Source(
    title="Somebody's <blog>",
    feed="https://blog.example/atom.xml",
    page="https://blog.example/",
    id="tag:blog.example,2020:feed",
)
PODCAST = Query(
    name="radio",
    title="Lantern Radio",
    description="The harbour, every week",
    podcast=Podcast(
        categories=(("News", "Politics"), ("Society & Culture",)),
        image="https://lantern.example/radio.jpg",
        owner="Odo & Marsh",
        email="radio@lantern.example",
        kind="serial",
        locked=True,
    ),
)


def entry(slug: str = "ferry", **fields: Any) -> Entry:
    given: dict[str, Any] = {
        "id": f"tag:lantern.example,2026-10-27:{slug}",
        "slug": slug,
        "path": f"{slug}.md",
        "form": Form.MARKDOWN,
        "title": "The ferry is back",
        "published": NOON,
        "published_from": "front matter",
        "language": "en",
        "html": "<p>The ferry is back.</p>\n<p>It <em>floats</em>.</p>",
        "summary": "The ferry is back, and it floats.",
    }
    return Entry(**given | fields)


def rich_entries() -> list[Entry]:
    """Every sort of entry that a feed must carry, no two changed at one moment."""
    long = "".join(f"<p>Paragraph {n} of a very long tale of tides.</p>\n" for n in range(2000))
    ferry_picture = Image(
        url="https://lantern.example/news/ferry.jpg",
        alt="A blue ferry at the pier",
        caption="The ferry on Tuesday",
        type="image/jpeg",
        width=1200,
        height=800,
    )
    special: list[dict[str, Any]] = [
        {"title": "Fish & chips < 5 crowns > nothing, AT&T, R&1 \"quoted\" 'twice'"},
        {"title": "The tag &amp; its &copy; are said &#x26; done"},
        {"title": "Rain 🌧️ and 👩🏽‍🚀 over the harbour", "summary": "😀 & <joy>"},
        {"title": "港の渡し船が戻った", "language": "ja", "html": "<p>渡し船が戻った。</p>"},
        {"title": "العبّارة تعود", "language": "ar", "html": '<p dir="rtl">عادت العبّارة.</p>'},
        {"title": "An ending ]]> inside", "html": "<p>Mind the ]]&gt; gap ]]></p>"},
        {"title": "Bell \x07, null \x00 and \ufffe \ud800 \x9f rang", "html": "<p>\x0bTab\x1f</p>"},
        {"authors": (TESSALY,), "section": HARBOUR, "tags": (FERRY, MAYOR, FERRY)},
        {"authors": (TESSALY, ODO, Author(name="  ", slug="x")), "tags": (MAYOR,)},
        {"authors": (ODO,), "rights": "© Odo Marsh & daughters"},
        {"authors": (Author(name="R. (Bob) \\ Pell", slug="bob", email="bob@pell.example"),)},
        {"authors": (Author(name="No Mail", slug="no-mail", email="not an address"),)},
        {"images": (ferry_picture,), "html": '<p><img src="https://x.example/a.png" alt=""></p>'},
        {
            "images": (
                ferry_picture,
                Image(url="https://lantern.example/größe bild.png", caption="Nur ein Titel"),
                Image(url="relative.png"),
            )
        },
        {
            "enclosures": (
                Enclosure(
                    url="https://lantern.example/pod/1.mp3",
                    type="audio/mpeg",
                    length=9,
                    title="One",
                ),
                Enclosure(url="https://lantern.example/pod/1.ogg", type="audio/ogg"),
                Enclosure(url="https://lantern.example/pod/raw", type=""),
            )
        },
        {"updated": NOON + timedelta(days=1), "correction": "It was a <blue> & not a red ferry."},
        {"url": "https://elsewhere.example/a b/ä?q=ü&r=%zz#t§p"},
        {"url": "https://bücher.example/лодка"},
        {"summary": ""},
        {"summary": "", "html": ""},
        {"title": "A long tale", "html": long},
        {"html": '<p><a href="https://x.example/?a=1&amp;b=2">A link</a><br>and <b>more</b></p>'},
        {"tags": (Tag(name="R&D <lab>", slug="r-d-lab", kind=TagKind.ORGANISATION),)},
        {
            "related": (
                Reference(url="https://x.example/größe?a=1&b=2", title="Fish & chips <2>"),
                Reference(url="https://x.example/plain"),
                Reference(url="javascript:alert(1)"),
            )
        },
        {"source": THEIR_BLOG, "url": "https://blog.example/2026/a"},
        {"source": Source(title="A page & no feed", feed="", page="https://page.example/")},
        {"title": "\u2028", "summary": "Two\nlines\r\nand three"},
    ]
    return [
        entry(f"entry-{n:02}", **{"published": NOON - timedelta(hours=n)} | fields)
        for n, fields in enumerate(special)
    ]


def far_entries() -> list[Entry]:
    """Moments at both ends of the calendar, which a validator finds implausible but valid."""
    return [
        entry("old", published=datetime(1900, 1, 1, tzinfo=UTC)),
        entry("late", published=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ]


def episodes() -> list[Entry]:
    """Episodes of a podcast, one with everything and one with nothing but its sound."""

    def sound(number: int, **fields: Any) -> Enclosure:
        url = f"https://lantern.example/pod/{number}.mp3"
        return Enclosure(**{"url": url, "type": "audio/mpeg", "length": 9} | fields)

    full = Episode(
        number=12,
        season=2,
        kind="bonus",
        explicit=True,
        image="https://lantern.example/12.jpg",
        transcript="https://lantern.example/12.vtt",
        transcript_type="text/vtt",
        chapters="https://lantern.example/12.chapters.json",
        guid="a9d1-kept from elsewhere",
    )
    return [
        entry("twelve", enclosures=(sound(12, duration=1865),), episode=full),
        entry(
            "thirteen",
            enclosures=(sound(13, length=0),),
            episode=Episode(),
            published=NOON + timedelta(days=7),
        ),
    ]


def withdrawn_entry() -> Entry:
    """An entry that was taken back."""
    return entry(
        "taken-back",
        withdrawn=NOON + timedelta(days=2),
        withdrawal="The <source> made it up & said so.",
        section=HARBOUR,
    )
