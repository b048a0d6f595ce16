"""Real servers for all tests; each is skipped by name where it is missing."""

import os
import uuid

import pytest
from hypothesis import HealthCheck, settings

from tests import vectors
from tests.postgres import installed, running

ROWS = 42  # of the threat table; a row may have more to it than the tests that name it

# In CI the same examples each time: a change is judged by what it did. Elsewhere new ones on each
# run, so that they go on searching. No deadline: the machines are shared, and no test asserts a time.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("search"), derandomize=True)
# PUBLISHER_LONG=1 asks for the long form of all tests that have one: hours, not minutes.
LONG = bool(os.environ.get("PUBLISHER_LONG"))
settings.register_profile("long", settings.get_profile("search"), max_examples=10_000)
settings.load_profile("long" if LONG else "ci" if os.environ.get("CI") else "search")


def pytest_collection_modifyitems(items):
    """What a test stands for goes with its report, so that the summary can count it."""
    for item in items:
        for mark in item.iter_markers("threat"):
            item.user_properties += [("threat", row) for row in mark.args]
        item.user_properties += [("fault", 1) for _ in item.iter_markers("fault")]


def pytest_terminal_summary(terminalreporter):
    """One line: which rows of the threat table held, on how many vectors, at how many faults."""
    passed, failed = (
        [
            word
            for report in reports(terminalreporter, *kinds)
            for word in getattr(report, "user_properties", ())
        ]
        for kinds in (("passed",), ("failed", "error"))
    )
    held = values(passed, "threat") - values(failed, "threat")
    if held or failed:
        faults = sum(value for name, value in passed + failed if name == "fault")
        terminalreporter.write_line(
            f"threats: {len(held)} of {ROWS} rows held, {vectors.count()} vectors,"
            f" {faults} fault points"
        )


def reports(terminalreporter, *kinds):
    return [one for kind in kinds for one in terminalreporter.stats.get(kind, [])]


def values(told, wanted):
    return {value for name, value in told if name == wanted}


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server of our own on loopback, from the installed binaries; gives its URL."""
    if not installed():
        pytest.skip("PostgreSQL server is missing: /usr/lib/postgresql/*/bin/initdb")
    # It forgets a power cut: that is what the tests of crashes are for, and not the others.
    with running("-c fsync=off") as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store_url(request):
    """The address of an empty database, once on each engine."""
    if request.param == "sqlite":
        yield "sqlite:///publisher.db"
        return
    import psycopg

    server = request.getfixturevalue("postgresql")
    name = f"t{uuid.uuid4().hex}"
    plain = server.replace("+psycopg", "") + "/postgres"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(store_url, tmp_path):
    """An open, empty store, once on each engine."""
    from publisher.storage import Store

    with Store.open(store_url, site=tmp_path) as opened:
        yield opened
