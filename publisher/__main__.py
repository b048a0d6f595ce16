"""The program as a process of its own: `publisher`, and `python -m publisher`."""

from __future__ import annotations

import atexit
import os
import sys

from publisher.cli import main as carry_out


class _Ending:
    """How the process ends: with this code, and without taking to pieces what was imported.

    Python would do so object by object, which is a tenth of a short run and of use to nobody:
    files and the store are closed by whoever opened them, what was printed goes out, and threads
    and whatever is registered for the exit have had their turn. Hence registered first: the last
    to be called.
    """

    code = 1  # of an error that nobody has foreseen

    def __init__(self) -> None:
        atexit.register(self._leave)

    def _leave(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, ValueError, BrokenPipeError):
                pass  # it was never there, is closed, or its reader has seen enough
            except OSError:  # the disk is full
                self.code = self.code or 1
        os._exit(self.code)


def main() -> None:
    """Carry out the command on sys.argv, and end the process; `publisher.cli.main` returns."""
    ending = _Ending()
    try:
        carry_out()
        ending.code = 0
    except SystemExit as end:
        ending.code = end.code if isinstance(end.code, int) else int(end.code is not None)
        raise


if __name__ == "__main__":
    main()
