"""What comes back takes readers off: through a pipe, a Maildir, a real IMAP server, and on the spot."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from publisher.config import load_keys, load_site
from publisher.publish.returns import file_returns
from publisher.storage import Store
from tests.system.conftest import NOW
from tests.unit.returns.samples import QMAIL, dsn, recipient

ANA = "ana@reader.example"


@pytest.fixture
def sent(site):
    """A site whose first digest has left, to the outbox, for two readers."""
    site.article("ferry.md", "---\ntitle: Ferry\n---\nThe night ferry goes on.\n")
    for address in (ANA, "bob@reader.example"):
        site.command("subscribers", "add", address, "--newsletter", "daily")
    site.run()
    return site


def bounce(site, address=ANA):
    """The report that Ana's server writes about the message that is in the outbox."""
    letter = next(
        data for path in site.outbox() if f"To: {address}".encode() in (data := path.read_bytes())
    )
    original = letter.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return dsn(recipient(address.encode()), original=original)


def pipe(site, data, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "publisher", "bounces", "--site", str(site.folder)],
        input=data,
        capture_output=True,
        check=False,
        cwd=Path(__file__).resolve().parents[2],
        timeout=60,
    )
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr
    return done.stderr.decode()


def test_a_report_through_a_pipe_takes_its_reader_off_once(sent):
    assert pipe(sent, bounce(sent)) == "suppressed\n"
    assert pipe(sent, bounce(sent)) == "it is here already\n"
    assert [row["address"] for row in sent.json("subscribers", "list")] == ["bob@reader.example"]
    (row,) = sent.json("bounces", "list")
    assert (row["kind"], row["status"], row["followed"]) == ("hard", "5.1.1", "suppressed")
    assert (row["who"], row["edition"]) == (ANA, "daily-2026-11-23-0700")
    assert ANA in sent.command("bounces", "list").stdout


def test_a_report_that_anybody_could_have_written_takes_nobody_off(sent):
    assert pipe(sent, QMAIL) == "unmatched\n"
    forged = bounce(sent).replace(ANA.encode(), b"bob@reader.example")
    assert pipe(sent, forged) == "unmatched\n"
    assert len(sent.json("subscribers", "list")) == 2
    assert len(sent.json("bounces", "list", "--only", "unmatched")) == 2


def test_what_nobody_understands_can_be_looked_at(sent):
    assert pipe(sent, b"Subject: hello\n\nA person writes.\n") == "unread\n"
    (row,) = sent.json("bounces", "list", "--only", "unread")
    assert "A person writes." in sent.command("bounces", "show", str(row["id"])).stdout
    assert "nothing is kept" in sent.command("bounces", "show", "99", code=2).stderr


@pytest.mark.parametrize("data", [b"", b"\n", b"x" * (26 * 2**20)])
def test_no_message_or_one_that_is_too_large_is_refused(sent, data):
    assert "empty or has more than 25 MiB" in pipe(sent, data, code=2)


def test_a_maildir_is_emptied_into_the_store(sent):
    box = sent.folder / "bounces"
    for part in ("new", "cur", "tmp"):
        (box / part).mkdir(parents=True)
    sent.config('[bounces]\nmaildir = "bounces"\n')
    (box / "new" / "1.a").write_bytes(bounce(sent))
    (box / "cur" / "2.b:2,S").write_bytes(QMAIL)
    (box / "cur" / "3.c:2,S").symlink_to("/etc/passwd")
    report = sent.run(NOW + timedelta(minutes=10))
    assert (report.returned, report.suppressed) == (2, 1)
    assert [path.name for path in box.glob("*/*")] == ["3.c:2,S"]
    assert "it is a link" in report.findings[0].what
    assert report.exit_code == 75


def test_a_letter_whose_removal_fails_is_filed_once(sent, monkeypatch):
    box = sent.folder / "bounces"
    (box / "new").mkdir(parents=True)
    (box / "cur").mkdir()
    sent.config('[bounces]\nmaildir = "bounces"\n')
    (box / "new" / "1.a").write_bytes(bounce(sent))
    with monkeypatch.context() as patch:

        def refuse(*_, **__):
            raise PermissionError(13, "Permission denied")

        patch.setattr(Path, "unlink", refuse)
        report = sent.run(NOW + timedelta(minutes=10))
    assert "can't be removed" in report.findings[0].what
    report = sent.run(NOW + timedelta(minutes=20))
    assert report.returned == 0
    assert not list((box / "new").iterdir())
    assert len(sent.json("bounces", "list")) == 1


def test_a_maildir_that_is_not_there_is_named_and_nothing_else_waits(sent):
    sent.config('[bounces]\nmaildir = "nowhere"\n')
    report = sent.run(NOW + timedelta(days=1))
    assert report.exit_code == 75
    assert "Maildir can't be read" in report.findings[0].what


# ---------------------------------------------------------------- refused on the spot


