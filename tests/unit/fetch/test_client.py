"""The client before servers that do as they please."""

import gzip
import io
import ssl
import subprocess
import time
import zlib

import pytest

from publisher.errors import FetchError
from publisher.fetch import fetch
from publisher.fetch.answers import TooLargeError, read_body
from tests.servers import serving, speaking

PLAIN = {"Content-Type": "text/plain"}


@pytest.fixture
def server():
    with serving() as running:
        yield running


def ask(url, **options):
    return fetch(url, private=True, **({"seconds": 5} | options))


def test_what_the_server_says_is_given_on(server):
    server.pages["/a?b=c"] = (200, {"ETag": '"1"'}, b"words")
    answer = ask(server.url("/a?b=c#part"), headers={"User-Agent": "me"})
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"words", '"1"')
    assert (answer.url, answer.moved) == (server.url("/a?b=c"), "")
    assert server.headers()["User-Agent"] == "me"
    assert server.headers()["Host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("status", [304, 404, 410, 429, 500, 503])
def test_any_other_status_is_an_answer_without_a_body(server, status):
    server.pages["/"] = (status, {"Retry-After": "7"}, b"" if status == 304 else b"sorry")
    answer = ask(server.url())
    assert (answer.status, answer.ok, answer.body) == (status, False, b"")
    assert answer.headers["retry-after"] == "7"


def test_an_address_is_written_as_a_request_can_hold_it(server):
    server.pages["/caf%C3%A9%20x"] = (200, {}, b"here")
    assert ask(server.url("/café x")).body == b"here"


@pytest.mark.parametrize(
    ("codes", "moved"),
    [([301], "/1"), ([308, 301], "/2"), ([302], ""), ([307, 301], ""), ([301, 302], "/1")],
)
def test_redirects_are_followed_and_a_permanent_one_is_told(server, codes, moved):
    for number, code in enumerate(codes):
        server.pages[f"/{number or ''}"] = (code, {"Location": f"/{number + 1}"}, b"")
    server.pages[f"/{len(codes)}"] = (200, {}, b"here")
    answer = ask(server.url())
    assert (answer.body, answer.moved) == (b"here", moved and server.url(moved))


@pytest.mark.threat(18)
def test_three_redirects_are_enough(server):
    for number in range(4):
        server.pages[f"/{number}"] = (302, {"Location": f"/{number + 1}"}, b"")
    server.pages["/4"] = (200, {}, b"here")
    assert ask(server.url("/1")).body == b"here"
    with pytest.raises(FetchError, match="redirects more than 3 times"):
        ask(server.url("/0"))
    server.pages["/loop"] = (302, {"Location": "/loop"}, b"")
    with pytest.raises(FetchError, match="redirects more than 3 times"):
        ask(server.url("/loop"))


@pytest.mark.threat(18)
@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("file:///etc/passwd", "is no web address"),
        ("gopher://x/", "is no web address"),
        ("http://127.0.0.1:22/", "has a port that redirects may not lead to"),
        ("http://me:pass@127.0.0.1/", "has a user name in it"),
        ("http://[::1", "no address"),
        ("", "redirects to nowhere"),
        ("http://169.254.169.254/latest", "is not on the internet"),
    ],
)
def test_a_redirect_leads_nowhere_else(server, target, why):
    server.pages["/"] = (302, {"Location": target} if target else {}, b"")
    with pytest.raises(FetchError, match=why.replace("[", r"\[")):
        ask(server.url())


@pytest.mark.threat(18)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1", "0x7f.1"])
def test_this_machine_is_not_asked_unless_it_may_be(server, host):
    with pytest.raises(FetchError, match="is on this machine") as caught:
        fetch(server.url(host=host))
    assert caught.value.refused
    assert server.asked == []


@pytest.mark.threat(18)
def test_one_address_of_many_is_enough_to_refuse(server, monkeypatch):
    there = [(2, 1, 6, "", ("8.8.8.8", server.port)), (2, 1, 6, "", ("127.0.0.1", server.port))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: there)
    with pytest.raises(FetchError, match=r"rebound\.example leads to 127\.0\.0\.1"):
        fetch(server.url(host="rebound.example"))


@pytest.mark.threat(18)
def test_a_name_is_asked_for_once_and_that_address_is_taken(server, monkeypatch):
    """Who answers a second time with another address (DNS rebinding) is not asked."""
    asked = []

    def look(host, port, **_):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("socket.getaddrinfo", look)
    server.pages["/"] = (200, {}, b"here")
    assert ask(server.url(host="news.example")).body == b"here"
    assert asked == ["news.example"]
    assert server.headers()["Host"] == f"news.example:{server.port}"


def test_a_dead_address_is_passed_over(server, monkeypatch):
    there = [(2, 1, 6, "", ("127.0.0.1", 1)), (2, 1, 6, "", ("127.0.0.1", server.port))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: there)
    server.pages["/"] = (200, {}, b"here")
    assert ask(server.url(host="news.example")).body == b"here"


@pytest.mark.parametrize("url", ["", "ftp://x.example/", "https://", "news", "http://x:99999/"])
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(FetchError, match="is no web address"):
        fetch(url)


@pytest.mark.threat(25)
def test_what_is_larger_than_allowed_is_given_up_early(server):
    server.pages["/told"] = (200, {"Content-Length": str(10**12)}, b"x")

    def endless(handler):
        handler.answer(200, {"Transfer-Encoding": "chunked"}, b"")
        while True:
            handler.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")

    server.pages["/endless"] = endless
    for path in ("/told", "/endless"):
        with pytest.raises(FetchError, match=r"has more than 1 MiB"):
            ask(server.url(path), max_bytes=2**20)


