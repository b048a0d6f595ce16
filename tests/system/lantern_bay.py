"""Pages and a digest of an invented town's paper, with all that pages can show, to be looked at."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

from publisher.digest import Digest, browser_page
from publisher.model import (
    STYLESHEET,
    Author,
    Dateline,
    Enclosure,
    Entry,
    Feed,
    Form,
    Image,
    Mark,
    Newsletter,
    Publication,
    Section,
    Tag,
)
from publisher.pages import EditionLink, Pages

TEMPLATES = Path(__file__).parents[2] / "templates"
PUBLICATION = Publication(
    title="The Lantern Bay Courier",
    url="https://courier.example/feeds/",
    domain="courier.example",
    timezone="Europe/Lisbon",
    description="News of a harbour town that is on no map.",
    email="desk@courier.example",
    rights="© 2026 The Lantern Bay Courier",
)
NEWSLETTER = Newsletter(
    name="daily",
    title="Lantern Bay Daily",
    schedule="daily at 07:00",
    timezone="Europe/Lisbon",
    sender_name="The Lantern Bay Courier",
    sender="news@courier.example",
    description="Every morning, what the harbour talks about.",
)
SLOT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ARCHIVE = PUBLICATION.address("editions/daily-2026-11-23-0700.html")


def _picture() -> str:
    """A harbour at dusk, drawn here: a PNG as a data: address."""
    width, height = 640, 300
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            sea = y > 190
            sun = (x - 430) ** 2 + (y - 150) ** 2 < 2200
            glow = 60 - abs(y - 190) // 3
            shade = (214 - y // 5, 136 + glow // 2, 108 + y // 6)
            rows += bytes(
                (250, 220, 170) if sun and not sea else (38, 70 + glow // 2, 92) if sea else shade
            )
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(rows))),
        (b"IEND", b""),
    )
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return "data:image/png;base64," + base64.b64encode(data).decode()


PICTURE = _picture()


def _entry(number: int, title: str, body: str, **more) -> Entry:
    values = {
        "id": f"tag:courier.example,2026:{number}",
        "slug": f"story-{number}",
        "path": f"story-{number}.md",
        "form": Form.MARKDOWN,
        "title": title,
        "published": datetime(2026, 11, 23 - number, 14, 5, tzinfo=UTC),
        "published_from": "front matter",
        "language": "en",
        "html": body,
        "summary": re.sub(r"<[^>]+>", "", body.partition("</p>")[0]),
    }
    return Entry(**(values | more))


HARBOUR = Section(name="Harbour", slug="harbour")
TOWN = Section(name="Town hall", slug="town-hall")
INES = Author(name="Inês Quartel", slug="ines-quartel")
TAGS = (Tag(name="Lantern Bay", slug="lantern-bay"), Tag(name="Ferries", slug="ferries"))
ENTRIES = (
    _entry(
        1,
        "Harbour council votes to keep the night ferry after a winter of arguments about who should pay for its lamps",
        "<p>The night ferry will go on crossing the bay. After four hours the council of Lantern Bay voted nine to two to pay for its lamps.</p>"
        '<p>“A harbour without a light is a rumour,” said <a href="https://courier.example/feeds/authors/ines-quartel/index.html">the harbour master</a>, Odila Brandt.</p>'
        "<h2>What it costs</h2><ul><li>Lamps: 400 crowns</li><li>Oil: 90 crowns</li></ul>"
        "<blockquote><p>We are not paying for the moon.</p></blockquote>"
        "<table><tr><th>Year</th><th>Crossings</th><th>Passengers on the night ferry</th><th>Lamps lit</th></tr><tr><td>2025</td><td>612</td><td>18,204</td><td>4,100</td></tr></table>"
        "<pre><code>lamp --on --all-of-them --until-the-last-ferry-has-come-home-safely --and-then-some</code></pre>"
        "<p>https://courier.example/a-very-long-address-that-has-no-place-to-break/and-goes-on-and-on-and-on</p>",
        dateline=Dateline(place="LANTERN BAY", agency="LBC", printed="LANTERN BAY (LBC) --"),
        section=HARBOUR,
        authors=(INES, Author(name="Odd Vesterholm", slug="odd-vesterholm")),
        tags=(*TAGS, Tag(name="Harbour council", slug="harbour-council")),
        updated=datetime(2026, 11, 23, 6, 30, tzinfo=UTC),
        correction="An earlier version gave the vote as ten to one. It was nine to two.",
        credit="Lantern Bay wire",
        images=(
            Image(
                url=PICTURE,
                alt="The bay at dusk",
                caption="The bay, from the old pier.",
                width=640,
                height=300,
            ),
        ),
        enclosures=(
            Enclosure(
                url="https://courier.example/feeds/media/minutes.pdf",
                type="application/pdf",
                length=184_320,
                title="Minutes of the council",
            ),
        ),
    ),
    _entry(
        2,
        "مجلس الميناء يقرر إبقاء العبّارة الليلية",
        "<p>قرر مجلس الميناء في خليج الفانوس إبقاء العبّارة الليلية بعد شتاء طويل من النقاش حول من يدفع ثمن مصابيحها.</p><p>وقالت مديرة الميناء إن القرار صدر بتسعة أصوات مقابل صوتين.</p>",
        language="ar",
        section=HARBOUR,
        tags=(Tag(name="عبّارات", slug="abbarat"),),
        authors=(Author(name="سلمى الفانوسي", slug="salma"),),
    ),
    _entry(
        3,
        "港の議会、夜のフェリーの存続を決定——灯りの費用をめぐる冬の議論に終止符",
        "<p>ランタン湾の港湾議会は二十二日、夜のフェリーを存続させることを九対二で決めた。灯りの費用は町が負担する。</p><p>「灯りのない港は、うわさにすぎない」と港長は語った。</p>",
        language="ja",
        section=HARBOUR,
        dateline=Dateline(place="ランタン湾", printed="【ランタン湾】"),
    ),
    _entry(
        4,
        "Library lends out umbrellas",
        "<p>From Monday, anybody with a card may take an umbrella home for three days. The librarian asks that they come back dry.</p>",
        section=TOWN,
        authors=(INES,),
        tags=TAGS[:1],
    ),
    _entry(
        5,
        "Tide tables for December & January <corrected>",
        "<p>High water at the old pier, day by day.</p>",
        section=HARBOUR,
        tags=TAGS[1:],
    ),
)


def _templates() -> dict[str, str]:
    return {
        path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8")
        for path in TEMPLATES.rglob("*.*")
    }


def write_sample(folder: Path) -> list[str]:
    """Writes every kind of page, and the digest, below a folder; gives their paths."""
    publication, templates = PUBLICATION, _templates()
    feeds = (
        Feed(
            kind="all", name=publication.title, title=publication.title, folder="", entries=ENTRIES
        ),
        Feed(
            kind="section",
            name="Harbour",
            title=f"Harbour – {publication.title}",
            folder="sections/harbour/",
            entries=ENTRIES[:3],
        ),
        Feed(
            kind="section",
            name="Town hall",
            title=f"Town hall – {publication.title}",
            folder="sections/town-hall/",
            entries=ENTRIES[3:4],
        ),
        *(
            Feed(
                kind="tag",
                name=name,
                title=f"{name} – {publication.title}",
                folder=f"tags/{slug}/",
                entries=ENTRIES[:1],
            )
            for name, slug in (
                ("Ferries", "ferries"),
                ("Harbour council", "harbour-council"),
                ("Lantern Bay", "lantern-bay"),
                ("عبّارات", "abbarat"),
                ("A tag with a name that goes on for much longer than it should", "long"),
            )
        ),
        Feed(
            kind="author",
            name="Inês Quartel",
            title=f"Inês Quartel – {publication.title}",
            folder="authors/ines-quartel/",
            entries=ENTRIES[:1],
        ),
    )
    pages = Pages(templates, publication)
    rendered = Digest(templates).render(
        NEWSLETTER, ENTRIES, slot=SLOT, publication=publication, archive=ARCHIVE, more=3
    )
    mail = rendered.html.replace(Mark.LEAVE, "https://courier.example/leave/x").replace(
        Mark.PREFERENCES, "https://courier.example/preferences/x"
    )
    edition = "editions/daily-2026-11-23-0700.html"
    files = {
        "index.html": pages.index(feeds, (NEWSLETTER,), editions=True),
        "editions/index.html": pages.editions(
            [
                EditionLink(
                    title=rendered.subject, path=edition, slot=SLOT, newsletter=NEWSLETTER.title
                )
            ]
        ),
        edition: browser_page(rendered, publication),
        "mail.html": mail.encode(),
        "plain-mail.html": re.sub(r"<style.*?</style>", "", mail, flags=re.DOTALL).encode(),
    }
    files |= {feed.page: pages.feed(feed) for feed in feeds[1:]}
    files |= {entry.page: pages.entry(entry, feeds) for entry in ENTRIES}
    for path, data in (files | {STYLESHEET: pages.style}).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return list(files)
