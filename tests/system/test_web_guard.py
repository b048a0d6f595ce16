"""What the web service refuses: who asks too often, is no person, or has no link of ours."""

from __future__ import annotations

import os
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest

from tests.system.service import (
    ONE_CLICK,
    link_in,
    mail_server,
    make_site,
    publication_served,
    serving,
)
from tests.vectors import vectors


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with publication_served(tmp_path_factory.mktemp("web") / "site") as running:
        yield running


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


@pytest.mark.threat(20)
def test_the_link_is_sent_to_readers_alone(service):
    number = service.reader("lost@reader.example")
    fields = {"address": "LOST@reader.example", "stamp": service.stamp()}
    assert service.post("/newsletter/link", fields).status == 303
    [mail] = service.mailbox.wait("lost@reader.example")
    path = link_in(mail, "preferences")
    assert path.startswith(f"/newsletter/preferences/{number}.daily.")
    assert service.get(path).status == 200


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
    before = service.contents()
    for changed in flipped(tokens[purpose]):
        path = f"/newsletter/{purpose}/{quote(changed, safe='')}"
        answer = service.post(path, ONE_CLICK)
        # With a slash in it no page has this address, and a file is not there to be posted to.
        assert answer.status == (405 if "/" in changed else 404), (purpose, changed)
    assert service.contents() == before
    for other in {"leave", "preferences", "confirm"} - {purpose}:
        assert service.get(f"/newsletter/{other}/{tokens[purpose]}").status == 404


@pytest.mark.threat(21)
def test_every_changed_bit_of_a_forms_stamp_asks_once_more(service):
    stamp = service.stamp()
    fields = {"address": "stamped@reader.example", "newsletter": "daily"}
    before = service.contents()
    for changed in flipped(stamp):
        answer = service.post("/newsletter/subscribe", fields | {"stamp": changed})
        assert (answer.status, "One more step" in answer.text) == (200, True), changed
    assert service.contents() == before
    assert service.post("/newsletter/subscribe", fields | {"stamp": stamp}).status == 303


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


@pytest.mark.threat(25)
def test_more_slow_clients_than_there_is_room_for_shut_nobody_out(service):
    """Heads byte by byte, idle ones, bodies without end to what reads none, answers not taken."""
    (service.site / "feeds" / "large.mp3").write_bytes(b"x" * (8 << 20))
    host = b" HTTP/1.1\r\nHost: x\r\n"
    kinds = (
        b"GET /rss.xml" + host,
        b"GET /rss.xml" + host + b"\r\n",
        b"POST /rss.xml" + host + b"Content-Length: 999999999999\r\n\r\nx",
        b"GET /large.mp3" + host + b"\r\n",
    )
    with ExitStack() as stack:
        for number in range(480):  # 120 that are answered and do not read, and 400 are the limit
            call = socket.create_connection(("127.0.0.1", service.port), timeout=60)
            stack.enter_context(call)
            call.sendall(kinds[number % len(kinds)])
            if number % 40 == 39:
                assert service.get("/rss.xml").status == 200, number
        tag = service.get("/rss.xml").headers["etag"]
        assert service.get("/rss.xml", If_None_Match=tag).status == 304
        large = service.ask("POST", "/newsletter/subscribe", b"x" * 10_000_000)
        assert large.status == 413
    assert service.get("/newsletter/subscribe").status == 200


@pytest.mark.threat(19)
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


@pytest.mark.threat(24)
def test_row_24_nor_is_who_did_what_a_form_is_for(service):
    """Whatever name the address of another site comes under, in the form or beside it."""
    number = service.reader("sent-on@reader.example")
    asked = {"stamp": service.stamp(), "website": "", "address": "sent-on@reader.example"}
    leave, preferences = (
        service.links.link(purpose, number, "daily") for purpose in ("leave", "preferences")
    )
    evil = "https://evil.example/"
    elsewhere = dict.fromkeys(("next", "url", "to", "return", "redirect", "continue"), evil)
    for path, fields in (
        ("/newsletter/subscribe", asked | {"newsletter": "daily"}),
        ("/newsletter/link", asked),
        (preferences, {"newsletter": "daily", "frequency.daily": ""}),
        (leave, {"do": "leave"}),
        (leave, {"do": "come back"}),
    ):
        target = f"{path}?{urlencode(elsewhere)}"
        answer = service.post(target, fields | elsewhere, Host="evil.example", Referer=evil)
        assert answer.status == 303, (path, answer.text)
        assert answer.headers["location"].startswith("/newsletter/")
        assert "evil" not in answer.headers["location"]
