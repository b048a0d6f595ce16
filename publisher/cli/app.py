"""The way in: finds the command, and turns every error that a person can mend into a line."""

from __future__ import annotations

import os
import sys

from publisher import __version__
from publisher.errors import BusyError, ConfigError, PublisherError
from publisher.garbage import put_off_collecting


def main() -> None:
    """Run the command on sys.argv; exit 0 done, 1 something failed, 2 asked wrongly, 75 later."""
    if sys.argv[1:] == ["--version"]:  # the one answer that needs no command at all
        print(f"publisher {__version__}")  # noqa: T201
        return
    put_off_collecting()
    try:
        sys.exit(_run())
    except PublisherError as err:
        sys.exit(_tell(err))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _run() -> int:
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
