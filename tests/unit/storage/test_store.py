import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from publisher.errors import StoreError
from publisher.storage import Store
from publisher.storage.migrate import REVISIONS
from publisher.storage.schema import metadata

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
            sorted(look.get_indexes(table), key=str),
        )
        for table in sorted(look.get_table_names())
        if table != "alembic_version"
    }


def test_the_migrations_make_what_the_schema_says(store):
    with store.database.read() as connection:
        migrated = shape(connection)
    with store.database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            table.drop(connection)
        metadata.create_all(connection)
    with store.database.read() as connection:
        assert shape(connection) == migrated


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
    ],
)
def test_a_store_that_can_not_be_opened_says_what_to_do(url, tmp_path):
    with pytest.raises(StoreError) as caught:
        Store.open(url, site=tmp_path)
    assert caught.value.mend


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


def test_a_locked_database_is_named(tmp_path, monkeypatch):
    from publisher.storage import database

    monkeypatch.setattr(database, "_BUSY_SECONDS", 0)
    with Store.open("sqlite:///publisher.db", site=tmp_path) as store:
        other = create_engine(f"sqlite:///{tmp_path / 'publisher.db'}")
        with other.connect() as connection:
            connection.exec_driver_sql("PRAGMA locking_mode=EXCLUSIVE")
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            with pytest.raises(StoreError, match="locked"):
                store.subscribers.count()
            connection.exec_driver_sql("ROLLBACK")
        other.dispose()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is missing")
def test_a_full_disk_is_named_and_the_next_run_goes_on(tmp_path, monkeypatch):
    with Store.open("sqlite:///publisher.db", site=tmp_path) as store:
        with store.database.write() as connection:
            connection.execute(text("CREATE TABLE ballast (words TEXT)"))
            pages = connection.execute(text("PRAGMA page_count")).scalar()
        import sqlite3

        real = sqlite3.connect

        def small(*words, **options):
            made = real(*words, **options)
            made.execute(f"PRAGMA max_page_count={pages + 2}")
            return made

        monkeypatch.setattr(sqlite3.dbapi2, "connect", small)
        with (
            pytest.raises(StoreError, match="full") as caught,
            store.database.write() as connection,
        ):
            connection.execute(text("INSERT INTO ballast VALUES (zeroblob(1000000))"))
        assert caught.value.exit_code == 75
        monkeypatch.undo()
        with store.database.write() as connection:
            connection.execute(text("INSERT INTO ballast VALUES ('fits')"))


def test_the_database_lies_in_the_site_wherever_we_stand(tmp_path, monkeypatch):
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.chdir(tmp_path)
    Store.open("sqlite:///publisher.db", site=site).close()
    assert [path.name for path in site.iterdir()] == ["publisher.db"]
