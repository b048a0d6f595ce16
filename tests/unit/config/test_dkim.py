import pytest

from publisher.config import CONFIG_NAME, load_site
from publisher.errors import ConfigError

CONFIG = """
[publication]
title = "Courier"
url = "https://courier.example/"

[mail]
from = "post@mail.courier.example"
"""


def keys(folder, table, environ=None):
    (folder / CONFIG_NAME).write_text(CONFIG + table, encoding="utf-8")
    return load_site(folder, environ or {}).dkim


def test_nothing_is_signed_unless_asked_for(tmp_path):
    assert keys(tmp_path, "") == ()


def test_a_selector_alone_is_enough(tmp_path):
    (key,) = keys(tmp_path, '[mail.dkim]\nselector = "news"\n')
    assert (key.domain, key.selector, key.kind) == ("mail.courier.example", "news", "rsa")
    assert key.path == tmp_path / "dkim.key"


def test_a_second_kind_of_key_has_its_own_selector_and_file(tmp_path):
    table = '[mail.dkim]\nselector = "news"\ned25519_selector = "ed"\ndomain = "courier.example"\n'
    one, two = keys(tmp_path, table)
    assert (one.domain, one.kind, one.path.name) == ("courier.example", "rsa", "dkim.key")
    assert (two.domain, two.kind, two.path.name) == (
        "courier.example",
        "ed25519",
        "dkim-ed25519.key",
    )


def test_a_missing_key_says_how_to_make_one_and_what_to_publish(tmp_path):
    table = '[mail.dkim]\nselector = "news"\ned25519_selector = "ed"\n'
    one, two = keys(tmp_path, table)
    with pytest.raises(ConfigError, match="openssl genrsa") as caught:
        one.load()
    assert 'news._domainkey.mail.courier.example TXT "v=DKIM1; k=rsa; p=' in str(caught.value)
    with pytest.raises(ConfigError, match="openssl genpkey -algorithm ed25519") as caught:
        two.load()
    assert 'ed._domainkey.mail.courier.example TXT "v=DKIM1; k=ed25519; p=' in str(caught.value)


def test_a_key_from_the_environment_goes_first_and_shows_nowhere(tmp_path):
    (tmp_path / "dkim.key").write_text("from the file")
    environ = {"PUBLISHER_DKIM_KEY": "S3CR3T-canary"}
    (key,) = keys(tmp_path, '[mail.dkim]\nselector = "news"\n', environ)
    assert key.load() == b"S3CR3T-canary"
    assert "S3CR3T" not in repr(key)
    error = key.refused("is no key")
    assert "S3CR3T" not in str(error)
    assert str(error).startswith("PUBLISHER_DKIM_KEY is no key")
    assert not key.is_loose()


def test_a_key_that_others_can_read_is_noticed(tmp_path):
    (key,) = keys(tmp_path, '[mail.dkim]\nselector = "news"\n')
    assert not key.is_loose()
    key.path.write_text("x")
    key.path.chmod(0o600)
    assert not key.is_loose()
    key.path.chmod(0o640)
    assert key.is_loose()


def test_a_key_that_is_a_folder_is_named(tmp_path):
    (tmp_path / "dkim.key").mkdir()
    (key,) = keys(tmp_path, '[mail.dkim]\nselector = "news"\n')
    with pytest.raises(ConfigError, match="can't be read"):
        key.load()
