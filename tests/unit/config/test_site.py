import stat
from pathlib import Path

import pytest

from publisher.config import CONFIG_NAME, KEY_NAME, keys_are_loose, load_keys, load_site
from publisher.errors import ConfigError

BAD = sorted((Path(__file__).parent / "bad").glob("*.toml"))

GOOD = """
[publication]
title = "Courier"
url = "https://courier.example/paper"
timezone = "Europe/Lisbon"

[mail]
from = "The Courier <post@Courier.example>"

[newsletters.daily]
title = "Daily"
schedule = "daily at 07:00"
tags = ["Skerry", "Northern Ferry Company"]
catch_up = "2 days"
"""


def write(folder, text):
    (folder / CONFIG_NAME).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("case", BAD, ids=lambda path: path.stem)
def test_a_bad_configuration_names_every_mistake_with_its_line(case, tmp_path):
    text = case.read_text(encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_site(write(tmp_path, text), {})
    said = list(caught.value.mistakes) or [str(caught.value)]
    expected = [line[9:] for line in text.splitlines() if line.startswith("# expect ")]
    assert expected
    for wanted in expected:
        line, _, words = wanted.partition(": ")
        place = f"{tmp_path / CONFIG_NAME}:{line}: " if line else str(tmp_path / CONFIG_NAME)
        assert any(one.startswith(place) and words in one for one in said), (wanted, said)
    assert len(said) == len(expected), said


def test_a_site_becomes_the_nouns_of_the_model(tmp_path):
    site = load_site(write(tmp_path, GOOD), {})
    assert site.publication.url == "https://courier.example/paper/"
    assert site.publication.domain == "courier.example"
    (daily,) = site.newsletters
    assert daily.timezone == "Europe/Lisbon"
    assert (daily.sender_name, daily.sender) == ("The Courier", "post@courier.example")
    assert daily.selection.tags == {"skerry", "northern-ferry-company"}
    assert daily.catch_up.days == 2
    assert site.login is None
    assert site.newsletter("weekly") is None


def test_a_missing_configuration_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="publisher init"):
        load_site(tmp_path, {})


def test_the_password_comes_from_the_environment_and_shows_nowhere(tmp_path):
    environ = {"PUBLISHER_SMTP_USERNAME": "ana", "PUBLISHER_SMTP_PASSWORD": "S3CR3T-canary"}
    site = load_site(write(tmp_path, GOOD), environ)
    assert site.login is not None
    assert site.login.password.get_secret_value() == "S3CR3T-canary"
    assert "S3CR3T" not in repr(site)


def test_half_a_login_is_a_mistake(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_site(write(tmp_path, GOOD), {"PUBLISHER_SMTP_USERNAME": "ana"})
    assert "PUBLISHER_SMTP_PASSWORD" in caught.value.mistakes[0]


def test_a_password_is_not_sent_in_the_clear(tmp_path):
    environ = {"PUBLISHER_SMTP_USERNAME": "ana", "PUBLISHER_SMTP_PASSWORD": "x"}
    smtp = '[mail.smtp]\nhost = "relay.example"\nsecurity = "none"\n'
    with pytest.raises(ConfigError) as caught:
        load_site(write(tmp_path, GOOD + smtp), environ)
    assert "in the clear" in caught.value.mistakes[0]


def test_keys_are_made_once_for_our_eyes_only(tmp_path):
    keys = load_keys(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_NAME).stat().st_mode) == 0o600
    assert load_keys(tmp_path) == keys
    assert not keys_are_loose(tmp_path)
    (tmp_path / KEY_NAME).chmod(0o644)
    assert keys_are_loose(tmp_path)


def test_keys_can_be_rotated_and_a_broken_file_is_named(tmp_path):
    (first,) = load_keys(tmp_path)
    path = tmp_path / KEY_NAME
    path.write_text(f"{first.hex()}\n{'ab' * 32}\n")
    assert load_keys(tmp_path) == (first, b"\xab" * 32)
    for junk in ("", "zz", "abcd\n"):
        path.write_text(junk)
        with pytest.raises(ConfigError, match=KEY_NAME):
            load_keys(tmp_path)
