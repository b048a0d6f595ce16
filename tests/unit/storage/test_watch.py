"""Whether anybody else wrote while a run was at work."""

import pytest

from publisher.errors import StoreError
from publisher.storage import Store, Watch
from publisher.storage.marking import mark_all_in_file, mark_file
from tests.unit.storage.samples import NOW

URL = "sqlite:///publisher.db"


def write(store, word):
    store.notebook.write("look", word)


def test_a_file_that_nobody_else_wrote_has_a_mark_and_another_after_each_write(tmp_path):
    with Store.open(URL, site=tmp_path) as store:
        watch = Watch(store.database)
        assert not watch.has_written
        first = watch.mark()
        assert first
        assert watch.mark() == first == mark_all_in_file(tmp_path / "publisher.db")
        write(store, "ours")
        assert watch.has_written
        assert watch.mark() not in ("", first)


def test_where_somebody_else_wrote_there_is_none(tmp_path):
    with Store.open(URL, site=tmp_path) as store, Store.open(URL, site=tmp_path) as other:
        watch = Watch(store.database)
        write(other, "theirs")
        assert watch.mark() == ""
        assert not watch.has_written


def test_where_somebody_still_reads_what_was_before_there_is_none(tmp_path):
    """Not all that was committed is in the file then."""
    with Store.open(URL, site=tmp_path) as store, Store.open(URL, site=tmp_path) as other:
        watch = Watch(store.database)
        with other.database.read() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM edition").all()
            write(store, "ours")
            assert watch.mark() == ""
        assert watch.mark()


@pytest.mark.slow
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_of_a_server_nobody_can_tell(store):
    watch = Watch(store.database)
    store.rations.prune(now_ms=int(NOW.timestamp()))
    watch.settle()
    assert (watch.mark(), watch.has_written) == ("", False)


def test_where_no_file_can_be_there_is_no_mark_and_that_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="can't be read"):
        mark_file(tmp_path / "file" / "publisher.db")
    assert mark_all_in_file(tmp_path / "file" / "publisher.db") == ""
