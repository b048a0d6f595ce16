import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from publisher.errors import StoreError, UsageError
from publisher.model import Cohort
from publisher.storage import Slot, Store
from publisher.storage import migrate as migrating
from publisher.storage.database import Database
from publisher.storage.migrate import REVISIONS, upgrade
from publisher.storage.schema import metadata, subscriber
from tests.at_once import at_once

DAILY = Cohort(newsletter="daily")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]


def shape(connection):
    """Everything that a schema says, for a comparison."""
    look = inspect(connection)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(table)],
            look.get_pk_constraint(table),
            sorted(look.get_foreign_keys(table), key=str),
            sorted(look.get_unique_constraints(table), key=str),
            sorted(map(named, look.get_indexes(table)), key=str),
            room(connection, table),
        )
        for table in sorted(look.get_table_names())
        if table != "alembic_version"
    }


def room(connection, table):
    """What PostgreSQL leaves free on its pages."""
    if connection.dialect.name == "postgresql":
        query = text("SELECT reloptions FROM pg_class WHERE oid = CAST(:name AS regclass)")
        return connection.execute(query, {"name": table}).scalar()
    return None


def named(index):
    """An index with its WHERE in words: SQLAlchemy gives an object, equal to no other."""
    options = index.get("dialect_options", {})
    return {**index, "dialect_options": {name: str(words) for name, words in options.items()}}


def test_the_migrations_make_what_a_new_store_has(store):
    with store.database.read() as connection:
        made = shape(connection)
    with store.database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            table.drop(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        upgrade(connection)
    with store.database.read() as connection:
        assert shape(connection) == made


def test_the_revisions_named_are_those_that_are_there():
    scripts = ROOT / "publisher/storage/migrations/versions"
    found = sorted(path.name.partition("_")[0] for path in scripts.glob("[0-9]*.py"))
    assert tuple(found) == REVISIONS


def test_a_newer_database_is_refused(store_url, tmp_path):
    with (
        Store.open(store_url, site=tmp_path) as store,
        store.database.write() as connection,
    ):
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer"):
        Store.open(store_url, site=tmp_path)


def test_an_open_store_of_today_needs_no_alembic(tmp_path):
    Store.open("sqlite:///publisher.db", site=tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from publisher.storage import Store\n"
        f"Store.open('sqlite:///publisher.db', site=Path({str(tmp_path)!r})).close()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "sqlite:///no/such/folder/publisher.db",
        "postgresql+psycopg://nobody@127.0.0.1:1/nothing",
        "oracle://scott@127.0.0.1/tiger",
        f"sqlite:///{'x' * 300}.db",
        "postgresql://ana@127.0.0.1:port/x",
    ],
)
def test_a_store_that_can_not_be_opened_says_what_to_do(url, tmp_path):
    with pytest.raises(StoreError) as caught:
        Store.open(url, site=tmp_path)
    assert caught.value.mend


def test_workers_are_led_to_the_same_server_and_a_file_has_none(store):
    if store.database.is_sqlite:
        with pytest.raises(UsageError, match="this store is a file") as caught:
            _ = store.database.conninfo
        assert "postgresql://" in caught.value.mend
        return
    import psycopg

    with psycopg.connect(store.database.conninfo) as connection:
        found = connection.execute("SELECT to_regclass('delivery')").fetchone()
    assert found == ("delivery",)


@pytest.mark.slow
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_connection_that_the_server_has_closed_is_replaced(store):
    import psycopg

    with store.database.read() as connection:
        mine = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(store.database.conninfo, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (mine,))
    assert store.subscribers.count() == 0
    with store.database.write() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != mine


def test_a_password_is_not_in_the_message(tmp_path):
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql+psycopg://ana:S3CR3T@127.0.0.1:1/x", site=tmp_path)
    assert "S3CR3T" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "publisher.db").write_bytes(b"These are just words, many words. " * 100)
    with pytest.raises(StoreError, match="not a database") as caught:
        Store.open("sqlite:///publisher.db", site=tmp_path)
    assert "backup" in caught.value.mend
    assert caught.value.path.endswith("publisher.db")


def test_a_locked_database_is_named(tmp_path):
    other = sqlite3.connect(tmp_path / "publisher.db", isolation_level=None)
    with Store.open("sqlite:///publisher.db?timeout=0.05", site=tmp_path) as store:
        other.execute("BEGIN IMMEDIATE")
        assert store.subscribers.count() == 0  # who only reads does not wait
        with pytest.raises(StoreError, match="locked") as caught:
            store.slots.record({Slot(NOW): "empty"}, DAILY, NOW)
        assert "tries again" in caught.value.mend
        other.execute("ROLLBACK")
        assert store.slots.record({Slot(NOW): "empty"}, DAILY, NOW)
    other.close()


def test_a_full_database_is_named_and_the_next_write_goes_on(tmp_path):
    with Store.open("sqlite:///publisher.db", site=tmp_path) as store:
        with store.database.read() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar()
            connection.execute(text(f"PRAGMA max_page_count={pages + 2}"))
        fill_until_full(store)
        with store.database.read() as connection:
            connection.execute(text(f"PRAGMA max_page_count={pages + 200}"))
        assert store.slots.record({Slot(NOW): "empty"}, DAILY, NOW)


