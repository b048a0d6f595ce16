"""More than one machine: `run` hands out parts of an edition, workers deliver them."""

import signal
import subprocess
import sys
import time

import pytest

from tests.system.conftest import ROOT
from tests.system.mailing import CONNECTIONS, Mailing, expected

pytestmark = [
    pytest.mark.parametrize("store_url", ["postgresql"], indirect=True),
]
PEOPLE = 2500
BY_WORKERS = 'sent_by = "workers"\n'


@pytest.fixture
def mailing(store_url, tmp_path):
    made = Mailing(tmp_path, store_url, PEOPLE, mail=BY_WORKERS)
    made.open()
    yield made
    made.close()


def waiting(mailing):
    with mailing.store() as store, store.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT (args->>'first')::int, (args->>'last')::int FROM procrastinate_jobs"
            " WHERE status = 'todo' ORDER BY 1"
        )
        return [tuple(row) for row in rows]


def test_a_run_hands_out_parts_once_and_sends_nothing(mailing):
    assert f"{mailing.edition}: 3 parts handed to the workers" in mailing.opened.notes
    parts = waiting(mailing)
    assert [last - first + 1 for first, last in parts] == [1000, 1000, 500]
    mailing.site.command("run")
    assert waiting(mailing) == parts
    assert mailing.accepted() == 0


def test_workers_deliver_it_and_the_edition_is_done(mailing):
    with (
        mailing.program("worker", "--once", at=mailing.elsewhere("a")) as one,
        mailing.program("worker", "--once", at=mailing.elsewhere("b")) as other,
    ):
        assert (one.wait(120), other.wait(120)) == (0, 0)
    mailing.site.command("run")
    verdict = mailing.judge()
    expected(verdict, PEOPLE, 0)
    assert verdict["in doubt"] == 0
    (edition,) = mailing.site.json("editions", "list")
    assert edition["state"] == "done"


def test_of_two_workers_one_is_killed_and_the_other_takes_over(mailing):
    victim_folder = mailing.elsewhere("victim")
    with (
        mailing.program("worker", at=victim_folder) as victim,
        mailing.program("worker", "--once", at=mailing.elsewhere("heir")) as heir,
    ):
        while not holders(mailing, victim_folder):
            assert victim.poll() is None
            time.sleep(0.005)
        assert mailing.kill_after(victim, 50)
        assert heir.wait(120) == 0
    # The heir sees no lock of the victim's: it waits for the lease, as from another host.
    mailing.site.command("worker", "--once")
    assert mailing.judge()["states"].keys() != {"sent"}
    lapse(mailing)
    mailing.site.command("worker", "--once")
    verdict = mailing.judge()
    expected(verdict, PEOPLE, CONNECTIONS)
    assert verdict["in doubt"] <= CONNECTIONS


def holders(mailing, folder):
    """Which owners of claims live in this folder, seen by their locks."""
    owners = folder / ".owners"
    return [*owners.iterdir()] if owners.exists() else []


def lapse(mailing):
    """Ten minutes later, by the server's clock: leases have passed, jobs are stalled."""
    with mailing.store() as store, store.database.write() as connection:
        connection.exec_driver_sql("UPDATE owner SET lease_until = lease_until - 700")
        connection.exec_driver_sql(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'"
        )


def test_a_worker_that_is_asked_to_stop_hands_the_rest_back(mailing):
    with mailing.program("worker") as worker:
        while mailing.accepted() < 20:
            assert worker.poll() is None
            time.sleep(0.005)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    accepted = mailing.accepted()
    with mailing.store() as store:
        counts = {state.value: n for state, n in store.ledger.check(mailing.edition).states.items()}
        assert counts.get("sent", 0) == accepted
        assert counts.keys() <= {"sent", "pending"}
        assert store.ledger.counts(mailing.edition).in_doubt == 0
    mailing.site.command("worker", "--once")
    expected(mailing.judge(), PEOPLE, 0)


def test_a_worker_without_the_sites_key_is_refused(mailing):
    folder = mailing.elsewhere("keyless")
    (folder / "publisher.key").unlink()
    with mailing.program("worker", at=folder) as worker:
        assert worker.wait(60) == 2
        assert "copy it from the host that runs" in worker.stderr.read()
    assert not (folder / "publisher.key").exists()


def test_the_tables_of_the_queue_are_made_by_one_command(mailing):
    said = mailing.site.command("migrate").stderr
    assert "is at revision" in said
    assert len(waiting(mailing)) == 3
    mailing.site.command("migrate")


def test_procrastinate_is_loaded_by_who_needs_it_alone(mailing):
    code = (
        "import sys; sys.argv = ['publisher', 'status', '--site', sys.argv[1]]\n"
        "import atexit; atexit.register(lambda: print('procrastinate' in sys.modules))\n"
        "from publisher.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(mailing.site.folder)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.endswith("False\n")
