"""Whether a run would find nothing to do: told by one note, before most of the program is imported.

A run that leaves nothing to do until some moment writes down how everything stands that could make
work: `publisher.rest`, in the site's folder (resting.py). As long as it all stands so, and the
moment has not come, the next run would find what that one left, and ends at once. Whatever is
otherwise, or can't be told, makes the note void: then a run looks for itself, as without one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

from publisher.config import SITE_FILES
from publisher.config.replacing import replace_text
from publisher.errors import PublisherError
from publisher.model import Restyled, Shipped
from publisher.output import Output
from publisher.sources import Look, is_empty_maildir, load_templates, look_over, program_marks
from publisher.storage.marking import mark_all_in_file

NOTE_NAME = "publisher.rest"
_SECRETS = "PUBLISHER_"  # with what their names in the environment begin


class Seen:
    """How a site stood before its configuration was read, and its files if they were looked at.

    `rules` is another one whenever the program, the configuration or a template is; "" if that
    can't be told. `templates` are those that it was told by, None if they can't be read.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.rules, self.templates = _rules(folder, environ)
        self._look: tuple[Path, int, Look] | None = None
        self._digest: str | None = None
        self._stamps: tuple[Path, dict[str, str]] | None = None

    def look(self, articles: Path, max_bytes: int) -> Look:
        """What the folder of articles holds; it is looked over once."""
        if self._look is None or self._look[:2] != (articles, max_bytes):
            self._look = articles, max_bytes, look_over(articles, max_bytes=max_bytes)
            self._digest = None
        return self._look[2]

    def digest(self, articles: Path, max_bytes: int) -> str:
        """The digest of that look, which is made once as well."""
        look = self.look(articles, max_bytes)
        if self._digest is None:
            self._digest = look.digest()
        return self._digest

    def stamps(self, output: Path) -> dict[str, str]:
        """The files that are served, with the stamp of each; they are looked at once, too."""
        if self._stamps is None or self._stamps[0] != output:
            self._stamps = output, Output(output).stamps()
        return self._stamps[1]


class Rest(NamedTuple):
    """The note: how all stood when `command` left nothing to do, since then and until when.

    Moments are in seconds since 1970; folders lie below that of the site. `report` is what the run
    would say again, and `places` what it is said of.
    """

    command: str
    since: float
    until: float
    rules: str
    store: str
    store_mark: str
    maildir: str
    output: str
    output_digest: str
    articles: str
    max_bytes: int
    look_digest: str
    report: dict[str, Any]
    places: list[Any]

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The note in a site's folder; None if there is none of this form."""
        try:
            return cls(**json.loads((folder / NOTE_NAME).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        """Leave it for the next run, whole or not at all; without one that run looks for itself."""
        with suppress(OSError):
            replace_text(folder / NOTE_NAME, json.dumps(self._asdict()), mode=0o600)

    def holds(self, folder: Path, command: str, now: datetime, seen: Seen) -> bool:
        """Whether that command would find all as it was left. What takes longest comes last."""
        return (
            self.command == command
            and self.since <= now.timestamp() < self.until
            and self.rules == seen.rules != ""
            and self.store_mark == mark_all_in_file(folder / self.store) != ""
            and (not self.maildir or is_empty_maildir(folder / self.maildir))
            and self.output_digest == digest_of_stamps(seen.stamps(folder / self.output))
            and self.look_digest == seen.digest(folder / self.articles, self.max_bytes) != ""
        )


def digest_of_stamps(stamps: Mapping[str, str]) -> str:
    """Another one whenever somebody was at one of the files that are served, by their stamps."""
    return _hash(sorted(stamps.items()))


def _rules(folder: Path, environ: Mapping[str, str]) -> tuple[str, Restyled | Shipped | None]:
    secrets_there = sorted(name for name in environ if name.startswith(_SECRETS) and environ[name])
    try:
        files = [_content(folder / name) for name in SITE_FILES]
        templates = load_templates(folder)
    except (OSError, PublisherError):
        return "", None  # what is wrong with them is for the run to say
    texts, marks = sorted(templates.items()), sorted(program_marks().items())
    return _hash(sys.version, marks, files, texts, secrets_there), templates


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if os.path.lexists(path) else None


def _hash(*values: object) -> str:
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()
