"""When a newsletter comes, in words for its readers."""

from __future__ import annotations

import re

from publisher.pages.language import weekday_names
from publisher.pages.translations import Words

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def spell_schedule(schedule: str, words: Words) -> str:
    """A schedule of publisher.toml in the reader's language; a cron expression stays as it is."""
    rhythm, _, clock = " ".join(schedule.split()).lower().partition(" at ")
    kind, _, days = rhythm.partition(" on ")
    at, listed = _joined(_parts(clock), words), _parts(days)
    match kind:
        case "hourly":
            return words.text("every hour")
        case "daily" if at:
            return words.text("every day at {time}").format(time=at)
        case "weekdays" if at:
            return words.text("Monday to Friday at {time}").format(time=at)
        case "weekly" if at and listed:
            names = _joined([_weekday(one, words) for one in listed], words)
            return words.text("every {days} at {time}").format(days=names, time=at)
        case "monthly" if at and listed == ["last"]:
            return words.text("on the last day of each month at {time}").format(time=at)
        case "monthly" if at and listed:
            numbers = _joined(
                [one if one != "last" else words.text("last") for one in listed], words
            )
            return words.text("each month, day {days}, at {time}").format(days=numbers, time=at)
        case _:
            return schedule


def _parts(text: str) -> list[str]:
    return [one for one in re.split(r"[\s,]+", text) if one and one != "and"]


def _weekday(name: str, words: Words) -> str:
    known = weekday_names(words.language)
    return known[_DAYS.index(name[:3])] if name[:3] in _DAYS else name


def _joined(parts: list[str], words: Words) -> str:
    if len(parts) < 2:
        return "".join(parts)
    *most, last = parts
    return words.text("{first} and {last}").format(first=", ".join(most), last=last)