class Relay:
    """A server that knows no Ana, if it is told so, and keeps the return paths that it was given."""

    def __init__(self, *, refusing=False):
        self.refusing, self.paths = refusing, {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refusing and address == ANA:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        self.paths[address] = envelope.mail_from
        return "250 ok"


@contextmanager
def relayed(site, relay, more=""):
    """The site's mail goes through this server, to Ana and Bob."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(relay, hostname="127.0.0.1", port=port)
    server.start()
    try:
        site.config(f'[mail.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')
        text = (site.folder / "publisher.toml").read_text()
        site.config(text.replace("[mail]\n", f'[mail]\ntransport = "smtp"\n{more}'), add=False)
        site.article("ferry.md", "---\ntitle: Ferry\n---\nThe night ferry goes on.\n")
        for address in (ANA, "bob@reader.example"):
            site.command("subscribers", "add", address, "--newsletter", "daily")
        yield
    finally:
        server.stop()


def test_who_is_refused_on_the_spot_is_taken_off(site):
    with relayed(site, Relay(refusing=True)):
        report = site.run()
    assert (report.sent, report.failed, report.suppressed) == (1, 1, 1)
    assert [row["address"] for row in site.json("subscribers", "list")] == ["bob@reader.example"]
    assert site.json("bounces", "list")[0]["source"] == "smtp"


def test_a_return_path_of_its_own_proves_whom_a_report_is_about(site):
    relay = Relay()
    with relayed(site, relay, 'bounces = "bounces@courier.example"\nverp = true\n'):
        site.run()
    assert len(set(relay.paths.values())) == 2
    path = relay.paths[ANA].encode()
    told = dsn(b"Action: failed\nStatus: 5.1.1", original=b"\n", sent_to=path)
    assert pipe(site, told.replace(b"bounces+", b"bounces+9")) == "unmatched\n"
    assert pipe(site, told) == "suppressed\n"
    assert [row["address"] for row in site.json("subscribers", "list")] == ["bob@reader.example"]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("verp = true\n", "needs bounces"),
        (f'verp = true\nbounces = "{"b" * 25}@courier.example"\n', "24 letters before the @"),
    ],
)
def test_return_paths_that_can_not_be_are_a_mistake_of_the_configuration(site, more, what):
    text = (site.folder / "publisher.toml").read_text()
    site.config(text.replace("[mail]\n", f"[mail]\n{more}"), add=False)
    assert what in site.command("run", code=2).stderr


# ---------------------------------------------------------------- IMAP

DOVECOT = """\
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@contextmanager
def imap_server():
    """A real IMAP server of our own on loopback; gives its port and its Maildir."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if program is None:
        pytest.skip("dovecot (Debian: dovecot-imapd) is missing")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    # It answers as nobody where it is started by root, and as who started it elsewhere.
    who = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    group = grp.getgrgid(who.pw_gid).gr_name
    ids = {"uid": who.pw_uid, "gid": who.pw_gid, "user": who.pw_name, "group": group}
    # Its folder must be reachable for whom it runs as: pytest's own are not.
    folder = Path(tempfile.mkdtemp(prefix="publisher-imap-"))
    folder.chmod(0o755)
    config = folder / "dovecot.conf"
    config.write_text(DOVECOT.format(folder=folder, port=port, **ids))
    for part in ("", "new", "cur", "tmp"):
        (folder / "mail" / part).mkdir(parents=True)
        os.chown(folder / "mail" / part, who.pw_uid, who.pw_gid)
    server = subprocess.Popen([program, "-F", "-c", str(config)], stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, folder / "mail"
    finally:
        server.terminate()
        server.wait(20)
        server.stderr.close()
        shutil.rmtree(folder, ignore_errors=True)


def test_an_imap_mailbox_is_emptied_into_the_store(sent):
    environ = {"PUBLISHER_IMAP_USERNAME": "bounces", "PUBLISHER_IMAP_PASSWORD": "secret"}
    with imap_server() as (port, mail):
        sent.config(
            f'[bounces.imap]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\ntimeout = 20\n'
        )
        (mail / "new" / "1.a").write_bytes(bounce(sent))
        (mail / "new" / "2.b").write_bytes(QMAIL)
        report = run_returns(sent, environ)
        assert [finding.what for finding in report.findings] == []
        assert (report.returned, report.suppressed) == (2, 1)
        assert not [
            path for path in mail.glob("*/*") if path.is_file() and path.parent.name != "tmp"
        ]
        assert run_returns(sent, environ).returned == 0
        wrong = environ | {"PUBLISHER_IMAP_PASSWORD": "wrong-s3cret"}
        report = run_returns(sent, wrong)
    assert report.exit_code == 75
    assert "can't be read" in report.findings[0].what
    assert "s3cret" not in str(report.findings[0])
    report = run_returns(sent, environ)  # the server is gone
    assert report.exit_code == 75


def run_returns(site, environ):
    from publisher.publish import Report

    place = load_site(site.folder, environ)
    report = Report()
    with Store.open(place.settings.storage.url, site=place.folder, secret=place.secret) as store:
        file_returns(place, store, report, clock=lambda: NOW, stop=lambda: False)
    assert load_keys(place.folder)
    return report


def test_an_imap_mailbox_without_login_is_a_mistake_of_the_configuration(site):
    site.config('[bounces.imap]\nhost = "imap.courier.example"\n')
    done = site.command("run", code=2)
    assert "PUBLISHER_IMAP_USERNAME is not set" in done.stderr
