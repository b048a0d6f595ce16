"""Whatever readers choose and whenever runs come: what was asked for arrives exactly once."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from publisher.storage import Store
from tests.unit.publish.simulation import Simulation, scripts

# PUBLISHER_EXAMPLES=10000 for the long form.
EXAMPLES = int(os.environ.get("PUBLISHER_EXAMPLES", "60"))


@pytest.fixture(scope="module")
def folder():
    """In memory where there is such a place: no power fails in these tests."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    made = tempfile.mkdtemp(dir=place)
    yield Path(made)
    shutil.rmtree(made)


def check(store, folder, examples):
    @settings(max_examples=examples)
    @given(scripts())
    def play(script):
        newsletter, steps = script
        simulation = Simulation(store, folder, newsletter)
        simulation.play(steps)
        simulation.judge()

    play()


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.threat(30, 32)
def test_every_article_asked_for_arrives_exactly_once_and_no_other(folder):
    with Store.open("sqlite:///publisher.db", site=folder) as store:
        check(store, folder, EXAMPLES)


@pytest.mark.slow
def test_the_same_on_both_databases(store, tmp_path):
    check(store, tmp_path, 5)
