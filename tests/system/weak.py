"""The program with something wrong with it, so that tests can show that they would notice.

PUBLISHER_TEST=marks     nothing is marked as about to leave
PUBLISHER_TEST=claims    a claim is taken back when its commit is asked for: nobody sees it
PUBLISHER_TEST=kill:mark:after:3   dies by kill -9 after the third call of Ledger.mark
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from publisher.cli import main
from publisher.storage import Ledger


def without_marks():
    mark = Ledger.mark

    def finish_only(self, started, finished, now):
        mark(self, (), finished, now)

    Ledger.mark = finish_only


def dying(name, when, number):
    method = getattr(Ledger, name)
    left = [int(number)]

    def call(self, *words, **named):
        left[0] -= 1
        if when == "before" and left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        result = method(self, *words, **named)
        if when == "after" and left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(Ledger, name, call)


match os.environ["PUBLISHER_TEST"].split(":"):
    case ["marks"]:
        without_marks()
    case ["kill", name, when, number]:
        dying(name, when, number)

if __name__ == "__main__":
    main()
