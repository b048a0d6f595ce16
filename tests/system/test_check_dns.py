"""publisher check --dns against a name server, a relay with TLS and a web server on loopback."""

import os
import re
import socket
import ssl
import subprocess
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller

from publisher.config import load_site
from publisher.delivery.dkim import SigningKey
from tests.names import name_server
from tests.servers import serving

D = "courier.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", folder / "key", "-out", folder / "cert"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


def context(certificate):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate / "cert", certificate / "key")
    return made


class Nothing:
    async def handle_DATA(self, *_):
        return "250 OK"


@contextmanager
def relay(tls):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Nothing(), hostname="127.0.0.1", port=port, tls_context=tls)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def configure(site, web, port):
    site.config(f"""
transport = "smtp"
[mail.smtp]
host = "localhost"
port = {port}
[mail.dkim]
selector = "news"
""")
    path = site.folder / "publisher.toml"
    text = path.read_text().replace("https://courier.example/", web)
    moved = text[text.index("\ntransport") :]
    text = text.replace(moved, "").replace("[newsletters", moved + "\n[newsletters")
    path.write_text(text.replace("[publication]", f'[publication]\ndomain = "{D}"'))
    subprocess.run(
        ["openssl", "genrsa", "-out", site.folder / "dkim.key", "2048"],
        check=True,
        capture_output=True,
    )
    (site.folder / "dkim.key").chmod(0o600)


def records(site):
    (key,) = load_site(site.folder, {}).dkim
    done = subprocess.run(
        f"openssl rsa -in {site.folder}/dkim.key -pubout -outform DER | openssl base64 -A",
        shell=True, check=True, capture_output=True, text=True,
    )  # fmt: skip
    public = done.stdout
    SigningKey.read(key.load(), domain=D, selector="news")
    parts = " ".join(f'"{part}"' for part in re.findall(".{1,200}", f"v=DKIM1; k=rsa; p={public}"))
    return {
        (D, "TXT"): ['"v=spf1 a:localhost -all"'],
        (f"news._domainkey.{D}", "TXT"): [parts],
        (f"_dmarc.{D}", "TXT"): [f'"v=DMARC1; p=reject; rua=mailto:d@{D}"'],
        (D, "MX"): ["10 localhost."],
        ("localhost", "A"): ["127.0.0.1"],
        ("1.0.0.127.in-addr.arpa", "PTR"): ["localhost."],
    }


def serve(server, site, *, kind=None, tag='"1"', body=None):
    types = {"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml; charset=utf-8",
             "feed.json": "application/feed+json"}  # fmt: skip
    for name, own in types.items():
        data = body or (site.feeds / name).read_bytes()

        def page(handler, data=data, own=own):
            headers = {"Content-Type": kind or own} | ({"ETag": tag} if tag else {})
            if tag and handler.headers.get("If-None-Match") == tag:
                return 304, headers, b""
            return 200, headers, data

        server.pages[f"/{name}"] = page


def test_what_is_set_up_well_has_nothing_to_mend_and_what_is_not_is_named(site, certificate):
    site.article("ferry.md", "---\ntitle: Ferry\ndate: 2026-11-20\n---\nIt floats.\n")
    trust = {"SSL_CERT_FILE": str(certificate / "cert")}
    with serving(context(certificate)) as server, relay(context(certificate)) as port:
        configure(site, server.url("/", host="localhost"), port)
        site.build()
        serve(server, site)
        known = records(site)
        with name_server(known) as address:
            ask = ("check", "--dns", "--name-server", address)
            done = site.command(*ask, environ=trust)
            assert "9 questions: nothing to mend" in done.stdout

            known[D, "TXT"] = ['"v=spf1 ip4:192.0.2.1 -all"']
            del known[D, "MX"]
            serve(server, site, kind="text/plain", tag="")
            told = site.command(*ask, code=1, environ=trust).stdout
            assert "SPF does not cover the relay's address 127.0.0.1" in told
            assert "bounces are lost" in told
            assert told.count("it is called text/plain") == 3
            assert told.count("neither ETag nor Last-Modified") == 3

            serve(server, site, body=b"<rss/>")
            told = site.command(*ask, code=1, environ=trust).stdout
            assert told.count("something else than we wrote") == 3
            # Nobody vouches for the certificates.
            told = site.command(*ask, code=1, environ={"SSL_CERT_FILE": os.devnull}).stdout
            assert "its certificate is not to be trusted" in told


def test_a_relay_without_tls_is_named(site, certificate):
    with serving(context(certificate)) as server, relay(None) as port:
        configure(site, server.url("/", host="localhost"), port)
        with name_server(records(site)) as address:
            done = site.command("check", "--dns", "--name-server", address, code=1)
            assert "the relay offers no STARTTLS" in done.stdout


def test_without_a_network_it_says_so(site, tmp_path):
    configure(site, "https://localhost:9/", 9)
    site.article("ferry.md", "---\ntitle: Ferry\ndate: 2026-11-20\n---\nIt floats.\n")
    site.build()
    (site.folder / "dkim.key").chmod(0o600)
    with name_server({}) as address:
        gone = address  # its port is free again below
    findings = [
        one
        for each in site.json("check", "--dns", "--name-server", gone, code=1)
        for one in each["findings"]
    ]
    assert len(findings) == 9
    assert all(one["what"].startswith("not reachable from here") for one in findings), findings
    done = site.command("check", "--dns", "--name-server", "lamp", code=1)
    assert "no address of a name server" in done.stderr
