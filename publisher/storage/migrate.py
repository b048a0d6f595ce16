"""Bringing a database up to the schema of this code; forward only."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from publisher.errors import StoreError
from publisher.storage.database import Database

# Every revision in order. Named here so that a database that is up to date, as nearly always,
# is known for one without importing Alembic.
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
)


def migrate(database: Database) -> None:
    """Apply what is missing, each revision in one transaction.

    Raises StoreError if the database is newer than this code.
    """
    with database.read() as connection:
        current = revision_of(connection)
    if current == REVISIONS[-1]:
        return
    if current is not None and current not in REVISIONS:
        raise StoreError(
            f"the store has revision {current}, newer than this publisher knows",
            path=database.place,
            mend="install the newer publisher again, or put an older database back",
        )
    # Of two that begin at once on an empty database, the second finds all done.
    with database.reshape() as connection:
        if current is None and not inspect(connection).get_table_names():
            create(connection)
        else:
            upgrade(connection)


def create(connection: Connection) -> None:
    """Make all tables of an empty database, as every revision one after another would.

    A test finds no difference between the two, and a first run does not wait for Alembic.
    """
    from publisher.storage.schema import metadata  # noqa: PLC0415 - of a new store

    metadata.create_all(connection)
    # As Alembic makes and reads it.
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
            " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(
        text("INSERT INTO alembic_version (version_num) VALUES (:newest)"),
        {"newest": REVISIONS[-1]},
    )


def upgrade(connection: Connection) -> None:
    """Run Alembic on an open connection, up to the newest revision."""
    from alembic import command  # noqa: PLC0415 - slow to import, seldom needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    scripts = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def revision_of(connection: Connection) -> str | None:
    """The last revision that was applied; None to an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)
