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
    assert site.logins == {}
    assert site.newsletter("weekly") is None


def test_a_missing_configuration_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="publisher init"):
        load_site(tmp_path, {})


def test_the_password_comes_from_the_environment_and_shows_nowhere(tmp_path):
    environ = {"PUBLISHER_SMTP_USERNAME": "ana", "PUBLISHER_SMTP_PASSWORD": "S3CR3T-canary"}
    site = load_site(write(tmp_path, GOOD), environ)
    assert site.logins[""].password.get_secret_value() == "S3CR3T-canary"
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


RELAYS = """
[[mail.smtp]]
host = "one.example"
per_hour = 500
[[mail.smtp]]
host = "two.example"
login = "SPARE"
[[mail.smtp]]
host = "three.example"
"""


def test_several_relays_are_kept_in_order_each_with_its_own_login(tmp_path):
    words = {"": "first", "SPARE_": "second"}
    environ = {f"PUBLISHER_SMTP_{name}USERNAME": word for name, word in words.items()}
    environ |= {f"PUBLISHER_SMTP_{name}PASSWORD": "x" for name in words}
    site = load_site(write(tmp_path, GOOD + RELAYS), environ)
    assert [one.host for one in site.settings.mail.smtp] == [
        "one.example",
        "two.example",
        "three.example",
    ]
    assert site.settings.mail.smtp[0].per_hour == 500
    assert site.login(0).username == "first"
    assert site.login(1).username == "second"
    assert site.login(2) is None  # no relay is told a password that is not meant for it


def test_a_mistake_in_one_of_several_relays_names_its_line(tmp_path):
    text = GOOD + RELAYS.replace('host = "three.example"', 'hots = "three.example"')
    with pytest.raises(ConfigError) as caught:
        load_site(write(tmp_path, text), {})
    line = text.splitlines().index('hots = "three.example"') + 1
    unknown = next(one for one in caught.value.mistakes if "hots" in one)
    assert f":{line}: mail.smtp.2.hots is no key that we know; did you mean host?" in unknown


def test_a_login_that_is_named_must_be_there_and_a_relay_come_once(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_site(write(tmp_path, GOOD + RELAYS.replace("three", "one")), {})
    told = "\n".join(caught.value.mistakes)
    assert "mail.smtp.1.login needs PUBLISHER_SMTP_SPARE_USERNAME" in told
    assert "mail.smtp.2.host and port are those of a relay before it" in told
