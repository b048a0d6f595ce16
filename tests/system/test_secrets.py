"""Canaries in place of every secret and every reader: where they must not sing."""

import base64
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult

from tests.system.conftest import ROOT, SiteFolder
from tests.system.service import Service
from tests.system.test_smtp import server
from tests.unit.returns.test_events import SENDGRID_KEY, basic, mailgun, sendgrid

WORD = "S3CR3T-canary"
READERS = ["ana-canary@reader.example", "refused-canary@reader.example"]
# Python's main module with a bug in it, where every secret is at hand: one that each message
# trips, one that ends a run, and one of the service.
BUG = (
    "import {module} as m\n"
    "def trip(*_): raise ZeroDivisionError\n"
    "m.{name} = trip\n"
    "from publisher.cli import main; main()"
)
UNMADE = BUG.format(module="publisher.publish.sending", name="_recipient")
ENDING = BUG.format(module="publisher.delivery.loop", name="_Round.turn")
SERVING = BUG.format(module="publisher.web.status", name="write_metrics")


@pytest.fixture(scope="module")
def mailing(tmp_path_factory):
    """A site with every secret there is, and a relay that refuses one reader by their address.

    It was run with bugs in it, and once more without; and its service was asked.
    """
    site = SiteFolder(tmp_path_factory.mktemp("secrets") / "site")
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing: the command that makes a key for the test")
    key, small = (
        subprocess.run(["openssl", *words], capture_output=True, text=True, check=True).stdout
        for words in (("genrsa", "2048"), ("genpkey", "-algorithm", "ed25519"))
    )
    with server(authenticator=_login, auth_require_tls=False) as (mailbox, port):
        mailbox.handle_RCPT = _refuse
        site.config(
            f'\n[mail.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
            '[mail.dkim]\nselector = "a"\ned25519_selector = "b"\n'
        )
        path = site.folder / "publisher.toml"
        path.write_text(path.read_text().replace("[mail]\n", '[mail]\ntransport = "smtp"\n'))
        site.article("ferry.md", "---\ntitle: Ferry\ndate: 2026-11-20\n---\nBack.\n")
        for who in READERS:
            site.command("subscribers", "add", who, "--newsletter", "daily")
        site.mailbox = mailbox
        site.environ = {
            "PUBLISHER_SMTP_USERNAME": "ana",
            "PUBLISHER_SMTP_PASSWORD": f"{WORD}-smtp",
            "PUBLISHER_IMAP_USERNAME": "ana",
            "PUBLISHER_IMAP_PASSWORD": f"{WORD}-imap",
            "PUBLISHER_POSTMARK_LOGIN": f"ana:{WORD}-postmark",
            "PUBLISHER_MAILGUN_KEY": f"{WORD}-mailgun",
            "PUBLISHER_METRICS_TOKEN": f"{WORD}-metrics",
            "PUBLISHER_SENDGRID_KEY": SENDGRID_KEY,
            "PUBLISHER_DKIM_KEY": key,
            "PUBLISHER_DKIM_ED25519_KEY": small,
        }
        site.canaries = [WORD, key.splitlines()[5], small.splitlines()[1], SENDGRID_KEY[-40:]]
        site.tripped, site.trip_code, _ = started(site, ("-c", ENDING), "run")
        site.unmade, _, _ = started(site, ("-c", UNMADE), "run")
        [edition] = site.json("editions", "list")
        site.command("editions", "retry", edition["edition"], environ=site.environ)
        site.said, site.code, site.processes = started(site, ("-m", "publisher"), "run")
        site.log, site.pages, more = asked(site)
        site.processes |= more
        yield site


def _login(_server, _session, _envelope, _mechanism, data):
    return AuthResult(success=data.password == f"{WORD}-smtp".encode(), handled=False)


async def _refuse(_server, _session, envelope, address, _options):
    if address.startswith("refused"):
        return f"550 5.1.1 <{address}>: there is no {address} here"
    envelope.rcpt_tos.append(address)
    return "250 2.1.5 OK"


