"""The operator's password: kept as a hash, told from every other one."""

import stat

import pytest

from publisher.config import PASSWORD_NAME, check_password, load_password, save_password
from publisher.errors import ConfigError, UsageError

WORDS = "vier Möwen über dem Hafen"


@pytest.mark.threat(26)
def test_it_is_known_again_and_stands_nowhere(tmp_path):
    assert load_password(tmp_path) == ""
    save_password(tmp_path, WORDS)
    stored = load_password(tmp_path)
    assert check_password(WORDS, stored)
    assert not check_password(WORDS + " ", stored)
    assert not check_password("", stored)
    path = tmp_path / PASSWORD_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert WORDS not in path.read_text("utf-8")
    save_password(tmp_path, WORDS)
    assert load_password(tmp_path) != stored  # another salt
    assert [one.name for one in tmp_path.iterdir()] == [PASSWORD_NAME]


def test_a_short_one_is_refused(tmp_path):
    with pytest.raises(UsageError):
        save_password(tmp_path, "kurz")


@pytest.mark.parametrize("text", ["", "hello", "scrypt:a:b:c:d:e", "md5:1:2:3:00:00"])
def test_a_file_that_holds_none_is_named(tmp_path, text):
    (tmp_path / PASSWORD_NAME).write_text(text, encoding="ascii")
    with pytest.raises(ConfigError, match="publisher password"):
        load_password(tmp_path)