@pytest.mark.slow
@pytest.mark.threat(33)
def test_a_full_disk_is_named_and_the_next_run_goes_on(small_disk):
    with Store.open("sqlite:///publisher.db", site=small_disk) as store:
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(800_000))
        fill_until_full(store)
        ballast.unlink()
        assert store.slots.record({Slot(NOW): "empty"}, DAILY, NOW)
    with Store.open("sqlite:///publisher.db", site=small_disk) as store:
        with store.database.read() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert store.slots.latest("daily")[DAILY].moment == NOW


def fill_until_full(store):
    """Ever more in one transaction, until the disk says no; nothing of it may stay."""
    before = store.subscribers.count()
    with pytest.raises(StoreError, match="full") as caught, store.database.write() as connection:
        for number in range(100_000):
            row = {
                "key": str(number),
                "address": "x" * 2000,
                "name": "",
                "source": "",
                "added": NOW,
            }
            connection.execute(subscriber.insert(), row)
    assert caught.value.exit_code == 75
    assert "make room" in caught.value.mend
    assert store.subscribers.count() == before


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 2 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or run_quietly(words).returncode:
        pytest.skip("a disk of our own is missing: mount -t tmpfs is not allowed here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def run_quietly(words):
    return subprocess.run(words, check=False, capture_output=True)


def test_a_database_that_can_not_be_written_is_named():
    with tempfile.TemporaryDirectory() as folder, mere_mortal(Path(folder)):
        site = Path(folder)
        Store.open("sqlite:///publisher.db", site=site).close()
        (site / "publisher.db").chmod(0o400)
        site.chmod(0o500)
        with (
            pytest.raises(StoreError) as caught,
            Store.open("sqlite:///publisher.db", site=site) as store,
        ):
            store.slots.record({Slot(NOW): "empty"}, DAILY, NOW)
        assert caught.value.path.endswith("publisher.db")
        assert "must be able to write" in caught.value.mend
        site.chmod(0o700)


@contextmanager
def mere_mortal(folder):
    """Root may write everything, so be somebody else for a while."""
    if os.geteuid():
        yield
        return
    os.chown(folder, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_mistake_of_ours_keeps_its_traceback(store):
    with pytest.raises(DBAPIError), store.database.read() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))


@pytest.mark.threat(26)
def test_an_error_never_shows_an_address(store):
    with pytest.raises(DBAPIError) as caught, store.database.write() as connection:
        connection.execute(text("SELECT nothing FROM nowhere WHERE a = :a"), {"a": "ana@x.example"})
    assert "nowhere" in str(caught.value)
    assert "ana@" not in str(caught.value)


@pytest.mark.parametrize(("way", "others"), [("create", []), ("upgrade", ["of_another"])])
def test_a_schema_that_fails_half_way_leaves_nothing(store_url, tmp_path, monkeypatch, way, others):
    database = Database.open(store_url, tmp_path)
    for other in others:  # a database with tables in it is brought up by Alembic
        with database.write() as connection:
            connection.execute(text(f"CREATE TABLE {other} (id INTEGER)"))
    real = getattr(migrating, way)

    def fail(connection):
        real(connection)
        raise RuntimeError("in the middle")

    monkeypatch.setattr(migrating, way, fail)
    with pytest.raises(RuntimeError):
        Store.open(store_url, site=tmp_path)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == others
    database.close()
    monkeypatch.undo()
    Store.open(store_url, site=tmp_path).close()


def test_many_that_begin_at_once_make_one_store(store_url, tmp_path):
    def begin(_who):
        with Store.open(store_url, site=tmp_path) as store:
            return store.subscribers.count()

    assert at_once(begin, range(8)) == [0] * 8


def test_a_new_file_that_another_makes_ready_is_waited_for(tmp_path):
    other = sqlite3.connect(
        tmp_path / "publisher.db", isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    later = threading.Timer(0.3, other.close)
    later.start()
    with Store.open("sqlite:///publisher.db", site=tmp_path) as store:
        later.join()
        with store.database.read() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


@pytest.mark.parametrize("durable", [True, False])
def test_a_commit_is_as_durable_as_asked_for(store, durable):
    ask = "PRAGMA synchronous" if store.database.is_sqlite else "SHOW synchronous_commit"
    want = {True: 2, False: 1} if store.database.is_sqlite else {True: "on", False: "off"}
    for mode in (not durable, durable, durable):
        with store.database.write(durable=mode) as connection:
            assert connection.execute(text(ask)).scalar() == want[mode]
    store.database.barrier()


def test_the_epoch_stays_while_nothing_crashes(store_url, tmp_path):
    epochs = set()
    for _ in range(2):
        with Store.open(store_url, site=tmp_path) as store, store.database.read() as connection:
            epochs.add(store.database.epoch(connection))
    assert len(epochs) == 1


@pytest.mark.slow
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_the_epoch_ends_when_one_process_of_the_server_crashes(store, postgresql):
    """That loses lazy commits, and the server's start time stays what it was."""
    with store.database.read() as connection:
        before = store.database.epoch(connection)
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    os.kill(backend, signal.SIGKILL)
    deadline = time.monotonic() + 60
    after = before
    while after == before and time.monotonic() < deadline:
        time.sleep(0.1)
        with suppress(StoreError), store.database.read() as connection:
            after = store.database.epoch(connection)
    assert after != before


def test_the_database_lies_in_the_site_wherever_we_stand(tmp_path, monkeypatch):
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.chdir(tmp_path)
    Store.open("sqlite:///publisher.db", site=site).close()
    assert [path.name for path in site.iterdir()] == ["publisher.db"]
