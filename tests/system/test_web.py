"""The web service over HTTP: what it takes, what it tells, and what it never does."""

from __future__ import annotations

import re
import socket
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from publisher.model import Choice
from publisher.storage import Wish
from tests.system.service import (
    BASE,
    ONE_CLICK,
    link_in,
    publication_served,
)
from tests.vectors import vectors


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with publication_served(tmp_path_factory.mktemp("web") / "site") as running:
        yield running


def test_the_way_in(service):
    answer = service.subscribe("way@reader.example", "daily", X_Forwarded_For="192.0.2.77")
    assert (answer.status, answer.headers["location"]) == (303, "/newsletter/sent")
    [mail] = service.mailbox.wait("way@reader.example")
    assert mail["To"] == "way@reader.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    path = link_in(mail, "confirm")
    with service.store() as store:
        assert store.readers.find("way@reader.example") is None
    page = service.get(path)
    assert page.status == 200
    assert "Courier daily" in page.text
    done = service.post(path, {}, X_Forwarded_For="192.0.2.78")
    assert done.status == 303
    welcome = service.get(done.headers["location"])
    assert welcome.status == 200
    assert "You are subscribed" in welcome.text
    assert "way@" not in welcome.text
    with service.store() as store:
        reader = store.readers.find("way@reader.example")
        held = store.subscribers.held(reader.subscriber.id)
    assert [(one["what"], one["network"]) for one in held["consent"]] == [
        ("subscribed", "192.0.2.77"),
        ("confirmed", "192.0.2.78"),
    ]
    assert service.get(path).status == 410
    assert service.post(path, {}).status == 410


@pytest.mark.threat(8, 19)
def test_bad_addresses_get_the_form_again_and_never_a_mail(service):
    bad = [
        "",
        "nobody",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        *vectors("address"),
    ]
    from publisher.audience import parse_address
    from publisher.errors import AddressError

    for address in bad:
        try:
            parse_address(address)
        except AddressError:
            answer = service.subscribe(address)
            assert answer.status == 422, address
            assert "We can't write to this address" in answer.text
            assert "<script" not in answer.text


@pytest.mark.threat(22)
def test_looking_changes_nothing(service):
    number = service.reader("look@reader.example", "daily", "weekly")
    service.subscribe("asked@reader.example")
    [mail] = service.mailbox.wait("asked@reader.example")
    time.sleep(0.5)  # until the postman has written down what it did
    paths = [link_in(mail, "confirm"), "/newsletter/subscribe", "/newsletter/link", "/"]
    paths += [service.links.link(one, number, "daily") for one in ("leave", "preferences")]
    before = service.contents()
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            for _ in range(3):
                answer = service.ask(method, path)
                assert answer.status in (200, 204), (method, path)
                if method == "HEAD":
                    assert answer.body == b""
    assert service.contents() == before


def test_a_rotated_key_signs_at_once_and_old_links_stay_good(service):
    number = service.reader("keys@reader.example")
    old = service.links.link("leave", number, "daily")
    with (service.site / "publisher.key").open("a") as file:
        file.write("ab" * 32 + "\n")
    new = service.links.link("leave", number, "daily")
    assert old != new
    assert service.get(new).status == 200
    assert service.get(old).status == 200


@pytest.mark.threat(22)
def test_one_click_leaves_at_once_and_again(service):
    number = service.reader("click@reader.example", "daily", "weekly")
    path = service.links.link("leave", number, "daily")
    for fields in ({}, {"List-Unsubscribe": "one"}, {"do": "nothing"}, {"x": "One-Click"}):
        assert service.post(path, fields).status == 400
    boundary = "x" * 20
    multipart = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
        f"One-Click\r\n--{boundary}--\r\n"
    )
    kind = f"multipart/form-data; boundary={boundary}"
    with service.store() as store:
        assert store.readers.get(number).subscription("daily")
    first = service.ask("POST", path, multipart, Content_Type=kind)
    assert first.status == 200
    assert "location" not in first.headers
    assert "set-cookie" not in first.headers
    with service.store() as store:
        assert [one.newsletter for one in store.readers.get(number).subscriptions] == ["weekly"]
    before = service.contents()
    assert service.post(path, ONE_CLICK).status == 200
    assert service.contents() == before