def started(site, script, *words):
    """What a command says and how it ends, and the words of every process while it runs."""
    words = [sys.executable, *script, *words, "--site", str(site.folder)]
    environ = {**os.environ, **site.environ}
    seen = set()
    with subprocess.Popen(
        words, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        os.set_blocking(process.stdout.fileno(), False)
        said = b""
        while process.poll() is None:
            seen |= set(lines_of_processes())
            time.sleep(0.02)
            said += process.stdout.read() or b""
        said += process.stdout.read() or b""
    return said.decode(), process.returncode, seen


def asked(site):
    """What the service logs and answers if it is asked for all that wants a secret; and `ps`."""
    words = [sys.executable, "-c", SERVING, "serve", "--port", "0", "--site", str(site.folder)]
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env={**os.environ, **site.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        log = process.stdout.readline()
        service = Service(site.folder, int(re.search(r":(\d+)/", log)[1]), None)
        arrived = len(site.mailbox.arrived)
        hook = "/newsletter/webhooks/"
        answers = [
            service.get("/metrics"),
            service.get("/metrics", Authorization=f"Bearer {WORD}-metrics"),
            service.ask("POST", f"{hook}mailgun", mailgun({"event": "complained"}, key="guessed")),
            service.ask("POST", f"{hook}sendgrid", sendgrid([{}])[0] + b" "),
            service.ask("POST", f"{hook}postmark", b"{", **basic(f"ana:{WORD}-postmark")),
            service.ask("POST", f"{hook}postmark", b"{", **basic(f"ana:{WORD}-guessed")),
            service.get("/newsletter/leave/1.daily.forged"),
            service.subscribe("asked-canary@reader.example"),
        ]
        seen = set(lines_of_processes())
        until = time.monotonic() + 60
        while len(site.mailbox.arrived) == arrived and time.monotonic() < until:
            time.sleep(0.05)
        process.terminate()
        log += process.communicate(timeout=30)[0]
    assert process.returncode == 0, log
    assert [one.status for one in answers] == [401, 500, 403, 403, 400, 403, 404, 303]
    assert len(site.mailbox.arrived) == arrived + 1
    return log, [f"{one.headers} {one.text}" for one in answers], seen


def lines_of_processes():
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue


def dump(site):
    with sqlite3.connect(site.folder / "publisher.db") as database:
        text = "\n".join(database.iterdump())
    database.close()
    return text


@pytest.mark.threat(26)
def test_no_secret_is_told_shown_or_kept(mailing):
    """Of a run with signatures and a login, of the service, and of what is asked for afterwards."""
    said, processes = mailing.said, mailing.processes
    assert len(mailing.mailbox.arrived) == 2, said  # the edition, and a mail that was asked for
    assert mailing.code == 1
    assert mailing.mailbox.arrived[0][2].count(b"DKIM-Signature:") == 2
    assert any(str(mailing.folder) in line for line in processes)
    shown = [said, mailing.log, *mailing.pages, *processes, dump(mailing)]
    for words in (("status",), ("doctor",)):
        shown.append(started(mailing, ("-m", "publisher"), *words)[0])
    files = [path for path in mailing.folder.rglob("*") if path.is_file()]
    assert mailing.feeds / "rss.xml" in files
    shown += [path.read_bytes().decode("utf-8", "replace") for path in files]
    shown += [data.decode("utf-8", "replace") for *_, data in mailing.mailbox.arrived]
    encoded = base64.b64encode(f"\0ana\0{WORD}-smtp".encode()).decode()
    for canary in (*mailing.canaries, encoded):
        assert not [text[:200] for text in shown if canary in text]
    # Nor is what signs readers' links anywhere but in its own file.
    key = mailing.folder / "publisher.key"
    for secret in re.findall(r"[A-Za-z0-9_+/=-]{32,}", key.read_text("utf-8")):
        assert not [path for path in files if path != key and secret.encode() in path.read_bytes()]
        assert not [text[:200] for text in shown[: -len(files)] if secret in text]


@pytest.mark.threat(26)
def test_what_a_run_says_names_no_reader(mailing):
    """Cron sends it, and logs keep it; though the relay's own words have the address twice."""
    assert "550" in mailing.said
    assert "ZeroDivisionError" in mailing.unmade
    assert "Traceback" not in mailing.unmade
    feeds = [path.read_text("utf-8") for path in mailing.feeds.rglob("*.xml")]
    for text in (mailing.said, mailing.unmade, mailing.log, *mailing.processes, *feeds):
        assert "-canary@" not in text
    # The operator who asks for them by name sees whom it was about.
    [edition] = mailing.json("editions", "list")
    assert READERS[1] in mailing.command("editions", "show", edition["edition"], "--who").stdout


@pytest.mark.threat(26)
def test_a_traceback_has_no_secret_and_no_reader(mailing):
    assert mailing.trip_code != 0
    for traceback in (mailing.tripped, mailing.log):
        assert "Traceback" in traceback
        assert "ZeroDivisionError" in traceback
        assert not [one for one in (*mailing.canaries, "-canary@") if one in traceback]


@pytest.mark.threat(28)
def test_whatever_the_umask_nobody_else_reads_what_is_private(site):
    site.article("ferry.md", "---\ntitle: Ferry\ndate: 2026-11-20\n---\nBack.\n")
    before = os.umask(0)
    try:
        site.command("subscribers", "add", READERS[0], "--newsletter", "daily")
        site.command("run")
    finally:
        os.umask(before)
    private = [*site.folder.glob("publisher.*"), *(site.folder / "outbox").iterdir()]
    private.remove(site.folder / "publisher.toml")
    assert {"publisher.db", "publisher.key", "publisher.seen"} <= {path.name for path in private}
    loose = [path.name for path in private if path.stat().st_mode & 0o077]
    assert loose == []
    assert stat.S_IMODE((site.folder / "outbox").stat().st_mode) == 0o700
