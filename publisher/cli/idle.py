"""A run with nothing to do: answered before the commands, and most of the program, are imported."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from publisher.cli.common import find_site, now
from publisher.cli.show import show_report
from publisher.errors import PublisherError
from publisher.lock import only_run
from publisher.publish.report import Places, Report
from publisher.publish.rest import Rest, Seen


class Asked(NamedTuple):
    """What a crontab asks for: the words of a command line that need no explaining."""

    command: str
    site: Path | None = None
    json: bool = False
    quiet: bool = False


def read_words(words: Sequence[str]) -> Asked | None:
    """What `publisher WORDS` asks for; None for what the commands themselves have to read."""
    asked = Asked(words[0])
    rest = iter(words[1:])
    for word in rest:
        if word == "--site" and (folder := next(rest, "")):
            asked = asked._replace(site=Path(folder))
        elif word == "--json":
            asked = asked._replace(json=True)
        elif word in ("--quiet", "-q"):
            asked = asked._replace(quiet=True)
        else:
            return None
    return asked


def is_answered(asked: Asked, seen: Seen, folder: Path) -> bool:
    """Say that nothing is to be done, if that is so; nobody else may be at work meanwhile."""
    rest = Rest.read(folder)
    if rest is None:
        return False
    try:
        with only_run(folder):
            if not rest.holds(folder, asked.command, now(), seen):
                return False
    except PublisherError:  # for the command to say
        return False
    places, report = Places(*rest.places), Report(**rest.report)
    show_report(folder, places, report, json=asked.json, quiet=asked.quiet)
    return True


def answer_at_rest(words: Sequence[str]) -> tuple[bool, Seen | None]:
    """Whether nothing was left but to say so; else how the site stands, for the command to use."""
    asked = read_words(words)
    if asked is None:
        return False, None
    folder = find_site(asked.site)
    seen = Seen(folder, os.environ)
    return is_answered(asked, seen, folder), seen