def test_leaving_by_the_button_and_coming_back(service):
    number = service.reader("button@reader.example", "daily", "weekly")
    path = urlsplit(service.links.link("leave", number, "daily")).path
    assert "Leave <bdi>Courier daily</bdi>?" in service.get(path).text
    assert service.post(path, {"do": "leave all"}).headers["location"] == path
    page = service.get(path)
    assert "You have left <bdi>Courier daily</bdi>" in page.text
    assert "come back" in page.text
    with service.store() as store:
        assert store.suppressions.find("button@reader.example").reason == "left"
    assert service.post(path, {"do": "come back"}).status == 303
    with service.store() as store:
        assert len(store.readers.get(number).subscriptions) == 2
        assert store.suppressions.find("button@reader.example") is None


def test_a_link_of_who_was_forgotten_leads_to_nobody(service):
    number = service.reader("forget@reader.example")
    path = service.links.link("leave", number, "daily")
    with service.store() as store:
        store.subscribers.forget("forget@reader.example", now=datetime.now(UTC))
    assert service.get(path).status == 410
    assert service.get(service.links.link("preferences", number, "daily")).status == 410
    assert service.post(path, ONE_CLICK).status == 200


def test_choices_are_kept_and_shown(service):
    number = service.reader("choose@reader.example", "daily", "weekly")
    path = service.links.link("preferences", number, "daily")
    until = datetime.now(UTC).date() + timedelta(days=30)
    fields = {
        "newsletter": "daily",
        "frequency.daily": "weekly",
        "topic.daily": ["tag:skerry", "section:harbour"],
        "timezone": "Asia/Tokyo",
        "language": "de",
        "pause.daily": until.isoformat(),
    }
    assert service.post(path, fields).status == 303
    with service.store() as store:
        reader = store.readers.get(number)
    [kept] = reader.subscriptions
    assert (kept.choice.frequency, kept.choice.timezone) == ("weekly", "Asia/Tokyo")
    assert kept.choice.topics.tags == {"skerry"}
    assert kept.choice.topics.sections == {"harbour"}
    assert kept.paused_until.isoformat() == f"{until - timedelta(days=1)}T15:00:00+00:00"
    assert reader.former == ("weekly",)
    page = service.get(path + "?saved").text
    assert '<html lang="de"' in page
    assert "Gespeichert." in page
    assert f'value="{until}"' in page
    assert re.search(r'value="tag:skerry" checked', page)


def test_each_newsletter_has_a_pause_of_its_own(service):
    number = service.reader("pause@reader.example", "daily", "weekly")
    path = service.links.link("preferences", number, "daily")
    until = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"
    fields = {"newsletter": ["daily", "weekly"], "pause.weekly": until}
    assert service.post(path, fields).status == 303
    with service.store() as store:
        held = {one.newsletter: one.paused_until for one in store.readers.get(number).subscriptions}
    assert held["daily"] is None
    assert (
        f"{held['weekly'].astimezone(ZoneInfo('Europe/Lisbon')):%Y-%m-%d %H:%M}" == f"{until} 00:00"
    )
    page = service.get(path).text
    assert re.search(rf'name="pause.weekly" value="{until}"', page)
    assert 'name="pause.daily" value=""' in page


