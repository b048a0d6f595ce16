"""What commands share: the site, its store, the clock, signals and JSON.

Imported before it is known whether there is anything to do, so nothing here takes long to import.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from publisher.errors import UsageError

if TYPE_CHECKING:
    from publisher.config import Site
    from publisher.model import Choice, Newsletter
    from publisher.storage import Store


def open_site(folder: Path | None) -> Site:
    """Read the site that `--site` names, or the nearest one upwards from where we stand."""
    from publisher.config import load_site  # noqa: PLC0415

    return load_site(find_site(folder), os.environ)


def find_site(folder: Path | None) -> Path:
    """The folder of that site, as messages should name it from where the operator stands."""
    from publisher.config import CONFIG_NAME  # noqa: PLC0415

    here = Path.cwd()
    if folder is None:
        folder = next((up for up in (here, *here.parents) if (up / CONFIG_NAME).is_file()), here)
    try:
        return folder.resolve().relative_to(here)
    except ValueError:
        return folder.absolute()


@contextmanager
def open_store(site: Site) -> Iterator[Store]:
    """The site's store, for commands that neither read articles nor send."""
    from publisher.storage import Store  # noqa: PLC0415

    url = site.settings.storage.url
    with Store.open(url, site=site.folder, secret=site.secret) as store:
        yield store


def newsletter_named(site: Site, name: str) -> Newsletter:
    """The newsletter of this name; UsageError with those that there are."""
    found = site.newsletter(name)
    if found is None:
        there = ", ".join(one.name for one in site.newsletters)
        mend = f"there is: {there}" if there else f"write [newsletters.{name}] into publisher.toml"
        raise UsageError(f"there is no newsletter {name!r}", mend=mend)
    return found


def choice_of(
    newsletter: Newsletter, topics: Sequence[str] | None, frequency: str, timezone: str
) -> Choice:
    """What these options choose of a newsletter. Raises UsageError."""
    from publisher.audience import parse_frequency, parse_topics  # noqa: PLC0415
    from publisher.model import Choice  # noqa: PLC0415
    from publisher.timetable import find_zone  # noqa: PLC0415

    try:
        zone = find_zone(timezone).key if timezone else ""
    except ValueError as err:
        raise UsageError(str(err)) from None
    return Choice(
        topics=parse_topics(topics or ()),
        frequency=parse_frequency(frequency, newsletter),
        timezone=zone,
    )


def now() -> datetime:
    """The present moment, in UTC, to the second: the only clock of the program."""
    return datetime.now(UTC).replace(microsecond=0)


def tell(text: str) -> None:
    """Say something to the person at the terminal."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def show_json(value: Any) -> None:
    """Answer a script."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_iso), flush=True)  # noqa: T201


def answer(value: Any, words: str, *, json: bool) -> None:
    """Say what was done: to a script as JSON, to a person in words."""
    if json:
        show_json(value)
    else:
        tell(words)


def local(moment: datetime | None, zone: str) -> str:
    """A moment as a clock in `zone` shows it."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %Z") if moment else "-"


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that SIGTERM, SIGINT or SIGHUP sets; a second signal ends us at once."""
    event = threading.Event()

    def ask(number: int, _frame: FrameType | None) -> None:
        if event.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        event.set()
        tell("publisher: stopping after what is in flight (again to stop at once)")

    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def _iso(value: datetime | date) -> str:
    """A day or a moment: nothing else that we answer with is not JSON by itself."""
    return value.isoformat()
