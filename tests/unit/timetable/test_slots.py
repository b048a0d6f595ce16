import time as clock
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.timetable import (
    Due,
    due_slot,
    find_zone,
    known_zones,
    latest_slot,
    next_slot,
    parse_schedule,
)

ZONES = sorted(available_timezones() - {"localtime"})
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def walk(text, zone, start, count):
    """The first slots after a moment, as text in UTC."""
    schedule, moment, found = parse_schedule(text), utc(start), []
    for _ in range(count):
        moment = next_slot(schedule, zone, moment)
        found.append(f"{moment:%m-%d %H:%M}")
    return found


# ---------------------------------------------------------------- schedules


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("daily at 07:00", "every day at 07:00"),
        ("  Daily  at 7:00 ", "every day at 07:00"),
        ("daily at 17:30 and 07:00", "every day at 07:00 and 17:30"),
        ("weekdays at 07:00", "every weekday at 07:00"),
        ("weekly on monday at 08:00", "every Monday at 08:00"),
        ("weekly on sat at 08:00", "every Saturday at 08:00"),
        ("weekly on thursday and monday at 08:00", "every Monday and Thursday at 08:00"),
        ("weekly on Mon, Wed, Fri at 08:00", "every Monday, Wednesday and Friday at 08:00"),
        ("monthly on 1 at 09:00", "on the 1st of every month at 09:00"),
        ("monthly on 2 and 13 at 09:00", "on the 2nd and 13th of every month at 09:00"),
        ("monthly on 30 at 09:00", "on the 30th (or the last day) of every month at 09:00"),
        ("monthly on 31 at 09:00", "on the last day of every month at 09:00"),
        ("monthly on last at 09:00", "on the last day of every month at 09:00"),
        ("hourly", "every hour, on the hour"),
        ("30 6 * * 1-5", "At 06:30 on Monday through Friday (cron 30 6 * * 1-5)"),
    ],
)
def test_a_schedule_is_read_and_said_in_words(text, words):
    assert str(parse_schedule(text)) == words


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("daily at 25:00", "'daily at 25:00': hour 25 is not on a clock"),
        ("daily at 07:60", "minute 60 is not on a clock"),
        ("daily at 7pm", "'7pm' is no time of day"),
        ("daily at 07:00 sharp", "'07:00 sharp' is no time of day"),
        ("daily", "the time of day is missing"),
        ("daily at", "the time of day is missing"),
        ("daily 07:00", "the time of day is missing"),
        ("daily on monday at 07:00", "'on monday' does not belong after daily"),
        ("weekly at 07:00", "'on' and the day are missing after weekly"),
        ("weekly on at 07:00", "'on' and the day are missing after weekly"),
        ("weekly on moonday at 07:00", r"'moonday' is no day of the week \(monday\?\)"),
        ("weekly on 1 at 07:00", "'1' is no day of the week"),
        ("monthly on 0 at 07:00", "'0' is no day of a month"),
        ("monthly on 32 at 07:00", "'32' is no day of a month"),
        ("fortnightly at 07:00", "'fortnightly' is no rhythm"),
        ("", "the schedule is empty"),
        ("* * * *", "a cron expression has five fields"),
        ("0 0 7 * * *", "a cron expression has five fields"),
        ("@daily", "a cron expression has five fields"),
        ("0 25 * * *", "not a cron expression: bad hour"),
        ("0 0 30 2 *", "not a cron expression: bad day-of-month"),
        ("0 0 */31 * 1#5", "this date never comes"),
        ("9" * 9999 + " * * * *", "a cron expression has five fields"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_said_and_the_forms_are_shown(text, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        parse_schedule(text)
    assert "'weekly on monday at 08:00'" in str(caught.value)
    assert len(str(caught.value)) < 500


@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            [
                "daily",
                "weekly",
                "on",
                "at",
                "and",
                ",",
                "monday",
                "31",
                "last",
                "07:00",
                "24:00",
                "*",
                "5",
                "1-5",
                "*/2",
                "L",
                "1#5",
                "@",
            ]
        )
    ).map(" ".join)
)
def test_any_text_is_a_schedule_or_a_clear_mistake(text):
    try:
        schedule = parse_schedule(text)
    except ValueError as err:
        mistake = str(err)
        assert "write 'daily at 07:00'" in mistake
    else:
        assert str(schedule)
        assert next_slot(schedule, "UTC", EPOCH) > EPOCH


