"""The way in: finds the command, and turns every error that a person can mend into a line."""

from __future__ import annotations

import errno
import os
import sys

from publisher import __version__
from publisher.errors import BusyError, ConfigError, PublisherError
from publisher.garbage import put_off_collecting

# What a disk says that takes no more of an answer.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def main() -> None:
    """Run the command on sys.argv; exit 0 done, 1 something failed, 2 asked wrongly, 75 later."""
    put_off_collecting()
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # whoever has started us has closed it
            setattr(sys, name, open(os.devnull, "r+"))  # noqa: PTH123, SIM115
    try:
        code = _run()
        sys.stdout.flush()
        sys.exit(code)
    except PublisherError as err:
        sys.exit(_tell(err))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as err:
        if err.errno not in _FULL or err.filename is not None:
            raise  # what is written elsewhere is named by whoever writes it
        print(f"publisher: the answer can't be written: {err.strerror}", file=sys.stderr)  # noqa: T201
        print("  all else is done; see to the disk that it goes to, and ask again", file=sys.stderr)  # noqa: T201
        sys.exit(75)


def _run() -> int:
    if sys.argv[1:] == ["--version"]:  # the one answer that needs no command at all
        print(f"publisher {__version__}")  # noqa: T201
        return 0
    if sys.argv[1:2] in (["run"], ["build"]):
        from publisher.cli.plain import carry_out, read_words  # noqa: PLC0415 - to answer quickly

        asked = read_words(sys.argv[1:])
        if asked is not None:
            return carry_out(asked)
    from publisher.cli.commands import program  # noqa: PLC0415 - see above
    from publisher.cli.teaching import MISUSE, PROGRAM, explain  # noqa: PLC0415

    try:
        code = program()(prog_name=PROGRAM, standalone_mode=False)
    except MISUSE as err:
        if said := explain(err):
            print(said, file=sys.stderr)  # noqa: T201
        return 2
    return code if isinstance(code, int) else 0


def _tell(err: PublisherError) -> int:
    lines = [str(err)]
    if isinstance(err, ConfigError):
        lines = [*err.mistakes] or lines
    if isinstance(err, BusyError):
        print(f"publisher: {err.what}", file=sys.stderr)  # noqa: T201
        return err.exit_code
    for line in lines:
        print(f"publisher: {line}", file=sys.stderr)  # noqa: T201
    return err.exit_code
