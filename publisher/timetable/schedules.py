"""A schedule as people write it: "weekly on monday at 08:00" becomes days and times of day."""

from __future__ import annotations

import difflib
import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import date, datetime, time, timedelta

from cronsim import CronSim, CronSimError

from publisher.valueclass import valueclass

FORMS = (
    "write 'daily at 07:00', 'weekdays at 07:00', 'weekly on monday at 08:00', "
    "'monthly on 1 at 09:00', 'monthly on last at 09:00', 'hourly', "
    "or a cron expression of five fields such as '30 7 * * 1-5'"
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST = 31  # any month's last day is the nearest to the 31st that it has


@valueclass(kw_only=False)
class Schedule:
    """When a newsletter leaves, by the local calendar; `str()` says it in words for people.

    `text` is as written, `times` are the times of day, ascending; `falls_on` tells whether they
    apply on a local date. Two schedules that were written alike are equal.
    """

    text: str
    words: str
    times: tuple[time, ...] = field(repr=False)
    falls_on: Callable[[date], bool] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self.words


def parse_schedule(text: str) -> Schedule:
    """Read "daily at 07:00" and its kin; ValueError says what is wrong and shows the forms."""
    shown = " ".join(text.split())
    try:
        if re.match(r"[\d*@]", shown):
            return _parse_cron(shown)
        return _parse_words(shown, shown.lower().split())
    except ValueError as err:
        raise ValueError(f"{shown[:60]!r}: {err}; {FORMS}") from None


def _parse_words(text: str, words: list[str]) -> Schedule:
    if words == ["hourly"]:
        every_hour = tuple(time(hour) for hour in range(24))
        return Schedule(text, "every hour, on the hour", every_hour, lambda _: True)
    rhythm, *rest = words or [""]
    if rhythm not in {"daily", "weekdays", "weekly", "monthly"}:
        raise ValueError(f"{rhythm[:20]!r} is no rhythm" if rhythm else "the schedule is empty")
    if "at" not in rest[:-1]:
        raise ValueError("the time of day is missing")
    days, clock = rest[: rest.index("at")], " ".join(rest[rest.index("at") + 1 :])
    if rhythm in {"daily", "weekdays"}:
        if days:
            raise ValueError(f"{' '.join(days)!r} does not belong after {rhythm}")
        return _on_weekdays(text, range(7) if rhythm == "daily" else range(5), clock)
    listed = {word for word in " ".join(days[1:]).replace(",", " ").split() if word != "and"}
    if days[:1] != ["on"] or not listed:
        raise ValueError(f"'on' and the day are missing after {rhythm}")
    if rhythm == "weekly":
        return _on_weekdays(text, {_weekday(word) for word in listed}, clock)
    return _on_days(text, {_day_of_month(word) for word in listed}, clock)


def _on_weekdays(text: str, numbers: Iterable[int], clock: str) -> Schedule:
    wanted = frozenset(numbers)
    names = _list([WEEKDAYS[number] for number in sorted(wanted)])
    name = {frozenset(range(7)): "day", frozenset(range(5)): "weekday"}.get(wanted, names)
    times = _times(clock)
    words = f"every {name} at {_list([f'{at:%H:%M}' for at in times])}"
    return Schedule(text, words, times, lambda day: day.weekday() in wanted)


def _on_days(text: str, numbers: set[int], clock: str) -> Schedule:
    def falls_on(day: date) -> bool:
        last = monthrange(day.year, day.month)[1]
        return any(day.day == min(number, last) for number in numbers)

    names = _list([_ordinal(number) for number in sorted(numbers)])
    times = _times(clock)
    at = _list([f"{one:%H:%M}" for one in times])
    return Schedule(text, f"on the {names} of every month at {at}", times, falls_on)


def _weekday(word: str) -> int:
    for number, name in enumerate(WEEKDAYS):
        if word in {name.lower(), name[:3].lower(), f"{name.lower()}s"}:
            return number
    near = difflib.get_close_matches(word, [name.lower() for name in WEEKDAYS], n=1)
    raise ValueError(f"{word!r} is no day of the week" + (f" ({near[0]}?)" if near else ""))


def _day_of_month(word: str) -> int:
    if word == "last":
        return _LAST
    if not re.fullmatch(r"[0-9]{1,2}", word) or not 1 <= int(word) <= 31:
        raise ValueError(f"{word!r} is no day of a month (1 to 31, or last)")
    return int(word)


def _times(clock: str) -> tuple[time, ...]:
    times = set()
    for word in re.split(r"\s*,\s*|\s+and\s+", clock.strip()):
        match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", word)
        if not match:
            raise ValueError(f"{word!r} is no time of day from 00:00 to 23:59")
        hour, minute = int(match[1]), int(match[2])
        if hour > 23:
            raise ValueError(f"hour {hour} is not on a clock (00 to 23)")
        if minute > 59:
            raise ValueError(f"minute {minute} is not on a clock (00 to 59)")
        times.add(time(hour, minute))
    return tuple(sorted(times))


def _parse_cron(text: str) -> Schedule:
    """Fields as Debian's cron reads them, on local times; cronsim knows their grammar.

    Only its reading is used: its own walk has other rules for a change of clocks.
    """
    if len(text.split()) != 5 or len(text) > 200:
        raise ValueError("a cron expression has five fields")
    try:
        cron = CronSim(text, datetime(2000, 1, 1))  # noqa: DTZ001  local times have no zone
    except CronSimError as err:
        raise ValueError(f"not a cron expression: {str(err).lower()}") from None

    def falls_on(day: date) -> bool:
        return day.month in cron.months and cron.match_day(day)

    # In 28 years every date meets every day of the week.
    if not any(falls_on(date(2000, 1, 1) + timedelta(days=days)) for days in range(28 * 366)):
        raise ValueError("this date never comes")
    times = tuple(
        time(hour, minute) for hour in sorted(cron.hours) for minute in sorted(cron.minutes)
    )
    return Schedule(text, f"{cron.explain()} (cron {text})", times, falls_on)


def _ordinal(day: int) -> str:
    if day == _LAST:
        return "last day"
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}" + (" (or the last day)" if day > 28 else "")


def _list(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
