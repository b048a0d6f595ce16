"""Which slots a schedule has, and which of them is due now.

Slots come from walking the local calendar, never from adding hours to the last one, so that a
change of clocks can't move or double them: a time that the clocks jump over means the first
instant after the jump, a time that they show twice means the first of the two, and one instant is
one slot only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from publisher.timetable.schedules import Schedule
from publisher.timetable.zones import find_zone
from publisher.valueclass import valueclass

_MISSED = 1000  # how many passed-over slots are worth naming
_HORIZON = 60 * 366  # days: "29 February, if a Monday" can be forty years away


@valueclass
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


def due_slot(
    schedule: Schedule,
    timezone: str,
    *,
    now: datetime,
    last: datetime | None,
    since: datetime,
    catch_up: timedelta,
    last_local: datetime | None = None,
) -> Due:
    """The newest slot up to `now` that comes after `last` and not before `since`.

    Older ones that were passed over are `missed`, and so is the newest itself if it lies more
    than `catch_up` back: many missed slots make one late edition, or none. All moments aware.
    `last_local` is what `local_time` said of `last` then: should the zone have got other rules
    since, a slot that was served does not come again at another moment.
    """
    if last is not None and now < last - timedelta(days=1):
        return Due(clock_back=True)

    def is_new(slot: datetime) -> bool:
        if slot < since or (last is not None and slot <= last):
            return False
        return last_local is None or local_time(schedule, timezone, slot) > last_local

    open_slots = takewhile(is_new, _slots_until(now, schedule, find_zone(timezone)))
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


def local_time(schedule: Schedule, timezone: str, slot: datetime) -> datetime:
    """The date and time of day, without a zone, that a slot stands for.

    A clock may show another one: of times that were jumped over it is the last.
    """
    zone = find_zone(timezone)
    shown = slot.astimezone(zone).replace(tzinfo=None)
    for days in range(2, -3, -1):
        day = shown.date() + timedelta(days=days)
        for at in reversed(schedule.times) if schedule.falls_on(day) else ():
            if _instant(day, at, zone) == slot:
                return datetime.combine(day, at)
    return shown


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
