"""Cohorts: readers who chose the same frequency and clock share their slots.

A frequency that a newsletter does not (or no longer) offer, and a time zone that no longer exists,
are read as the newsletter's own: who chose them misses nothing.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from publisher.model import Choice, Cohort, Frequency, Newsletter
from publisher.timetable.schedules import WEEKDAYS, Schedule, parse_schedule
from publisher.timetable.zones import find_zone

_MONDAY = date(2001, 1, 1)
_YEAR = 2001  # one with a February of 28 days, so that "last" is told from "on the 29th"


def cohort_of(newsletter: Newsletter, choice: Choice) -> Cohort:
    """With whom a reader who made this choice is due.

    What comes to the same as the newsletter's own schedule or zone is the same cohort. Who gets
    each entry at once needs no clock.
    """
    frequency = choice.frequency if choice.frequency in newsletter.frequencies else None
    if frequency is Frequency.EACH:
        return Cohort(newsletter=newsletter.name, frequency=frequency)
    if frequency is None or _is_own(newsletter.schedule, frequency):
        frequency = Frequency.AS_SCHEDULED
    zone = choice.timezone
    if zone == newsletter.timezone or not _exists(zone):
        zone = ""
    return Cohort(newsletter=newsletter.name, frequency=frequency, timezone=zone)


def frequencies_of(newsletter: Newsletter) -> tuple[Frequency, ...]:
    """What a reader may choose: as scheduled, and whatever else does not come to the same."""
    others = (one for one in newsletter.frequencies if not _is_own(newsletter.schedule, one))
    return (Frequency.AS_SCHEDULED, *others)


def zone_of(newsletter: Newsletter, cohort: Cohort) -> str:
    """By which clock a cohort lives."""
    return cohort.timezone or newsletter.timezone


def clock_of(newsletter: Newsletter, choice: Choice) -> str:
    """By which clock the days of a reader begin who made this choice."""
    return choice.timezone if _exists(choice.timezone) else newsletter.timezone


def schedule_of(newsletter: Newsletter, frequency: Frequency) -> Schedule | None:
    """When a newsletter is due at this frequency; None: whenever something was released.

    Daily, weekly and monthly keep the time of day of the newsletter's schedule (its first), and
    its day if it has one: else Mondays, and the first of the month.
    """
    return _derive(newsletter.schedule, frequency)


def rhythm_of(newsletter: Newsletter, cohort: Cohort) -> Frequency:
    """How often a cohort is written to, also where it is by the newsletter's own schedule.

    AS_SCHEDULED if that is neither daily, weekly nor monthly.
    """
    if cohort.frequency:
        return cohort.frequency
    each_day = (Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY)
    same = (one for one in each_day if _is_own(newsletter.schedule, one))
    return next(same, Frequency.AS_SCHEDULED)


@lru_cache(maxsize=256)
def _derive(text: str, frequency: Frequency) -> Schedule | None:
    own = parse_schedule(text)
    at = f"{own.times[0]:%H:%M}"
    match frequency:
        case Frequency.AS_SCHEDULED:
            return own
        case Frequency.EACH:
            return None
        case Frequency.DAILY:
            return parse_schedule(f"daily at {at}")
        case Frequency.WEEKLY:
            return parse_schedule(f"weekly on {WEEKDAYS[_weekday(own)]} at {at}")
        case Frequency.MONTHLY:
            return parse_schedule(f"monthly on {_day(own)} at {at}")


def _is_own(text: str, frequency: Frequency) -> bool:
    derived, own = _derive(text, frequency), parse_schedule(text)
    return derived is not None and derived.words == own.words


def _weekday(own: Schedule) -> int:
    """The first day of the week on which it is due every week; Monday if there is none."""
    for number in range(7):
        if all(own.falls_on(_MONDAY + timedelta(days=number + 7 * week)) for week in range(53)):
            return number
    return 0


def _day(own: Schedule) -> str:
    """The first day of the month on which it is due every month; the 1st if there is none."""
    for number in range(1, 32):
        if all(
            own.falls_on(date(_YEAR, month, min(number, monthrange(_YEAR, month)[1])))
            for month in range(1, 13)
        ):
            return "last" if number == 31 else str(number)
    return "1"


@lru_cache(maxsize=1024)  # what is told of one that does not takes long to find out
def _exists(zone: str) -> bool:
    try:
        return bool(zone and find_zone(zone))
    except ValueError:
        return False