def test_schedules_written_alike_are_equal():
    assert parse_schedule("daily at 07:00") == parse_schedule("daily at  07:00")
    assert parse_schedule("daily at 07:00") != parse_schedule("daily at 07:01")


# ---------------------------------------------------------------- zones


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Lisbon", "Europe/Lisbon"),
        ("europe/lisbon", "Europe/Lisbon"),
        ("Europe/Lisboa", "Europe/Lisbon"),
        ("New York", "America/New_York"),
        ("right/UTC", "UTC"),
        ("Europe", "Europe/Lisbon"),
        ("../../etc/passwd", "Europe/Lisbon"),
        ("localtime", "Europe/Lisbon"),
        ("", "Europe/Lisbon"),
        ("\0", "Europe/Lisbon"),
        ("x" * 9999, "Europe/Lisbon"),
    ],
)
def test_an_unknown_zone_is_refused_with_a_near_one(name, near):
    with pytest.raises(ValueError, match="is no IANA time zone") as caught:
        next_slot(parse_schedule("hourly"), name, EPOCH)
    assert near in str(caught.value)
    assert len(str(caught.value)) < 200


# ---------------------------------------------------------------- changes of clocks


@pytest.mark.parametrize(
    ("case", "schedule", "zone", "start", "slots"),
    [
        # Clocks go from 01:00 to 02:00 at 01:00 UTC.
        ("gap", "daily at 01:30", "Europe/Lisbon", "2026-03-27T12:00",
         ["03-28 01:30", "03-29 01:00", "03-30 00:30"]),
        ("first minute of the gap", "daily at 01:00", "Europe/Lisbon", "2026-03-28T12:00",
         ["03-29 01:00", "03-30 00:00"]),
        ("two times in one gap are one slot", "daily at 01:15 and 01:45", "Europe/Lisbon",
         "2026-03-28T12:00", ["03-29 01:00", "03-30 00:15"]),
        # Clocks go from 02:00 back to 01:00 at 01:00 UTC.
        ("fold", "daily at 01:30", "Europe/Lisbon", "2026-10-24T12:00",
         ["10-25 00:30", "10-26 01:30"]),
        ("hourly over a gap", "hourly", "Europe/Lisbon", "2026-03-28T23:30",
         ["03-29 00:00", "03-29 01:00", "03-29 02:00"]),
        ("hourly over a fold, once for each hour shown", "hourly", "Europe/Lisbon",
         "2026-10-24T22:30", ["10-24 23:00", "10-25 00:00", "10-25 02:00"]),
        ("gap", "daily at 02:30", "America/New_York", "2026-03-07T12:00",
         ["03-08 07:00", "03-09 06:30"]),
        ("fold", "daily at 01:30", "America/New_York", "2026-10-31T12:00",
         ["11-01 05:30", "11-02 06:30"]),
        ("half an hour's gap", "daily at 02:10", "Australia/Lord_Howe", "2026-10-02T20:00",
         ["10-03 15:30", "10-04 15:10"]),
        ("half an hour's fold", "daily at 01:45", "Australia/Lord_Howe", "2026-04-04T00:00",
         ["04-04 14:45", "04-05 15:15"]),
        # 30 December 2011 was left out: its slot is the first instant after it.
        ("a day left out", "daily at 07:00", "Pacific/Apia", "2011-12-29T00:00",
         ["12-29 17:00", "12-30 10:00", "12-30 17:00", "12-31 17:00"]),
        ("a day left out, at midnight", "daily at 00:00", "Pacific/Apia", "2011-12-29T00:00",
         ["12-29 10:00", "12-30 10:00", "12-31 10:00"]),
        ("a month's only slot on it", "monthly on 30 at 09:00", "Pacific/Apia", "2011-12-01T00:00",
         ["12-30 10:00", "01-29 19:00"]),
        # Ramadan: back at 03:00 on 15 February 2026, forward at 02:00 on 22 March.
        ("fold before Ramadan", "daily at 02:30", "Africa/Casablanca", "2026-02-14T12:00",
         ["02-15 01:30", "02-16 02:30"]),
        ("gap after Ramadan", "daily at 02:30", "Africa/Casablanca", "2026-03-21T12:00",
         ["03-22 02:00", "03-23 01:30"]),
        ("no midnight", "daily at 00:00", "Africa/Cairo", "2026-04-23T12:00",
         ["04-23 22:00", "04-24 21:00"]),
    ],
)  # fmt: skip
def test_golden_changes_of_clocks(case, schedule, zone, start, slots):
    assert walk(schedule, zone, start, len(slots)) == slots


