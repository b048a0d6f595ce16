"""When newsletters are due: schedules read, slots counted, cohorts of readers told apart. Pure.

A schedule is a set of local dates and times of day, no more; `now` is an argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.timetable.cohorts import (
        clock_of,
        cohort_of,
        frequencies_of,
        rhythm_of,
        schedule_of,
        zone_of,
    )
    from publisher.timetable.schedules import Schedule, parse_schedule
    from publisher.timetable.slots import Due, due_slot, latest_slot, local_time, next_slot
    from publisher.timetable.zones import find_zone, known_zones

__all__ = [
    "Due",
    "Schedule",
    "clock_of",
    "cohort_of",
    "due_slot",
    "find_zone",
    "frequencies_of",
    "known_zones",
    "latest_slot",
    "local_time",
    "next_slot",
    "parse_schedule",
    "rhythm_of",
    "schedule_of",
    "zone_of",
]

__getattr__ = late(
    __name__,
    {
        "cohorts": "clock_of cohort_of frequencies_of rhythm_of schedule_of zone_of",
        "schedules": "Schedule parse_schedule",
        "slots": "Due due_slot latest_slot local_time next_slot",
        "zones": "find_zone known_zones",
    },
)
