"""The digest that is shipped: how much it weighs, who shows it, and what a spam filter says."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publisher.checks.html_part import read_page
from publisher.checks.mail_source import read_source
from publisher.checks.messages import check_message
from publisher.checks.support import ENOUGH, uses_of
from publisher.delivery.message import MessageTemplate
from publisher.digest import Digest
from publisher.model import Image, Mark, Message, Recipient
from publisher.sources import load_templates
from tests.system.lantern_bay import ARCHIVE, ENTRIES, NEWSLETTER, PUBLICATION, SLOT

DOMAIN = "courier.example"
SUMMARY = (
    "The night ferry will go on crossing the bay. After four hours the council voted nine to two to "
    "pay for its lamps, and the harbour master said that a harbour without a light is a rumour, to "
    "which nobody objected. The lamps are lit again from Monday on, wind and weather allowing it."
)[:280]


def entries():
    """Twenty, each with all that an entry may have but a correction."""
    address = PUBLICATION.address("media/dusk/dusk.png")
    picture = Image(url=address, alt="The bay at dusk", width=640, height=300)
    full = replace(ENTRIES[0], correction="", summary=SUMMARY, images=(picture,))
    return [replace(full, id=f"tag:{DOMAIN},2026:{n}", slug=f"ferry-{n}") for n in range(20)]


@pytest.fixture(scope="module")
def message(tmp_path_factory):
    rendered = Digest(load_templates(tmp_path_factory.mktemp("site"))).render(
        NEWSLETTER, entries(), slot=SLOT, publication=PUBLICATION, archive=ARCHIVE, more=3
    )
    reader = Recipient(
        subscriber=7,
        address="ana@reader.example",
        name="Ana Reis",
        message_id=f"<daily-7@{DOMAIN}>",
        leave=f"https://{DOMAIN}/newsletter/leave/7.daily.Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_A",
        preferences=f"https://{DOMAIN}/newsletter/preferences/7.daily.Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3",
    )
    made = Message(
        rendered=rendered, edition="daily-2026-11-23-0700", newsletter="daily",
        list_title=NEWSLETTER.title, list_id=f"daily.{DOMAIN}", sender_name=NEWSLETTER.sender_name,
        sender=NEWSLETTER.sender, reply_to="", language="en", date=datetime.now(UTC).replace(microsecond=0),
        archive=ARCHIVE, mailto_leave=f"mailto:desk@{DOMAIN}?subject=unsubscribe",
    )  # fmt: skip
    assert Mark.LEAVE in rendered.html
    return MessageTemplate(made).fill(reader)


def test_twenty_entries_weigh_less_than_35_kilobytes(message):
    html = read_source(message, DOMAIN).html
    assert 20_000 < len(html.encode()) < 35_000


def test_nothing_is_to_mend_in_it(message):
    assert check_message(message, domain=DOMAIN) == []


def test_every_feature_is_shown_by_nine_in_ten_clients_or_has_a_fallback(message):
    used = [use.feature for use in uses_of(read_page(read_source(message, DOMAIN)))]
    assert len(used) > 40
    weak = {one.name for one in used if one.share < ENOUGH}
    assert all(one.fallback for one in used if one.name in weak)
    # What carries the layout is among those that need none.
    carrying = {
        "<table>",
        "<div>",
        "<p>",
        "<img>",
        "max-width",
        "width",
        "padding",
        "margin",
        "font",
    }
    assert carrying <= {one.name for one in used} - weak


def test_spamassassin_finds_little_in_it(message, tmp_path):
    if not shutil.which("spamassassin"):
        pytest.skip("SpamAssassin is missing (Debian: spamassassin)")
    done = subprocess.run(
        # Local tests alone: no network, and nothing learnt.
        ["spamassassin", "-L", "-t", "-x", "--siteconfigpath", "/etc/spamassassin"],
        input=message.replace(b"\r\n", b"\n"),
        capture_output=True,
        check=False,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/sbin", "LC_ALL": "C.UTF-8"},
        timeout=120,
    )
    report = done.stdout.decode("utf-8", "replace")
    (said,) = [line for line in report.splitlines() if line.startswith("Content analysis details:")]
    points = float(said.split("(")[1].split(" points")[0])
    print(points, report[report.index("Content analysis details") :])
    assert points < 1.0, report[report.index("Content analysis details") :]
