"""By what a database knows that it was the last to send from here."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from publisher.errors import StoreError
from publisher.storage import Store
from publisher.storage.instance import FILE


@pytest.fixture
def store(tmp_path):
    with Store.open("sqlite:///publisher.db", site=tmp_path) as opened:
        yield opened


def test_each_sending_has_a_number_of_its_own_and_the_file_has_the_last(store, tmp_path):
    seen = []
    for _ in range(3):
        assert store.instance.advance() == []
        seen.append((tmp_path / FILE).read_text())
    name = seen[0].split()[0]
    assert seen == [f"{name} {number}\n" for number in (1, 2, 3)]
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_many_who_send_at_once_leave_the_last_number(store, tmp_path):
    def advance_often(_who):
        with Store.open("sqlite:///publisher.db", site=tmp_path) as ours:
            return [ours.instance.advance() for _ in range(10)]

    with ThreadPoolExecutor(8) as senders:
        assert list(senders.map(advance_often, range(8))) == [[[]] * 10] * 8
    assert (tmp_path / FILE).read_text().endswith(" 80\n")


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