@pytest.mark.parametrize(
    ("schedule", "start", "slots"),
    [
        ("monthly on 31 at 09:00", "2028-01-31T10:00", ["02-29 09:00", "03-31 09:00", "04-30 09:00"]),
        ("monthly on 30 and last at 09:00", "2027-02-01T00:00", ["02-28 09:00", "03-30 09:00"]),
        ("monthly on 1 at 09:00", "2026-12-01T09:00", ["01-01 09:00"]),
        ("weekdays at 07:00", "2026-11-20T08:00", ["11-23 07:00", "11-24 07:00"]),
        ("weekly on sunday and monday at 08:00", "2026-11-23T08:00", ["11-29 08:00", "11-30 08:00"]),
        ("0 9 L * *", "2026-02-01T00:00", ["02-28 09:00", "03-31 09:00"]),
        ("*/30 6-7 * * 1", "2026-11-23T00:00", ["11-23 06:00", "11-23 06:30", "11-23 07:00"]),
        ("0 0 * 2 MON#5", "2026-11-23T00:00", ["02-29 00:00"]),
    ],
)  # fmt: skip
def test_golden_rhythms(schedule, start, slots):
    assert walk(schedule, "UTC", start, len(slots)) == slots


def days_from(schedule, zone, day, count):
    """Slots from just before a local date on, with one schedule that has one a day."""
    moment = latest_slot(schedule, zone, utc(f"{day - 3 * DAY}T00:00"))
    slots = []
    while len(slots) < count:
        moment = next_slot(schedule, zone, moment)
        if moment.astimezone(ZoneInfo(zone)).date() >= day:
            slots.append(moment)
    return slots


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.dates(date(2013, 1, 1), date(2036, 12, 1)),
    st.times().map(lambda at: f"{at:%H:%M}"),
)
@pytest.mark.threat(31)
def test_each_local_date_has_one_slot_in_every_zone(zone, day, at):
    slots = days_from(parse_schedule(f"daily at {at}"), zone, day, 40)
    local = [slot.astimezone(ZoneInfo(zone)) for slot in slots]
    assert [moment.date() for moment in local] == [day + n * DAY for n in range(40)]
    assert all(20 * HOUR <= later - one <= 28 * HOUR for one, later in pairwise(slots))
    for moment in local:
        # Either the clock shows the time asked for, or it jumped over it just then.
        if f"{moment:%H:%M}" != at:
            before = (moment.astimezone(UTC) - timedelta(seconds=1)).astimezone(moment.tzinfo)
            asked = datetime.combine(moment.date(), time.fromisoformat(at))
            assert before.replace(tzinfo=None) < asked < moment.replace(tzinfo=None)
        assert moment.fold == 0


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(1970, 1, 2), datetime(2037, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["daily at 02:30", "hourly", "monthly on 30 at 00:15", "*/20 1-3 * * 0,3"]),
)
@pytest.mark.threat(31)
def test_latest_and_next_enclose_every_moment_in_every_zone(zone, now, text):
    schedule = parse_schedule(text)
    before, after = latest_slot(schedule, zone, now), next_slot(schedule, zone, now)
    assert before <= now < after
    assert next_slot(schedule, zone, before) == after
    assert latest_slot(schedule, zone, after - timedelta(microseconds=1)) == before
    assert latest_slot(schedule, zone, after) == after
    assert after.tzinfo is UTC


# ---------------------------------------------------------------- what is due

DAILY = parse_schedule("daily at 07:00")
LATEST = utc("2026-11-23T07:00")


def due(now, last=None, since="2026-11-01T00:00", schedule=DAILY, hours=6):
    return due_slot(
        schedule,
        "UTC",
        now=utc(now),
        last=utc(last) if last else None,
        since=utc(since),
        catch_up=timedelta(hours=hours),
    )


