"""`run` and `build`, asked for in plain words: begun without importing all the other commands.

If the last one left nothing to do, the answer comes before most of the program is imported, too.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from publisher.cli.common import find_site, now, stopping
from publisher.cli.show import show_report
from publisher.errors import BusyError, PublisherError
from publisher.lock import only_run
from publisher.publish.report import Places, Report
from publisher.publish.rest import Rest, Seen

if TYPE_CHECKING:
    from publisher.config import Site
    from publisher.publish.ahead import Ahead
    from publisher.publish.progress import Progress


class Asked(NamedTuple):
    """What the command line asks for; the options are those of both commands."""

    command: str
    site: Path | None = None
    json: bool = False
    quiet: bool = False
    full: bool = False


_FLAGS = frozenset({"--json", "--quiet", "-q", "--full"})


def read_words(words: Sequence[str]) -> Asked | None:
    """What `publisher WORDS` asks for; None for what only all the commands together can read."""
    flags = set()
    site = None
    rest = iter(words[1:])
    for word in rest:
        if word in _FLAGS:
            flags.add(word)
        elif word == "--site" and (folder := next(rest, "")):
            site = Path(folder)
        else:
            return None
    quiet = not flags.isdisjoint({"--quiet", "-q"})
    return Asked(words[0], site, "--json" in flags, quiet, "--full" in flags)


def carry_out(asked: Asked) -> int:
    """Do it, say what came of it, and give the exit code. Raises PublisherError."""
    folder = find_site(asked.site)
    seen = Seen(folder, os.environ)
    if not asked.full and _is_at_rest(asked, seen, folder):
        return 0
    from publisher.config import load_site  # noqa: PLC0415 - slow to import
    from publisher.publish.ahead import reading_ahead  # noqa: PLC0415

    site = load_site(folder, os.environ)
    try:
        with reading_ahead(site, seen.look(site.articles, site.max_bytes), now()) as ahead:
            report = (_run if asked.command == "run" else _build)(site, asked, seen, ahead)
    except BusyError:
        if asked.command == "run" and asked.quiet:
            return 0  # the next run will do; nothing has to be mended
        raise
    show_report(folder, Places.of(site), report, json=asked.json, quiet=asked.quiet)
    return report.exit_code


def _is_at_rest(asked: Asked, seen: Seen, folder: Path) -> bool:
    """Say that nothing is to be done, if that is so and nobody else is at work."""
    rest = Rest.read(folder)
    if rest is None:
        return False
    try:
        with only_run(folder):
            if not rest.holds(folder, asked.command, now(), seen):
                return False
    except PublisherError:  # which the command itself will come to
        return False
    report = Report(**rest.report)
    show_report(folder, Places(*rest.places), report, json=asked.json, quiet=asked.quiet)
    return True


def _run(site: Site, asked: Asked, seen: Seen, ahead: Ahead | None) -> Report:
    from publisher.publish import run  # noqa: PLC0415

    with stopping() as stop:
        return run(
            site,
            clock=now,
            stop=stop.is_set,
            progress=_shown(asked),
            full=asked.full,
            seen=seen,
            ahead=ahead,
        )


def _build(site: Site, asked: Asked, seen: Seen, ahead: Ahead | None) -> Report:
    from publisher.publish import build  # noqa: PLC0415

    return build(
        site,
        now=ahead.now if ahead else now(),
        progress=_shown(asked),
        full=asked.full,
        seen=seen,
        ahead=ahead,
    )


def _shown(asked: Asked) -> Progress:
    from publisher.cli.progress import progress, unseen  # noqa: PLC0415

    return unseen if asked.quiet else progress
