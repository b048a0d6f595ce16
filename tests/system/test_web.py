"""The web service over HTTP: what it takes, what it tells, and what it never does."""

from __future__ import annotations

import os
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import pytest

from publisher.model import Choice
from publisher.publish import build
from publisher.storage import Wish
from tests.system.service import BASE, contents, mail_server, make_site, serving
from tests.vectors import vectors

pytestmark = pytest.mark.slow
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web") / "site"
    with mail_server() as (mailbox, port):
        site = make_site(folder, port)
        build(site, now=datetime.now(UTC).replace(microsecond=0))
        with serving(folder, mailbox, "--behind-proxy", "127.0.0.1") as running:
            yield running


def link_in(mail, page):
    """The link to a page of ours, in both parts of a mail; the page's path."""
    text = mail.get_body(("plain",)).get_content()
    [link] = set(re.findall(rf"https://courier\.example/newsletter/{page}/\S+", text))
    assert link in mail.get_body(("html",)).get_content()
    return urlsplit(link).path


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


@pytest.mark.threat(20)
def test_known_unknown_and_blocked_are_told_the_same(service):
    service.reader("known@reader.example")
    with service.store() as store:
        store.suppressions.add("blocked@reader.example", reason="complaint", now=datetime.now(UTC))
    answers = []
    for who in ("known", "fresh", "blocked"):
        for path, more in (("subscribe", {"newsletter": "daily"}), ("link", {})):
            fields = {"address": f"{who}@reader.example", "stamp": service.stamp(), **more}
            answer = service.post(f"/newsletter/{path}", fields)
            kept = {name: value for name, value in answer.headers.items() if name != "date"}
            answers.append((answer.status, answer.body, tuple(sorted(kept.items()))))
    assert len(set(answers)) == 1
    mails = service.mailbox.wait("known@reader.example", 2)
    assert len({link_in(mail, "preferences") for mail in mails}) == 1
    assert len(service.mailbox.wait("fresh@reader.example")) == 1
    assert service.mailbox.to("blocked@reader.example") == []


@pytest.mark.threat(20)
def test_the_store_is_asked_the_same_for_every_address(service):
    """What takes the same steps takes the same time; nothing here reads a clock."""
    from sqlalchemy import event

    service.reader("steps@reader.example")
    steps = {}
    with service.store() as store:
        store.suppressions.add("off@reader.example", reason="complaint", now=datetime.now(UTC))
        said = []

        def note(_connection, _cursor, statement, *_rest):
            said.append(statement)

        event.listen(store.database.engine, "before_cursor_execute", note)
        for who in ("steps", "nobody", "off"):
            said.clear()
            now = datetime.now(UTC).replace(microsecond=0)
            store.requests.ask("confirm", f"{who}@reader.example", newsletters=["daily"], now=now)
            steps[who] = list(said)
        event.remove(store.database.engine, "before_cursor_execute", note)
    assert steps["steps"] == steps["nobody"] == steps["off"]
    assert not any(" subscriber" in one or "suppression" in one for one in steps["steps"])


@pytest.mark.threat(19)
def test_many_requests_for_one_address_send_one_mail(service):
    """From as many networks as there are requests, eight at once; PUBLISHER_LONG asks 10,000."""
    count = 10_000 if os.environ.get("PUBLISHER_LONG") else 300
    stamp = service.stamp()

    def ask(number):
        fields = {"address": "bomb@reader.example", "newsletter": "daily", "stamp": stamp}
        network = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        return service.post("/newsletter/subscribe", fields, X_Forwarded_For=network).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(count))) == {303}
    assert len(service.mailbox.wait("bomb@reader.example")) == 1
    service.subscribe("after-bomb@reader.example")
    service.mailbox.wait("after-bomb@reader.example")
    assert len(service.mailbox.to("bomb@reader.example")) == 1


