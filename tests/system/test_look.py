"""Pages and digests in the installed Chromium: nothing overflows, nothing is too faint, nothing is fetched."""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.digest import Digest, browser_page
from publisher.model import (
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
CHROMIUM = Path("/usr/bin/chromium")
DRIVER = Path("/usr/bin/chromedriver")
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
        "text": re.sub(r"<[^>]+>", "", body),
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
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return list(files)


def open_browser(profile: Path):
    """A Chromium of our own with its own profile, which can reach nothing but files."""
    for program in (CHROMIUM, DRIVER):
        if not program.exists():
            pytest.skip(f"Chromium is missing: {program} (Debian: chromium, chromium-driver)")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--proxy-server=127.0.0.1:9",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))


def show(browser, url: str, width: int, scheme: str) -> None:
    """Opens a page as wide as a phone or a desk, in a light or a dark colour scheme."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.get(url)


def requests_of(browser) -> list[str]:
    """Every address that was asked for since the last time."""
    told = [json.loads(line["message"])["message"] for line in browser.get_log("performance")]
    return [
        one["params"]["request"]["url"]
        for one in told
        if one["method"] == "Network.requestWillBeSent"
    ]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("look")
    return folder, write_sample(folder)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = open_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


OVERFLOW = """
// Not innerWidth: a phone widens it to what overflows.
const width = arguments[0];
const wide = document.documentElement.scrollWidth - width;
const out = [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  if (!box.width || !box.height || e.closest('pre, .body table, .skip')) return false;
  return box.right > width + 1 || box.left < -1;
});
return wide > 0 ? ['page wider by ' + wide] : out.map(e => e.outerHTML.slice(0, 120));
"""

# WCAG 2.2, 1.4.3: the contrast of each text with the first background behind it that covers.
FAINT = r"""
const parse = s => { const n = s.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const light = c => { const f = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
const faint = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, e = node.parentElement;
  if (!node.data.trim() || e.closest('.skip, style') || !e.getClientRects().length) continue;
  if (getComputedStyle(e.closest('div[style*="display:none"]') || e).display === 'none') continue;
  let back = null;
  for (let b = e; b && !back; b = b.parentElement) {
    const colour = parse(getComputedStyle(b).backgroundColor);
    if (colour[3] === 1) back = colour;
  }
  back = back || (dark ? [18, 18, 18, 1] : [255, 255, 255, 1]);
  const text = light(parse(getComputedStyle(e).color)), ground = light(back);
  const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
  if (ratio < 4.5) faint.push(ratio.toFixed(2) + ' ' + node.data.trim().slice(0, 60));
}
return faint;
"""

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_overflows(browser, sample, width):
    folder, paths = sample
    for path in paths:
        show(browser, (folder / path).as_uri(), width, "light")
        assert browser.execute_script(OVERFLOW, width) == [], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(browser, sample, scheme):
    folder, paths = sample
    for path in paths:
        if path != "plain-mail.html" or scheme == "light":
            show(browser, (folder / path).as_uri(), 800, scheme)
            assert browser.execute_script(FAINT) == [], path


def test_dark_mode_is_dark(browser, sample):
    folder, paths = sample
    for path in set(paths) - {"plain-mail.html"}:
        show(browser, (folder / path).as_uri(), 800, "dark")
        colour = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert max(map(int, re.findall(r"\d+", colour)[:3])) < 64, path


def test_nothing_is_fetched_and_nothing_complains(browser, sample):
    folder, paths = sample
    browser.get_log("browser")
    browser.get_log("performance")
    for path in paths:
        show(browser, (folder / path).as_uri(), 800, "light")
    assert browser.get_log("browser") == []
    asked = requests_of(browser)
    assert (folder / paths[0]).as_uri() in asked
    foreign = [one for one in asked if not one.startswith((folder.as_uri(), "data:"))]
    assert foreign == []


def test_every_link_between_our_pages_leads_to_a_file(browser, sample):
    folder, paths = sample
    files = {(folder / path).as_uri() for path in paths}
    for path in set(paths) - {"mail.html", "plain-mail.html"}:
        show(browser, (folder / path).as_uri(), 800, "light")
        links = browser.execute_script(
            "return [...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0])"
        )
        ours = {link for link in links if link.endswith(".html") and link.startswith("file:")}
        assert ours <= files, (path, ours - files)


def test_the_keyboard_shows_where_it_is(browser, sample):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    folder, _ = sample
    show(browser, (folder / "index.html").as_uri(), 800, "light")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB, Keys.TAB)
    style = "const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]"
    assert browser.execute_script(style) == ["solid", "3px"]


def test_one_main_heading_and_the_landmarks(browser, sample):
    folder, paths = sample
    for path in paths:
        show(browser, (folder / path).as_uri(), 800, "light")
        count = "return document.querySelectorAll(arguments[0]).length"
        assert browser.execute_script(count, "h1") == 1, path
        if "mail" not in path and not path.startswith("editions/daily"):
            assert browser.execute_script(count, "main") == 1
            assert browser.execute_script(count, "body > footer") == 1