def test_a_language_that_an_import_brought_is_kept_until_another_is_chosen(service):
    with service.store() as store:
        wish = Wish(
            address="luc@lecteur.example",
            name="",
            language="fr",
            subscriptions={"daily": Choice(timezone="Nowhere/Land")},
        )
        [luc] = store.subscribers.add_all([wish], source="test", now=datetime.now(UTC))
    path = service.links.link("preferences", luc.id, "daily")
    assert '<option value="fr" lang="fr" selected>' in service.get(path).text
    for language in ("fr", "de"):
        assert service.post(path, {"newsletter": "daily", "language": language}).status == 303
        with service.store() as store:
            assert store.readers.get(luc.id).subscriber.language == language
    assert service.post(path, {"newsletter": "daily", "language": "fr"}).status == 422


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("topic.daily", "tag:unheard-of", 422),
        ("topic.daily", "nonsense", 422),
        ("frequency.daily", "hourly", 422),
        ("frequency.daily", "each", 422),
        ("timezone", "Asia/Atlantis", 422),
        ("timezone", "../../etc/passwd", 422),
        ("language", "xx", 422),
        ("pause.daily", "1999-01-01", 422),
        ("pause.daily", "soon", 422),
        ("newsletter", "unknown", 422),
    ],
)
def test_a_bad_choice_gets_a_page_and_changes_nothing(service, name, value, status):
    number = service.reader("bad-choice@reader.example")
    path = service.links.link("preferences", number, "daily")
    before = service.contents()
    answer = service.post(path, {"newsletter": "daily", name: value})
    assert answer.status == status
    assert "<h1>" in answer.text
    assert service.contents() == before


def test_an_expired_confirmation_says_so(service):
    now = datetime.now(UTC).replace(microsecond=0)
    with service.store() as store:
        asked = now - timedelta(days=7, seconds=5)
        store.requests.ask("confirm", "late@reader.example", newsletters=["daily"], now=asked)
        [one] = [r for r in store.requests.claim(now) if r.address == "late@reader.example"]
    second = int(asked.timestamp())
    answer = service.get(service.links.link("confirm", one.id, str(second)))
    assert (answer.status, "This link has expired" in answer.text) == (410, True)
    assert service.post(service.links.link("confirm", one.id, str(second)), {}).status == 410
    # One of another request with this number never was.
    assert service.get(service.links.link("confirm", one.id, str(second + 1))).status == 410


def test_pages_speak_the_readers_language(service):
    assert '<html lang="en"' in service.get("/newsletter/subscribe").text
    german = service.get("/newsletter/subscribe", Accept_Language="fr, de-AT;q=0.8, en;q=0.7")
    assert '<html lang="de"' in german.text
    assert "Abonnieren" in german.text
    fields = {"address": "anna@leser.example", "newsletter": "daily", "stamp": service.stamp()}
    service.post("/newsletter/subscribe", fields, Accept_Language="de")
    [mail] = service.mailbox.wait("anna@leser.example")
    assert mail["Subject"] == "Bestätigen Sie Ihr Abonnement: Courier daily"
    assert mail["Content-Language"] == "de"


def test_who_leaves_is_spoken_to_as_in_the_mail_they_come_from(service):
    with service.store() as store:
        wish = Wish(
            address="uwe@leser.example",
            name="",
            language="de-AT",
            subscriptions={"daily": Choice()},
        )
        [uwe] = store.subscribers.add_all([wish], source="test", now=datetime.now(UTC))
    path = service.links.link("leave", uwe.id, "daily")
    english = {"Accept_Language": "en"}
    for page in (service.get(path, **english), service.post(path, ONE_CLICK, **english)):
        assert '<html lang="de"' in page.text


def test_the_form_for_other_sites(service):
    page = service.get("/newsletter/embed").text
    assert "&lt;form method=&#34;post&#34; action=&#34;" + BASE + "subscribe&#34;&gt;" in page
    answer = service.post(
        "/newsletter/subscribe",
        {"address": "other@reader.example", "newsletter": "daily"},
        Origin="https://elsewhere.example",
    )
    assert (answer.status, "One more step" in answer.text) == (200, True)


def test_the_body_of_an_answer_does_not_wait_for_the_other_side_to_have_seen_its_head():
    from publisher.web.server import listen

    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