@pytest.mark.threat(19)
def test_robots_and_the_hasty_send_nothing(service):
    def mail(who, **fields):
        usual = {"address": f"{who}@robot.example", "newsletter": "daily"}
        return service.post("/newsletter/subscribe", usual | fields)

    trapped = mail("trapped", stamp=service.stamp(), website="https://spam.example/")
    assert (trapped.status, trapped.headers["location"]) == (303, "/newsletter/sent")
    for who, stamp in (
        ("none", ""),
        ("forged", service.stamp()[:-2] + "AA"),
        ("quick", service.stamp(0)),
        ("stale", service.stamp(90_000)),
    ):
        answer = mail(who, stamp=stamp)
        assert (answer.status, "One more step" in answer.text) == (200, True)
        assert f'value="{who}@robot.example"' in answer.text
    with service.store() as store:
        asked = {one.address for one in store.requests.claim(datetime.now(UTC))}
        assert not {one for one in asked if "robot" in one}
    assert not [whom for whom, _ in service.mailbox.mails if "robot" in whom]


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


@pytest.mark.threat(20)
def test_the_link_is_sent_to_readers_alone(service):
    number = service.reader("lost@reader.example")
    fields = {"address": "LOST@reader.example", "stamp": service.stamp()}
    assert service.post("/newsletter/link", fields).status == 303
    [mail] = service.mailbox.wait("lost@reader.example")
    path = link_in(mail, "preferences")
    assert path.startswith(f"/newsletter/preferences/{number}.daily.")
    assert service.get(path).status == 200


@pytest.mark.threat(22)
def test_looking_changes_nothing(service):
    number = service.reader("look@reader.example", "daily", "weekly")
    service.subscribe("asked@reader.example")
    [mail] = service.mailbox.wait("asked@reader.example")
    time.sleep(0.5)  # until the postman has written down what it did
    paths = [link_in(mail, "confirm"), "/newsletter/subscribe", "/newsletter/link", "/"]
    paths += [service.links.link(one, number, "daily") for one in ("leave", "preferences")]
    before = contents(service.site)
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            for _ in range(3):
                answer = service.ask(method, path)
                assert answer.status in (200, 204), (method, path)
                if method == "HEAD":
                    assert answer.body == b""
    assert contents(service.site) == before


def flipped(token):
    """The token with each of its bits changed, one at a time."""
    for place, char in enumerate(token):
        for bit in range(7):
            yield token[:place] + chr(ord(char) ^ 1 << bit) + token[place + 1 :]


@pytest.fixture
def tokens(service):
    """One of each kind that a link may have, for the same reader."""
    number = service.reader("bits@reader.example")
    found = {
        purpose: service.links.token(purpose, number, "daily")
        for purpose in ("leave", "preferences")
    }
    service.subscribe("bits-too@reader.example", "weekly")
    [mail] = service.mailbox.wait("bits-too@reader.example")
    return found | {"confirm": link_in(mail, "confirm").rpartition("/")[2]}


@pytest.mark.threat(21)
@pytest.mark.parametrize("purpose", ["leave", "preferences", "confirm"])
def test_every_changed_bit_of_a_link_is_refused(service, tokens, purpose):
    assert service.get(f"/newsletter/{purpose}/{tokens[purpose]}").status == 200
    before = contents(service.site)
    for changed in flipped(tokens[purpose]):
        path = f"/newsletter/{purpose}/{quote(changed, safe='')}"
        answer = service.post(path, ONE_CLICK)
        # With a slash in it no page has this address, and a file is not there to be posted to.
        assert answer.status == (405 if "/" in changed else 404), (purpose, changed)
    assert contents(service.site) == before
    for other in {"leave", "preferences", "confirm"} - {purpose}:
        assert service.get(f"/newsletter/{other}/{tokens[purpose]}").status == 404


@pytest.mark.threat(21)
def test_every_changed_bit_of_a_forms_stamp_asks_once_more(service):
    stamp = service.stamp()
    fields = {"address": "stamped@reader.example", "newsletter": "daily"}
    before = contents(service.site)
    for changed in flipped(stamp):
        answer = service.post("/newsletter/subscribe", fields | {"stamp": changed})
        assert (answer.status, "One more step" in answer.text) == (200, True), changed
    assert contents(service.site) == before
    assert service.post("/newsletter/subscribe", fields | {"stamp": stamp}).status == 303


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
    before = contents(service.site)
    assert service.post(path, ONE_CLICK).status == 200
    assert contents(service.site) == before


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
    before = contents(service.site)
    answer = service.post(path, {"newsletter": "daily", name: value})
    assert answer.status == status
    assert "<h1>" in answer.text
    assert contents(service.site) == before


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


