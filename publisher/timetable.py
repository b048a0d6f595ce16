"""Which slots a newsletter has: its schedule read, its moments counted, what is due now.

A schedule is a set of local dates and times of day, no more. Slots come from walking the local
calendar, never from adding hours to the last one, so that a change of clocks can't move or double
them: a time that the clocks jump over means the first instant after the jump, a time that they
show twice means the first of the two, and one instant is one slot only.
"""

from __future__ import annotations

import difflib
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

FORMS = (
    "write 'daily at 07:00', 'weekdays at 07:00', 'weekly on monday at 08:00', "
    "'monthly on 1 at 09:00', 'monthly on last at 09:00', 'hourly', "
    "or a cron expression of five fields such as '30 7 * * 1-5'"
)
_MISSED = 1000  # how many passed-over slots are worth naming
_HORIZON = 60 * 366  # days: "29 February, if a Monday" can be forty years away
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST = 31  # any month's last day is the nearest to the 31st that it has


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a newsletter owes now.

    `slot` is the one to serve, if any; `missed` are the older ones that nobody served, oldest
    first, the newest thousand at most. Record them all: the next call goes on from the newest.
    `clock_back` means that the clock stands more than a day before the last slot, so that
    nothing it says can be trusted; then nothing is due.
    """

    slot: datetime | None = None
    missed: tuple[datetime, ...] = ()
    clock_back: bool = False


# ---------------------------------------------------------------- slots


def due_slot(
    schedule: Schedule,
    timezone: str,
    *,
    now: datetime,
    last: datetime | None,
    since: datetime,
    catch_up: timedelta,
) -> Due:
    """The newest slot up to `now` that comes after `last` and not before `since`.

    Older ones that were passed over are `missed`, and so is the newest itself if it lies more
    than `catch_up` back: many missed slots make one late edition, or none. All moments aware.
    """
    if last is not None and now < last - timedelta(days=1):
        return Due(clock_back=True)
    open_slots = takewhile(
        lambda slot: slot >= since and (last is None or slot > last),
        _slots_until(now, schedule, find_zone(timezone)),
    )
    newest_first = list(islice(open_slots, _MISSED + 1))
    if newest_first and now - newest_first[0] <= catch_up:
        return Due(slot=newest_first[0], missed=tuple(reversed(newest_first[1:])))
    return Due(missed=tuple(reversed(newest_first[:_MISSED])))


def latest_slot(schedule: Schedule, timezone: str, now: datetime) -> datetime:
    """The newest slot that is not after `now`, in UTC."""
    return next(_slots_until(now, schedule, find_zone(timezone)))


def next_slot(schedule: Schedule, timezone: str, now: datetime) -> datetime:
    """The first slot after `now`, in UTC."""
    return next(_slots_after(now, schedule, find_zone(timezone)))


def find_zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name; ValueError with the likeliest names if there is none."""
    # "localtime" and "posixrules" are this machine's business, "right/" counts leap seconds.
    try:
        if name and not name.startswith(("right/", "posix")) and name != "localtime":
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; "../up"; a folder such as "Europe"
        pass
    near = _near_zones(name)
    hint = f"did you mean {' or '.join(near)}?" if near else "one is Europe/Lisbon"
    raise ValueError(f"{name[:60]!r} is no IANA time zone; {hint}") from None


def _near_zones(name: str) -> list[str]:
    """Zones that somebody may have meant by "lisbon", "New York" or "Europe/Lisboa"."""
    wanted = name[:60].strip().lower().replace(" ", "_")
    zones = {zone.lower(): zone for zone in sorted(available_timezones() - {"localtime"})}
    if wanted in zones:
        return [zones[wanted]]
    cities: dict[str, list[str]] = {}
    for low, zone in zones.items():
        if not low.startswith("etc/"):
            cities.setdefault(low.rpartition("/")[2], []).append(zone)
    for city in (wanted, wanted.rpartition("/")[2]):
        if city in cities:
            return cities[city][:2]
    near = difflib.get_close_matches(wanted, zones, n=1, cutoff=0.75)
    return [zones[one] for one in near]


def _slots_until(now: datetime, schedule: Schedule, zone: ZoneInfo) -> Iterator[datetime]:
    """Slots from `now` backwards; they end only at the horizon."""
    today = now.astimezone(zone).date()
    previous = now + timedelta(microseconds=1)
    # Two days ahead: where a whole day came twice, its first turn has passed already.
    for days in range(2, -_HORIZON, -1):
        day = today + timedelta(days=days)
        for at in reversed(schedule.times) if schedule.falls_on(day) else ():
            slot = _instant(day, at, zone)
            if slot < previous:
                previous = slot
                yield slot


def _slots_after(now: datetime, schedule: Schedule, zone: ZoneInfo) -> Iterator[datetime]:
    """Slots after `now`, forwards; they end only at the horizon."""
    today = now.astimezone(zone).date()
    previous = now
    # Two days back: where a whole day was left out, its slots come with the day after.
    for days in range(-2, _HORIZON):
        day = today + timedelta(days=days)
        for at in schedule.times if schedule.falls_on(day) else ():
            slot = _instant(day, at, zone)
            if slot > previous:
                previous = slot
                yield slot


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When a clock in `zone` first shows this time or, if it never does, a later one."""
    local = datetime.combine(day, at)
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    # PEP 495: in a gap, fold=0 reckons with the offset before the jump and so lands after it,
    # fold=1 the other way round. Between the two the jump is found to the second.
    before, after = local.replace(tzinfo=zone, fold=1).astimezone(UTC), moment
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).replace(tzinfo=None) < local:
            before = middle
        else:
            after = middle
    return after


# ---------------------------------------------------------------- schedules


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
    names = _list([_WEEKDAYS[number] for number in sorted(wanted)])
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
    for number, name in enumerate(_WEEKDAYS):
        if word in {name.lower(), name[:3].lower(), f"{name.lower()}s"}:
            return number
    near = difflib.get_close_matches(word, [name.lower() for name in _WEEKDAYS], n=1)
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
