"""How a look at the articles is compared with the last one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.publish.looked import Looked
from publisher.storage import Store
from publisher.storage.notebook import forget_notes

LINES = st.lists(st.sampled_from("abcdefgh"), unique=True).map(sorted)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open("sqlite:///s.db", site=tmp_path_factory.mktemp("looked")) as store:
        yield store


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr("publisher.publish.looked._BLOCK", 3)


@given(old=LINES, new=LINES)
def test_what_differs_from_the_last_look_is_told_and_little_else(store, old, new):
    Looked(store, "rules", new).write(old)
    looked = Looked(store, "rules", new)
    assert looked.holds
    assert looked.is_same == (old == new)
    some, others = looked.differing()
    assert set(some) - set(others) == set(new) - set(old)
    assert set(others) - set(some) == set(old) - set(new)
    assert (some, others) == ([], []) or old != new


def test_one_edit_compares_and_writes_one_block(store, monkeypatch):
    old = [*"abcdefgh"]
    Looked(store, "rules", old).write(old)
    new = [*"abcdEfgh"]
    looked = Looked(store, "rules", new)
    assert looked.differing() == ([*"dEf"], [*"def"])
    written = []
    monkeypatch.setattr(store.notebook, "write_blocks", lambda _, changed: written.append(changed))
    looked.write(new)
    assert written == [{1: "d\nE\nf"}]


def test_by_other_rules_the_last_look_tells_nothing(store):
    Looked(store, "rules", []).write([*"abcd"])
    assert not Looked(store, "others", [*"abcd"]).holds


def test_once_an_article_has_changed_the_last_look_tells_nothing(store):
    Looked(store, "rules", []).write([*"abcd"])
    with store.database.write() as connection:
        forget_notes(connection)
    looked = Looked(store, "rules", [*"abcd"])
    assert not looked.holds
    looked.write([*"abcd"])
    assert Looked(store, "rules", [*"abcd"]).is_same
