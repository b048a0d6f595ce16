"""By what a database knows that it was the last to send from here."""

import pytest
from sqlalchemy import text

from publisher.errors import StoreError
from publisher.storage import Store
from publisher.storage.database import Database
from publisher.storage.instance import FILE
from tests.at_once import at_once_in_stores
from tests.unit.storage.samples import upgrade_to


def test_each_sending_has_a_number_of_its_own_and_the_file_has_the_last(store, tmp_path):
    seen = []
    for _ in range(3):
        assert store.instance.advance() == []
        seen.append((tmp_path / FILE).read_text())
    name = seen[0].split()[0]
    assert seen == [f"{name} {number}\n" for number in (1, 2, 3)]
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_many_who_send_at_once_leave_the_last_number(store_url, tmp_path):
    def advance_often(store):
        return [store.instance.advance() for _ in range(10)]

    assert at_once_in_stores(advance_often, 8, store_url, tmp_path) == [[[]] * 10] * 8
    assert (tmp_path / FILE).read_text().endswith(" 80\n")


def test_of_the_names_that_several_gave_it_one_is_kept(store_url, tmp_path):
    database = Database.open(store_url, tmp_path)
    with database.reshape() as connection:
        upgrade_to(connection, "0020")
        connection.execute(text("INSERT INTO instance VALUES ('a', 7), ('b', 7)"))
    database.close()
    (tmp_path / FILE).write_text("a 7\n")
    with Store.open(store_url, site=tmp_path) as store:
        assert store.instance.advance() == []
    assert (tmp_path / FILE).read_text() == "a 8\n"


def test_where_the_file_can_not_be_read_nothing_is_sent(store, tmp_path):
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match="can't be read") as caught:
        store.instance.advance()
    assert caught.value.path == str(tmp_path / FILE)


def test_where_it_can_not_be_written_nothing_is_sent(store, tmp_path):
    (tmp_path / f"{FILE}.new").mkdir()
    with pytest.raises(StoreError, match="can't write") as caught:
        store.instance.advance()
    assert caught.value.mend


def test_a_file_that_says_nothing_of_use_is_written_anew(store, tmp_path):
    (tmp_path / FILE).write_text("nonsense\n")
    assert store.instance.advance() == []
    assert (tmp_path / FILE).read_text().endswith(" 1\n")
