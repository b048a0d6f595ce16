"""`publisher serve` as its operator starts it, a mail server for what it sends, and who asks it."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from aiosmtpd.controller import Controller

from publisher.audience import Links, Stamps
from publisher.config import load_keys, load_site
from publisher.publish import build
from publisher.storage import Store

ROOT = Path(__file__).resolve().parents[2]
BASE = "https://courier.example/newsletter/"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
CONFIG = """\
[publication]
title = "The Courier"
url = "https://courier.example/"
timezone = "Europe/Lisbon"

[mail]
from = "The Courier <post@courier.example>"
transport = "smtp"

[mail.smtp]
host = "127.0.0.1"
port = {port}
security = "none"

[web]
per_network = {per_network}
in_all = 1000000

[newsletters.daily]
title = "Courier daily"
schedule = "daily at 07:00"
frequencies = ["weekly", "monthly"]
first = "at once"

[newsletters.weekly]
title = "Courier on Mondays"
schedule = "weekly on monday at 08:00"
"""
TIDES = """---
title: {title}
date: {date}
section: Harbour
tags: [{tag}]
authors: [Ana Reis]
---
{title}: what the tide brought in this time is a long story, and here it is told in full.
"""


class Answer:
    """What came back: status, headers in lower case, body."""

    def __init__(self, response):
        self.status = response.status
        self.body = response.read()
        self.headers = {name.lower(): value for name, value in response.getheaders()}

    @property
    def text(self):
        return self.body.decode()


class Mailbox:
    """Mails as they arrived at a real SMTP server."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 queued"

    def to(self, address):
        return [
            message_from_bytes(data, policy=policy.default)
            for whom, data in list(self.mails)
            if whom == address
        ]

    def wait(self, address, count=1, seconds=60):
        """The mails to somebody, once there are so many."""
        until = time.monotonic() + seconds
        while len(self.to(address)) < count and time.monotonic() < until:
            time.sleep(0.05)
        return self.to(address)


class Service:
    """A running service, asked as a browser or a scanner would."""

    def __init__(self, site, port, mailbox):
        self.site = site
        self.port = port
        self.mailbox = mailbox

    def ask(self, method, path, body=None, **headers):
        path = path.removeprefix("https://courier.example")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, dict | list):
            given.setdefault("Content-Type", "application/x-www-form-urlencoded")
            body = urlencode(body, doseq=True)
        try:
            connection.request(method, path, body, given)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, fields, **headers):
        return self.ask("POST", path, fields, **headers)

    @contextmanager
    def store(self):
        with Store.open(
            "sqlite:///publisher.db", site=self.site, secret=lambda: load_keys(self.site)[0]
        ) as store:
            yield store

    @property
    def links(self):
        return Links(load_keys(self.site), BASE)

    def stamp(self, age=10):
        moment = datetime.now(UTC) - timedelta(seconds=age)
        return Stamps(load_keys(self.site)).stamp(moment)

    def subscribe(self, address, *newsletters, **headers):
        fields = {
            "address": address,
            "newsletter": newsletters or ("daily",),
            "stamp": self.stamp(),
            "website": "",
        }
        return self.post("/newsletter/subscribe", fields, **headers)

    def contents(self):
        """Everything that the database holds, log and all, once nothing waits to be written."""
        self._rest()
        files = sorted(self.site.glob("publisher.db*"))
        return [
            hashlib.sha256(one.read_bytes()).hexdigest() for one in files if "shm" not in one.name
        ]

    def _rest(self, seconds=60):
        """Wait until every mail that was asked for is on record as sent."""
        until = time.monotonic() + seconds
        with self.store() as store:
            later = datetime.now(UTC) + timedelta(days=1)  # when also what is being sent would wait
            while store.requests.waits(later) and time.monotonic() < until:
                time.sleep(0.05)

    def reader(self, address, *newsletters):
        """Somebody who is subscribed; gives their number."""
        from publisher.model import Choice

        with self.store() as store:
            return store.subscribers.add(
                address,
                name="",
                subscriptions=dict.fromkeys(newsletters or ("daily",), Choice()),
                source="test",
                now=datetime.now(UTC).replace(microsecond=0),
            ).id


def make_site(folder, smtp_port, per_network=10000):
    (folder / "articles").mkdir(parents=True)
    config = CONFIG.format(port=smtp_port, per_network=per_network)
    (folder / "publisher.toml").write_text(config, encoding="utf-8")
    for number, (title, tag) in enumerate((("Ferry stays", "Skerry"), ("Lamps relit", "Lamps"))):
        text = TIDES.format(title=title, tag=tag, date=f"2026-11-2{number} 08:30")
        (folder / "articles" / f"story-{number}.md").write_text(text, encoding="utf-8")
    return load_site(folder, {})


@contextmanager
def mail_server():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()


@contextmanager
def serving(site, mailbox, *words):
    """`publisher serve` in a process of its own; ended with SIGTERM, which must be clean."""
    with subprocess.Popen(
        [sys.executable, "-m", "publisher", "serve", "--port", "0", "--site", str(site), *words],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ,
    ) as process:
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert found, line + process.stderr.read()
        try:
            yield Service(site, int(found[1]), mailbox)
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=30)[1]
        assert process.returncode == 0, said
        assert "Traceback" not in said, said
        assert "publisher: stopped" in said


@contextmanager
def publication_served(folder):
    """The site with the sample newsletters, built, with its mail server and `publisher serve`."""
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
