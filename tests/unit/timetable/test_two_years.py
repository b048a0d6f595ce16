"""Two years in every zone there is: each slot of each cohort is served once, none is forgotten.

Which slots there should be is counted here by the calendar alone; when a clock shows a time is
looked up by trying every quarter of an hour, so nothing is reckoned as the timetable does.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import cycle
from zoneinfo import ZoneInfo, available_timezones

import pytest

from publisher.model import Frequency, Newsletter
from publisher.timetable import due_slot, local_time, schedule_of

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
ZONES = sorted(available_timezones() - {"localtime"})
TIMES = ("00:00", "00:30", "01:45", "02:00", "02:30", "03:00", "07:00", "23:30")
WHOSE = (Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY)


@cache
def changes(zone):
    """The moments at which the clocks of a zone are put forward or back."""
    place = ZoneInfo(zone)
    found = []
    moment = START - timedelta(days=3)
    offset = place.utcoffset(moment)
    while moment < END + timedelta(days=3):
        later = moment + timedelta(days=1)
        if place.utcoffset(later) != offset:
            while place.utcoffset(moment) == offset:
                moment += QUARTER
            found.append(moment)
            offset = place.utcoffset(moment)
        else:
            moment = later
    return found


def expected(zone, clock, frequency):
    """The first quarter of an hour, on each day that it falls on, at which it is that late."""
    place = ZoneInfo(zone)
    at = timedelta(hours=int(clock[:2]), minutes=int(clock[3:]))
    day = date(2025, 12, 31)
    while day <= date(2028, 1, 2):
        wanted = {
            Frequency.DAILY: True,
            Frequency.WEEKLY: day.weekday() == 0,
            Frequency.MONTHLY: day.day == 1,
        }[frequency]
        if wanted:
            local = datetime(day.year, day.month, day.day) + at
            moment = (local - place.utcoffset(local)).replace(tzinfo=UTC)
            if any(abs(moment - change) <= timedelta(days=1) for change in changes(zone)):
                moment -= timedelta(days=1)
                while moment.astimezone(place).replace(tzinfo=None) < local:
                    moment += QUARTER
            if START <= moment < END:
                yield moment, local
        day += timedelta(days=1)


def moments(waits):
    """When there is a run: at such distances, and once after all is over."""
    now = START
    for wait in cycle(waits):
        if now >= END:
            break
        yield now
        now += wait
    yield END + timedelta(days=15)


def served(zone, clock, frequency, waits):
    """What runs at such distances serve, each going on from what the last one left on record."""
    newsletter = Newsletter(
        name="news",
        title="News",
        schedule=f"weekdays at {clock}",
        timezone="UTC",
        sender_name="Courier",
        sender="post@courier.example",
        frequencies=WHOSE,
        catch_up=timedelta(hours=6),
    )
    schedule = schedule_of(newsletter, frequency)
    last = local = None
    for now in moments(waits):
        due = due_slot(
            schedule,
            zone,
            now=now,
            last=last,
            last_local=local,
            since=START,
            catch_up=newsletter.catch_up,
        )
        assert not due.clock_back
        for slot in (*due.missed, due.slot):
            if slot is not None:
                last, local = slot, local_time(schedule, zone, slot)
                if slot < END:
                    yield slot, local


@pytest.mark.slow
@pytest.mark.threat(30, 31, 32)
@pytest.mark.parametrize("part", range(8))
def test_each_slot_of_two_years_comes_once_in_every_zone(part):
    for number, zone in enumerate(ZONES):
        if number % 8 != part:
            continue
        # By day, as cron would; a fortnight off now and then; each zone at another time of day.
        clock = TIMES[(number // 8) % len(TIMES)]
        frequency = WHOSE[(number // 64) % len(WHOSE)]
        waits = [timedelta(hours=11, minutes=50)] * 60 + [timedelta(days=14)]
        got = list(served(zone, clock, frequency, waits))
        assert got == list(expected(zone, clock, frequency)), (zone, clock, frequency)
        assert max(Counter(local for _, local in got).values()) == 1