def test_nothing_is_due_before_the_slot_or_once_it_was_served():
    assert due("2026-11-23T06:59", last="2026-11-22T07:00") == Due()
    assert due("2026-11-23T07:00", last="2026-11-23T07:00") == Due()


def test_a_slot_is_due_from_its_second_on():
    assert due("2026-11-23T07:00", last="2026-11-22T07:00") == Due(slot=LATEST)


def test_a_slot_missed_by_no_more_than_catch_up_is_served_late():
    assert due("2026-11-23T13:00", last="2026-11-22T07:00") == Due(slot=LATEST)


@pytest.mark.threat(32)
def test_a_slot_missed_by_more_is_passed_over():
    assert due("2026-11-23T13:01", last="2026-11-22T07:00") == Due(missed=(LATEST,))


@pytest.mark.threat(32)
def test_many_missed_slots_make_one_edition():
    got = due("2026-11-23T09:00", last="2026-11-20T07:00")
    assert got == Due(slot=LATEST, missed=(LATEST - 2 * DAY, LATEST - DAY))


def test_slots_before_since_do_not_count():
    assert due("2026-11-23T09:00", since="2026-11-23T07:01") == Due()
    assert due("2026-11-23T09:00", since="2026-11-23T07:00") == Due(slot=LATEST)


@pytest.mark.threat(30)
def test_a_clock_gone_back_a_day_makes_nothing_due_and_is_told():
    assert due("2026-11-22T06:59", last="2026-11-23T07:00") == Due(clock_back=True)
    assert due("2026-11-22T08:00", last="2026-11-23T07:00") == Due()


def test_years_without_a_run_are_counted_quickly_and_bounded():
    minutely = parse_schedule("* * * * *")
    began = clock.process_time()
    got = due(
        "2026-11-23T09:00", last="1996-11-23T09:00", since="1996-11-23T09:00", schedule=minutely
    )
    assert got.slot == utc("2026-11-23T09:00")
    assert len(got.missed) == 1000
    assert got.missed[-1] == got.slot - timedelta(minutes=1)
    got = due("2026-11-23T09:00", since="1996-11-23T09:00", schedule=minutely, hours=-1)
    assert (got.slot, len(got.missed)) == (None, 1000)
    assert clock.process_time() - began < 5  # it would be minutes if all were walked


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(["hourly", "daily at 02:30", "weekdays at 00:00", "*/15 0-3 * * *"]),
    st.datetimes(datetime(2013, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)),
    st.lists(st.integers(0, 40 * 60), min_size=1, max_size=25),
    st.integers(0, 30),
)
def test_runs_at_any_moments_meet_each_slot_once(zone, text, start, waits, hours):
    schedule, catch_up = parse_schedule(text), timedelta(hours=hours)
    now, last, served, missed = start, None, [], []
    for minutes in waits:
        now += timedelta(minutes=minutes)
        got = due_slot(schedule, zone, now=now, last=last, since=start, catch_up=catch_up)
        if got.slot:
            assert now - got.slot <= catch_up
            served.append(got.slot)
        missed += got.missed
        last = max(
            [*got.missed, *([got.slot] if got.slot else []), *([last] if last else [])],
            default=None,
        )
    moment, every = start - timedelta(microseconds=1), []
    while (moment := next_slot(schedule, zone, moment)) <= now:
        every.append(moment)
    assert sorted(served + missed) == every


def test_moments_without_a_zone_are_a_bug():
    with pytest.raises(TypeError):
        latest_slot(DAILY, "UTC", datetime(2026, 11, 23))


def test_the_zones_to_choose_from_are_all_there_and_none_is_another_name():
    offered = dict(known_zones())
    assert list(offered)[-1] == "UTC"
    assert {"Asia/Tokyo", "Asia/Kathmandu"} <= set(offered["Asia"])
    assert not {"US", "Etc", "SystemV", "Brazil"} & set(offered)
    for zones in offered.values():
        assert list(zones) == sorted(zones)
        assert all(find_zone(zone).key == zone for zone in zones)


def test_a_zone_is_found_by_its_name():
    assert find_zone("Asia/Kathmandu").key == "Asia/Kathmandu"
