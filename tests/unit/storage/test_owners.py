"""Who is delivering: told by a lock that ends with its holder."""

import pytest

from publisher.errors import StoreError
from publisher.storage import owners


def test_an_owner_lives_as_long_as_it_holds_its_lock(tmp_path):
    with owners.alive(tmp_path, "me"):
        assert not owners.is_dead(tmp_path, "me")
    assert owners.is_dead(tmp_path, "me")
    assert list((tmp_path / owners.FOLDER).iterdir()) == []


def test_one_whose_lock_nobody_can_try_is_taken_to_live(tmp_path):
    (tmp_path / owners.FOLDER / "you").mkdir(parents=True)
    assert not owners.is_dead(tmp_path, "you")


def test_who_left_its_file_behind_is_dead_and_buried(tmp_path):
    (tmp_path / owners.FOLDER).mkdir()
    (tmp_path / owners.FOLDER / "killed").touch()
    assert owners.is_dead(tmp_path, "killed")
    owners.bury(tmp_path, "killed")
    owners.bury(tmp_path, "killed")
    assert list((tmp_path / owners.FOLDER).iterdir()) == []


def test_where_no_lock_can_be_made_that_is_told(tmp_path):
    before = owners.place(tmp_path)
    (tmp_path / owners.FOLDER).write_text("a file")
    with pytest.raises(StoreError, match="can't write") as caught, owners.alive(tmp_path, "me"):
        pass
    assert caught.value.path == str(tmp_path / owners.FOLDER / "me")
    assert owners.place(tmp_path) != before  # that there was none yet is a place as well
