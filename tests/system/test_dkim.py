"""Signed newsletters, from the key that the message tells how to make to what another program says."""

import re
import shutil
import subprocess

import pytest

from tests.system.test_run import story

dkim = pytest.importorskip("dkim", reason="dkimpy is missing")
pytest.importorskip("cryptography", reason="cryptography is missing")


@pytest.fixture
def signing_site(site):
    site.article("ferry.md", story())
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.config('[mail.dkim]\nselector = "news"\ned25519_selector = "ed"\n')
    return site


def make_key(said):
    """Do what the message says, and give the name and the record that it says to publish."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing")
    make, show = re.search(r"`(\(umask.*?\))`.* what `(openssl .*?)` prints", said).groups()
    name, record = re.search(r'in DNS: (\S+) TXT "(v=DKIM1; .*?p=)\.\.\."', said).groups()
    subprocess.run(["sh", "-c", make], check=True, capture_output=True)
    printed = subprocess.run(["sh", "-c", show], check=True, capture_output=True).stdout
    return f"{name}.".encode(), record.encode() + printed


def test_the_messages_lead_to_mail_that_another_program_verifies(signing_site):
    zone = {}
    for _ in range(2):
        said = " ".join(signing_site.command("run", code=2).stderr.split("\n"))
        name, record = make_key(said)
        zone[name] = record
    assert (signing_site.feeds / "rss.xml").is_file()
    assert signing_site.outbox() == []
    assert signing_site.run().sent == 1
    (mail,) = signing_site.outbox()
    data = mail.read_bytes()
    assert data.count(b"DKIM-Signature:") == 2
    for index in (0, 1):
        assert dkim.DKIM(data).verify(idx=index, dnsfunc=lambda name, timeout=5: zone.get(name))


def test_a_key_of_the_wrong_kind_is_named_and_one_that_others_can_read(signing_site):
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is missing")
    first, second = (signing_site.folder / name for name in ("dkim.key", "dkim-ed25519.key"))
    subprocess.run([openssl, "genpkey", "-algorithm", "ed25519", "-out", second], check=True)
    shutil.copy(second, first)
    said = signing_site.command("run", code=2).stderr
    assert "is not of the kind rsa" in " ".join(said.split())
    subprocess.run([openssl, "genrsa", "-out", first, "2048"], check=True, capture_output=True)
    first.chmod(0o644)
    report = signing_site.run()
    assert report.sent == 1
    assert any("dkim.key can be read by others" in note for note in report.notes)
