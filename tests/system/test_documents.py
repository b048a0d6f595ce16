"""What the documents show to type is typed, in a site like their reader's; what they show to write
into publisher.toml is written there first.

A block of shell that can't run here has a comment above it that says why: `<!-- not run: ... -->`;
its commands are parsed all the same (tests/unit/test_docs.py).
"""

import re
import shutil
import socket
import ssl
import subprocess
from contextlib import ExitStack
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from publisher.config import load_site
from publisher.model import Choice
from publisher.publish import build, run
from publisher.publish.returns import ReturnsDesk
from publisher.storage import Store
from tests.documents import CONFIG, PAGES, ROOT, add_to, blocks, is_vocabulary
from tests.names import name_server
from tests.postgres import installed, running
from tests.system.service import Mailbox
from tests.system.shell import NOON, opened
from tests.unit.exports.samples import wxr, wxr_item

pytestmark = pytest.mark.slow
# A relay at which nobody listens: an edition stays open.
NOBODY = '[mail.smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\n'
STORY = (
    "---\ntitle: {}\ndate: 2026-11-20\nsection: Harbour\ntags: [Skerry]\n---\nThe ferry is back.\n"
)
READERS = ("ana@reader.example", "ana@paper.example", "uwe@reader.example")
# What has to have happened before an example of docs/commands.md.
BEFORE = {
    "editions resume": "publisher editions pause daily-2026-11-23-0700",
    "suppressions remove": "publisher suppressions add ana@paper.example",
}


def prepare(folder):
    """A site with a past: one edition sent, one open, an article read since, reports that came."""
    (folder / "articles").mkdir(parents=True)
    config = folder / "publisher.toml"
    config.write_text(CONFIG)
    (folder / "articles/ferry.txt").write_text(
        "Ferry returns\n\nSKERRY, Nov. 20 (LB) — It is back.\n"
    )
    site = load_site(folder, {})
    yesterday = NOON - timedelta(days=1)
    with Store.open("sqlite:///publisher.db", site=folder, secret=site.secret) as store:
        for address in READERS:
            store.subscribers.add(
                address, name="", subscriptions={"daily": Choice()}, source="test", now=yesterday
            )
        for number in range(12):
            text = f"From: a@b.example\nSubject: {number}\n\nSomething is wrong.\n"
            ReturnsDesk(site, store).file_message(text.encode(), "pipe", yesterday)
    run(site, clock=lambda: yesterday)
    [mail, *_] = sorted((folder / "outbox").glob("*.eml"))
    for name in ("1.eml", "some.eml"):
        shutil.copy(mail, folder / "outbox" / name)
    (folder / "articles/lamps.md").write_text(STORY.format("Lamps relit"))
    config.write_text(CONFIG.replace('"outbox"', '"smtp"') + NOBODY)
    assert run(load_site(folder, {}), clock=lambda: NOON).opened == ["daily-2026-11-23-0700"]
    config.write_text(CONFIG)
    (folder / "articles/tides.md").write_text(STORY.format("Tides"))
    build(load_site(folder, {}), now=NOON)
    (folder / "readers.csv").write_text("address,newsletter\nlea@reader.example,daily\n")
    shutil.copy(folder / "readers.csv", folder / "list.csv")
    (folder / "paper.wordpress.xml").write_bytes(wxr(wxr_item()))
    shutil.copy(folder / "paper.wordpress.xml", folder / "old-export.xml")


class Relay(Mailbox):
    """Takes mail from whoever has logged in."""

    def login(self, _server, _session, _envelope, _mechanism, data):
        return AuthResult(success=bool(data.login and data.password))


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    """smtp.paper.example, with a certificate for this name; the file to trust it by."""
    folder = tmp_path_factory.mktemp("relay")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=a"
    )
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=DNS:smtp.paper.example",
         "-keyout", folder / "key", "-out", folder / "cert"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert", folder / "key")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    mailbox = Relay()
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True,
        authenticator=mailbox.login, auth_required=True,
    )  # fmt: skip
    controller.start()
    mailbox.port, mailbox.certificate = port, folder / "cert"
    yield mailbox
    controller.stop()


