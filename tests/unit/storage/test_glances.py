"""A store looked at, and copied, without a trace."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from itertools import count

import pytest

from publisher.errors import StoreError
from publisher.model import Choice
from publisher.storage import Store, copy_into, glance, store_mark
from publisher.storage.schema import metadata
from tests.unit.storage.samples import entry

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def scratch(tmp_path):
    (tmp_path / "own").mkdir()
    with Store.open("sqlite:///own.db", site=tmp_path / "own") as opened:
        yield opened


def fill(store):
    store.catalogue.save(entry(), digest="d", recipe="r", now=NOW)
    store.catalogue.release(NOW)
    store.notebook.write("look", "x")
    store.subscribers.add(
        "ana@reader.example", name="Ana", subscriptions={"daily": Choice()}, source="t", now=NOW
    )


def test_a_copy_has_the_entries_and_nobody_of_the_readers(store_url, tmp_path, scratch):
    with Store.open(store_url, site=tmp_path) as store:
        fill(store)
    copy_into(scratch, store_url, tmp_path)
    assert [one.title for one in scratch.catalogue.entries()] == [entry().title]
    assert scratch.catalogue.last_sequence() == 1
    assert scratch.notebook.read("look") == "x"
    assert scratch.subscribers.count() == 0
    copy_into(scratch, store_url, tmp_path)  # in the place of what was there
    assert len(scratch.catalogue.entries()) == 1


def test_a_glance_can_not_write(store_url, tmp_path):
    with Store.open(store_url, site=tmp_path) as store:
        fill(store)
    reader = glance(store_url, tmp_path, lambda one: one.readers.find("ana@reader.example"))
    assert reader.subscriber.name == "Ana"
    with pytest.raises(StoreError):
        glance(store_url, tmp_path, lambda one: one.notebook.write("look", "y"))


def test_neither_a_file_nor_its_neighbours_come_of_a_glance(tmp_path, scratch):
    place = tmp_path / "site"
    place.mkdir()
    url = "sqlite:///publisher.db"
    assert glance(url, place, lambda _: True) is None
    copy_into(scratch, url, place)
    assert list(place.iterdir()) == []
    with Store.open(url, site=place) as store:
        fill(store)
    before = {path.name: (path.read_bytes(), path.stat()) for path in place.iterdir()}
    copy_into(scratch, url, place)
    glance(url, place, lambda store: store.subscribers.count())
    after = {path.name: (path.read_bytes(), path.stat()) for path in place.iterdir()}
    assert [(name, data, s.st_mtime_ns) for name, (data, s) in after.items()] == [
        (name, data, s.st_mtime_ns) for name, (data, s) in before.items()
    ]


def test_what_somebody_at_work_has_committed_is_seen(tmp_path):
    url = "sqlite:///publisher.db"
    with Store.open(url, site=tmp_path) as store:
        before = store_mark(url, tmp_path)
        fill(store)
        assert store_mark(url, tmp_path) != before
        assert (tmp_path / "publisher.db-wal").stat().st_size
        assert glance(url, tmp_path, lambda one: one.subscribers.count()) == 1


def test_what_was_read_while_somebody_began_is_read_again(tmp_path):
    url = "sqlite:///publisher.db"
    with Store.open(url, site=tmp_path) as store:
        fill(store)
    seen = []

    def look(store):
        seen.append(store.subscribers.count())
        if len(seen) == 1:
            with Store.open(url, site=tmp_path) as other:
                other.subscribers.remove("ana@reader.example", now=NOW, reason="t")
        return seen[-1]

    assert glance(url, tmp_path, look) == 0
    assert len(seen) == 2


def test_a_store_that_never_rests_is_told(tmp_path, monkeypatch):
    url = "sqlite:///publisher.db"
    Store.open(url, site=tmp_path).close()
    marks = map(str, count())
    monkeypatch.setattr("publisher.storage.glances.store_mark", lambda *_: f"{next(marks)} -")
    with pytest.raises(StoreError, match="changed all the time"):
        glance(url, tmp_path, lambda _: True)


def test_another_publishers_store_is_named(tmp_path):
    url = "sqlite:///publisher.db"
    Store.open(url, site=tmp_path).close()
    with sqlite3.connect(tmp_path / "publisher.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    with pytest.raises(StoreError, match="has revision 0001") as caught:
        glance(url, tmp_path, lambda _: True)
    assert "publisher migrate" in caught.value.mend


def test_every_table_is_copied_or_left_out_on_purpose():
    from publisher.storage.glances import _COPIED

    left_out = {
        *("output", "ping"),  # of a folder that a copy does not write
        *("subscriber", "subscription", "former", "request", "ration", "consent", "suppression"),
        *("delivery", "bounce", "owner", "instance", "segment", "piece", "peer", "handed"),
        "pace",
    }
    assert {table.name for table in _COPIED} | left_out == set(metadata.tables)