@pytest.mark.threat(25)
def test_too_large_too_many_and_no_form(service):
    path = "/newsletter/subscribe"
    large = service.ask(
        "POST", path, b"x" * 10_000_000, Content_Type="application/x-www-form-urlencoded"
    )
    assert (large.status, "That was too large" in large.text) == (413, True)
    assert service.ask("POST", path, b"{}", Content_Type="application/json").status == 415
    assert service.ask("POST", path, b"x", Content_Type="multipart/form-data").status == 400
    many = "&".join(f"f{number}=1" for number in range(5000))
    assert service.post(path, None, Content_Length="0").status == 422
    form = "application/x-www-form-urlencoded"
    assert service.ask("POST", path, many, Content_Type=form).status == 400
    assert service.get("/", **{f"X_{number}": "1" for number in range(150)}).status == 431
    assert service.get("/", X_Long="x" * 40_000).status in (400, 431)
    assert service.ask("DELETE", path).status == 405
    assert service.ask("POST", "/rss.xml", {}).status == 405
    assert service.get("/newsletter/preferences/nonsense").status == 404
    assert service.post("/newsletter/subscribe", {"newsletter": "unknown"}).status == 422


@pytest.mark.threat(25)
def test_who_never_ends_is_hung_up_on(service):
    """All of them at once, while others are answered."""
    calls = []
    for begun in (
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /",
        b"POST /newsletter/subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\naddress=",
    ):
        call = socket.create_connection(("127.0.0.1", service.port), timeout=60)
        call.sendall(begun)
        calls.append(call)
    assert service.get("/").status == 200
    said = []
    for call in calls:
        got = b""
        try:
            while part := call.recv(65536):
                got += part
        except ConnectionResetError:
            pass
        call.close()
        said.append(got)
    assert said[0] == said[1] == b""
    assert said[2].startswith(b"HTTP/1.1 200")
    assert said[3].startswith(b"HTTP/1.1 408")


def test_a_network_that_asks_too_often_waits(tmp_path):
    with mail_server() as (mailbox, port):
        make_site(tmp_path / "site", port, per_network=3)
        with serving(tmp_path / "site", mailbox, "--behind-proxy", "127.0.0.1") as service:
            codes = [
                service.subscribe(f"r{n}@reader.example", X_Forwarded_For="203.0.113.9").status
                for n in range(4)
            ]
            assert codes == [303, 303, 303, 429]
            wait = service.subscribe("r9@reader.example", X_Forwarded_For="203.0.113.9")
            assert 0 < int(wait.headers["retry-after"]) <= 1200
            assert (
                service.subscribe("x@reader.example", X_Forwarded_For="203.0.114.9").status == 303
            )
        with serving(tmp_path / "site", mailbox) as service:
            # No proxy is trusted now: what it says of others counts for nothing.
            codes = [
                service.subscribe(f"s{n}@reader.example", X_Forwarded_For=f"10.0.0.{n}").status
                for n in range(4)
            ]
            assert codes == [303, 303, 303, 429]


@pytest.mark.threat(23)
def test_pages_load_nothing_and_stand_in_no_frame(service):
    number = service.reader("look-at@reader.example")
    for path in (
        "/newsletter/subscribe",
        service.links.link("preferences", number, "daily"),
        "/newsletter/nothing-here",
    ):
        answer = service.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers
        assert not re.search(r"<(?:script|img|iframe|link rel=.stylesheet)", answer.text)


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


def locations(service, method, target, body=b""):
    """Every Location in what a raw request is answered with."""
    head = f"{method} {target} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
    head += f"Connection: close\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as line:
        line.sendall(head.encode() + body)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    lines = answer.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return [
        one.partition(b":")[2].strip().decode() for one in lines if one[:9].lower() == b"location:"
    ]


@pytest.mark.threat(24)
@pytest.mark.parametrize("target", vectors("redirect"), ids=ascii)
def test_row_24_no_request_is_sent_on_to_another_site(service, target):
    for method, body in (("GET", b""), ("POST", b"next=https://evil.example&url=//evil.example")):
        for place in locations(service, method, target, body):
            # Nor by what a browser makes of it: \ is a / to it, and two of them begin a host.
            assert place.startswith("/")
            assert not place.replace("\\", "/").startswith("//")