@pytest.mark.threat(25)
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_is_unpacked_no_further_than_allowed(server, pack):
    import tracemalloc

    bomb = pack(bytes(30 * 2**20))
    kind = "gzip" if pack is gzip.compress else "deflate"
    server.pages["/"] = (200, {"Content-Encoding": kind}, bomb)
    tracemalloc.start()
    with pytest.raises(FetchError, match="has more than 1 MiB"):
        ask(server.url(), max_bytes=2**20)
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()


@pytest.mark.threat(25)
def test_what_goes_on_behind_the_end_of_what_is_packed_has_an_end_as_well():
    endless = io.BytesIO(gzip.compress(b"words") + bytes(2**21))
    with pytest.raises(TooLargeError):
        read_body(endless.read, "gzip", 2**20)
    assert endless.tell() < 2**21


def test_what_is_packed_is_unpacked(server):
    words = b"words " * 50_000
    raw = zlib.compressobj(wbits=-15)
    for kind, body in (
        ("gzip", gzip.compress(words, mtime=0)),
        ("x-gzip", gzip.compress(words, mtime=0)),
        ("deflate", zlib.compress(words)),
        ("deflate", raw.compress(words) + raw.flush()),
        ("identity", words),
    ):
        server.pages["/"] = (200, {"Content-Encoding": kind}, body)
        assert ask(server.url()).body == words
    assert "gzip" in server.headers()["Accept-Encoding"]


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("gzip", b"not packed at all", "can't be unpacked"),
        ("gzip", gzip.compress(b"words" * 999, mtime=0)[:-20], "ends too early"),
        ("br", b"words", "packed as 'br'"),
    ],
    ids=["wrong", "short", "unasked"],
)
def test_what_is_packed_wrongly_is_named(server, kind, body, why):
    server.pages["/"] = (200, {"Content-Encoding": kind}, body)
    with pytest.raises(FetchError, match=why):
        ask(server.url())


def test_what_ends_too_early_is_not_taken_for_the_whole(server):
    def short(handler):
        handler.answer(200, {"Content-Length": "100"}, b"half")
        handler.close_connection = True

    server.pages["/"] = short
    with pytest.raises(FetchError, match="ends too early"):
        ask(server.url())


def drip(line):
    line.recv(9999)
    line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        line.sendall(b"x")
        time.sleep(0.05)


def drip_body(line):
    line.recv(9999)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    while True:
        line.sendall(b"x")
        time.sleep(0.05)


def drip_chunk(line):
    line.recv(9999)
    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        line.sendall(b"0")
        time.sleep(0.05)


@pytest.mark.threat(18, 25)
@pytest.mark.parametrize(
    "talk", [lambda line: line.recv(1) and time.sleep(0.6), drip, drip_body, drip_chunk]
)
def test_one_clock_covers_all_of_it(talk):
    with speaking(talk) as url, pytest.raises(FetchError, match="did not answer in time"):
        ask(url, seconds=0.4)


def test_a_name_server_that_does_not_answer_is_left(monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: time.sleep(0.6) or [])
    with pytest.raises(FetchError, match="did not answer in time"):
        ask("http://slow.example/", seconds=0.2)


@pytest.mark.parametrize(
    ("talk", "why"),
    [
        (lambda line: line.recv(9999), "hung up"),
        (lambda line: line.recv(9999) and line.sendall(b"220 mail.example ESMTP\r\n"), "speak HTTP"),
        (lambda line: line.recv(9999) and line.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500), "speak HTTP"),
        (lambda line: line.recv(9999) and line.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 99999), "speak HTTP"),
    ],
)  # fmt: skip
def test_who_does_not_speak_http_is_named(talk, why):
    with speaking(talk) as url, pytest.raises(FetchError, match=why):
        ask(url)


def test_nobody_there():
    with pytest.raises(FetchError, match="Connection refused"):
        ask("http://127.0.0.1:1/")
    with pytest.raises(FetchError, match=r"there is no nobody\.invalid"):
        ask("http://nobody.invalid/")


def test_a_form_is_posted_and_redirected_nowhere(server):
    server.pages["/hub"] = (302, {"Location": "/else"}, b"")
    answer = ask(server.url("/hub"), form=b"a=b")
    assert answer.status == 302
    ((method, path, headers, body),) = server.asked
    assert (method, path, body) == ("POST", "/hub", b"a=b")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", folder / "key",
         "-out", folder / "cert", "-subj", "/CN=news.example", "-addext", "subjectAltName=DNS:news.example"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.mark.slow
@pytest.mark.threat(18)
def test_the_certificate_has_to_be_that_of_the_name_and_not_of_the_address(
    certificate, monkeypatch
):
    from publisher.fetch import client

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert", certificate / "key")
    real = [(2, 1, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda _, port, **__: [(*real[0][:4], ("127.0.0.1", port))]
    )
    trusting = ssl.create_default_context(cafile=str(certificate / "cert"))
    with serving(context) as server:
        server.pages["/"] = (200, {}, b"here")
        with pytest.raises(FetchError, match="its certificate is not to be trusted"):
            ask(server.url(host="news.example"))
        monkeypatch.setattr(client, "_context", lambda: trusting)
        assert ask(server.url(host="news.example")).body == b"here"
        with pytest.raises(FetchError, match="its certificate is not to be trusted"):
            ask(server.url(host="other.example"))
