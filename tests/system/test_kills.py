"""kill -9 of `publisher run` against a real SMTP server: SECURITY.md, P1, P2 and P4.

The long form is PUBLISHER_KILLS=100 PUBLISHER_PEOPLE=10000; it prints what it found (pytest -s).
"""

import os
import random
import time
from contextlib import ExitStack

import pytest

from tests.system.mailing import CONNECTIONS, Mailing, expected, weak

pytestmark = [pytest.mark.threat(37), pytest.mark.timeout(7200)]

KILLS = int(os.environ.get("PUBLISHER_KILLS", "5"))
PEOPLE = int(os.environ.get("PUBLISHER_PEOPLE", "400"))


@pytest.fixture
def mailing(store_url, tmp_path):
    # It thinks a while before it answers, so that a kill finds messages whose fate is unknown.
    made = Mailing(tmp_path, store_url, PEOPLE, pause=0.02)
    made.open()
    yield made
    made.close()


def test_whenever_it_is_killed_nobody_is_forgotten_and_second_copies_are_flagged(mailing, request):
    chance = random.Random(KILLS)
    kills = 0
    while kills < KILLS and mailing.accepted() < PEOPLE:
        with mailing.program("run", "--quiet") as process:
            if chance.random() < 0.2:  # at any moment, also of starting and of recovering
                time.sleep(chance.uniform(0, 2))
                process.kill()
                kills += process.wait() < 0
            else:
                most = max(1, 2 * (PEOPLE - mailing.accepted()) // (KILLS - kills + 1))
                kills += mailing.kill_after(process, chance.randint(1, most))
    finish(mailing)
    verdict = mailing.judge()
    print(f"\n{request.node.name}: {kills} kills, {PEOPLE} recipients: {verdict}")
    assert kills >= min(KILLS, 3)
    expected(verdict, PEOPLE, kills * CONNECTIONS)


def test_the_same_without_marks_is_noticed(mailing):
    """The control: what the test above looks for can be seen."""
    for _ in range(4):
        with mailing.program("run", script=weak(), environ={"PUBLISHER_TEST": "marks"}) as process:
            mailing.kill_after(process, PEOPLE // 8)
    finish(mailing)
    verdict = mailing.judge()
    assert verdict["unflagged"] > 0, verdict
    with pytest.raises(AssertionError, match="unflagged"):
        expected(verdict, PEOPLE, 4 * CONNECTIONS)


STEPS = [
    f"{name}:{when}:{number}"
    for name, numbers in (("claim", (1, 2)), ("mark", (1, 2, 3, 20)), ("settle", (1, 2)))
    for number in numbers
    for when in ("before", "after")
]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_kill_at_each_step_keeps_the_promises(mailing, record_property):
    for step in STEPS:
        record_property("fault", 1)
        with mailing.program(
            "run", "--quiet", script=weak(), environ={"PUBLISHER_TEST": f"kill:{step}"}
        ) as process:
            process.wait(60)
    finish(mailing)
    verdict = mailing.judge()
    # The first message is in flight at each kill: in doubt for the fifth time, it is held.
    held = verdict["states"].pop("held", 0)
    verdict["states"]["sent"] += held
    assert held <= CONNECTIONS
    expected(verdict, PEOPLE, len(STEPS) * CONNECTIONS)


@pytest.mark.threat(29)
@pytest.mark.parametrize("count", [2, 8])
def test_runs_that_overlap_send_each_copy_once(mailing, count):
    """As when the lock is of no use: one database, seen from several folders."""
    folders = [mailing.elsewhere(number) for number in range(count)]
    with ExitStack() as stack:
        runs = [stack.enter_context(mailing.program("run", at=folder)) for folder in folders]
        said = [run.communicate(timeout=120)[1] for run in runs]
        assert [run.returncode for run in runs] == [0] * count, "".join(said)
    verdict = mailing.judge()
    expected(verdict, PEOPLE, 0)
    assert verdict["in doubt"] == 0


def finish(mailing):
    for _ in range(3):
        mailing.site.command("run", "--quiet")
