"""Another program than dkimpy finds our signatures good, and none that was tampered with."""

import shutil
import subprocess
from base64 import b64encode

import pytest

from publisher.delivery import MessageTemplate
from tests.system.test_smtp import DOMAIN, READERS, template  # noqa: F401

PROGRAM = shutil.which("opendkim", path="/usr/sbin:/usr/bin")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="opendkim is missing (Debian's package)")


@pytest.fixture
def verify(tmp_path):
    def verify(data):
        path = tmp_path / "message.eml"
        path.write_bytes(data)
        words = [PROGRAM, "-x", tmp_path / "opendkim.conf", "-v", "-t", path]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        return done.stdout + done.stderr

    return verify


@pytest.fixture
def signed(tmp_path, template):  # noqa: F811
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    from publisher.delivery.dkim import DkimSigner, SigningKey

    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"
    (tmp_path / "keys").write_text(f"news._domainkey.{DOMAIN} {record}\n")
    (tmp_path / "opendkim.conf").write_text(
        f"Mode v\nTestPublicKeys {tmp_path / 'keys'}\nSyslog no\n"
    )
    signer = DkimSigner([SigningKey(domain=DOMAIN, selector="news", private=private)])
    ours = MessageTemplate(template.message, signer)
    return [ours.fill(reader) for reader in READERS]


def test_opendkim_verifies_subjects_names_and_addresses_beyond_ascii(signed, verify):
    for data in signed:
        assert "succeeded" in verify(data)


def test_opendkim_finds_what_was_changed_or_added(signed, verify):
    good = signed[0]
    changed = good.replace(b"Uma frase", b"Uma fraze", 1)
    added = b"Subject: Another\r\n" + good
    assert changed != good
    for data in (changed, added):
        assert "succeeded" not in verify(data)
