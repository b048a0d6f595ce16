import subprocess
import sys
from pathlib import Path

import pytest

from publisher.errors import BusyError, OutputError
from publisher.lock import LOCK_NAME, only_run

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys, time
from pathlib import Path
from publisher.lock import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_run_at_a_time(tmp_path):
    with only_run(tmp_path), pytest.raises(BusyError), only_run(tmp_path):
        pass
    with only_run(tmp_path):
        pass


def test_a_killed_run_leaves_nothing_to_clean_up(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError), only_run(tmp_path):
            pass
        holder.kill()
    with only_run(tmp_path):
        pass


def test_the_lock_is_for_our_eyes_only(tmp_path):
    with only_run(tmp_path):
        assert (tmp_path / LOCK_NAME).stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OutputError) as caught, only_run(tmp_path / "nowhere"):
        pass
    assert caught.value.mend
