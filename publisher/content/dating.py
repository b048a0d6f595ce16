"""When an entry was published, and what says so: no date is ever invented."""

from __future__ import annotations

import posixpath
import re
from datetime import date, datetime

from publisher.content.naming.dateline import Parsed
from publisher.content.story import Copy
from publisher.content.text.dates import EARLIEST_YEAR, midnight
from publisher.model import PublishedFrom
from publisher.valueclass import valueclass

_NAMED = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[-_ .]|$)")


@valueclass(kw_only=False)
class Published:
    """A moment in UTC, and what told it."""

    moment: datetime
    source: PublishedFrom


def published_of(copy: Copy, path: str, parsed: Parsed | None, seen: datetime) -> Published:
    """The editor's date, else the form's own, the file name's, the dateline's; else first sight.

    `seen` is when the article was first seen, in UTC. A day is its midnight in the publication's
    zone. Raises ArticleError for front matter that is no date.
    """
    if told := copy.fields.moment("date"):
        return Published(told, "front matter")
    if copy.manuscript.published:
        return Published(copy.manuscript.published, "metadata")
    if (day := named_day(path)) is not None:
        return Published(midnight(day, copy.zone), "file name")
    if match := _name_of_day(path):
        copy.manuscript.warn(
            f"the name of the file opens with what is no date: {match[0].strip('-_ .')}",
            "give it another name, or `date:` in front matter",
            path,
        )
    day = parsed.date(seen.astimezone(copy.zone).date()) if parsed else None
    if day is not None and day.year >= EARLIEST_YEAR:
        return Published(midnight(day, copy.zone), "dateline")
    return Published(seen, "first seen")


def named_day(path: str) -> date | None:
    """The day in a file name (`2026-11-02-slug.md`), or in that of the folder of an `index.md`."""
    match = _name_of_day(path)
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return day if day.year >= EARLIEST_YEAR else None


def _name_of_day(path: str) -> re.Match[str] | None:
    folder, name = posixpath.split(path)
    if name.rpartition(".")[0].lower() == "index" and folder:
        name = posixpath.basename(folder)
    return _NAMED.match(name)


def later(moment: datetime | None, than: datetime) -> datetime | None:
    """The moment, if it lies behind another: agencies repeat the date of issue as an embargo."""
    return moment if moment is not None and moment > than else None