@pytest.fixture(scope="module")
def shell(relay, tmp_path_factory):
    trust = {"SSL_CERT_FILE": str(relay.certificate)}
    with ExitStack() as stack:
        names = stack.enter_context(name_server({}))
        folder = tmp_path_factory.mktemp("shell")
        yield stack.enter_context(opened(folder, relay=relay.port, names=names, environ=trust))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared") / "site"
    prepare(folder)
    return folder


class Desk:
    """Where a page is gone through: an empty folder, and beside it a site with a past."""

    def __init__(self, folder, prepared, shell):
        self.folder, self.site = folder, folder / "site"
        self._prepared, self._shell = prepared, shell
        shutil.copytree(prepared, self.site)
        (folder / "story.txt").write_text("Tide table out\n\nSALTMARSH (VNA) — The table is out.\n")

    def write(self, example):
        if is_vocabulary(example):
            (self.site / "tags.toml").write_text(example)
            return
        for site in (self.site, self.folder / "paper"):
            if site.exists():
                path = site / "publisher.toml"
                path.write_text(add_to(path.read_text(), example))
                load_site(site, {})

    def type(self, script, **environ):
        where = self.folder if re.search(r"(init|--site) paper\b", script) else self.site
        (self.folder / "tmp").mkdir(exist_ok=True)
        ours = {"/srv/paper": str(self.site), "/tmp/": f"{self.folder}/tmp/"}
        script = re.sub("/srv/paper|/tmp/", lambda found: ours[found[0]], script)
        done = self._shell.run(script, where, **environ)
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        return done


def has_shell(page):
    return any(language == "sh" and not why for language, _, why in blocks(page))


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if has_shell(page) and page.name not in ("commands.md", "scale.md")],
    ids=lambda page: page.name,
)
def test_what_a_page_says_to_type_works(page, prepared, shell, relay, tmp_path):
    desk = Desk(tmp_path, prepared, shell)
    for language, text, why in blocks(page):
        if language == "toml":
            desk.write(text)
        elif language == "sh" and not why:
            desk.type(text)
    if page.name in ("README.md", "start.md"):
        assert len(list((tmp_path / "paper/outbox").glob("*.eml"))) == 1
    if page.name == "README.md":
        assert "Tide table out" in (tmp_path / "paper/feeds/rss.xml").read_text()
    if page.name == "start.md":
        [mail] = relay.to("you@paper.example")
        assert mail["Subject"].startswith("[Test] The Paper daily: ")


# But for the worker, which works on PostgreSQL: the next test.
EXAMPLES = [
    text
    for language, text, _ in blocks(ROOT / "docs/commands.md")
    if language == "sh" and not text.startswith("publisher worker")
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.strip())
def test_every_example_of_the_commands_works(example, prepared, shell, tmp_path):
    desk = Desk(tmp_path, prepared, shell)
    for words, first in BEFORE.items():
        if example.startswith(f"publisher {words}"):
            desk.type(first)
    desk.type(example)


def test_more_than_one_machine_is_set_up_as_its_page_says(prepared, shell, tmp_path):
    if not installed():
        pytest.skip("PostgreSQL server is missing: /usr/lib/postgresql/*/bin/initdb")
    desk = Desk(tmp_path, prepared, shell)
    for name in ("createuser", "createdb"):
        (shell.bin / name).symlink_to(installed() / name)
    with running("-c fsync=off") as url:
        port = url.rpartition(":")[2]
        # Instead of db.internal, which the page names.
        server = {"PGHOSTADDR": "127.0.0.1", "PGHOST": "127.0.0.1", "PGPORT": port}
        for language, text, _ in blocks(ROOT / "docs/scale.md"):
            if language == "toml":
                desk.write(text)
            elif language == "sh":
                administers = {"PGUSER": "postgres"} if "sudo" in text else {}
                desk.type(text, **server, **administers)
        desk.type("publisher worker --site /srv/paper", **server)
