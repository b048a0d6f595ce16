from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from publisher.model import Choice, Cohort, Frequency, Newsletter
from publisher.timetable import (
    clock_of,
    cohort_of,
    due_slot,
    frequencies_of,
    local_time,
    next_slot,
    parse_schedule,
    rhythm_of,
    schedule_of,
    zone_of,
)

ALL = tuple(one for one in Frequency if one)
EACH, DAILY, WEEKLY, MONTHLY = ALL


def newsletter(schedule="weekdays at 07:00", frequencies=ALL):
    return Newsletter(
        name="news",
        title="News",
        schedule=schedule,
        timezone="Europe/Lisbon",
        sender_name="Courier",
        sender="post@courier.example",
        frequencies=frequencies,
    )


@pytest.mark.parametrize(
    ("schedule", "frequency", "words"),
    [
        ("weekdays at 07:30", DAILY, "every day at 07:30"),
        ("weekdays at 07:30", WEEKLY, "every Monday at 07:30"),
        ("weekdays at 07:30", MONTHLY, "on the 1st of every month at 07:30"),
        ("weekly on thursday at 08:00", DAILY, "every day at 08:00"),
        ("weekly on saturday and thursday at 08:00", WEEKLY, "every Thursday at 08:00"),
        ("weekly on thursday at 08:00", MONTHLY, "on the 1st of every month at 08:00"),
        ("monthly on 15 at 09:00", MONTHLY, "on the 15th of every month at 09:00"),
        ("monthly on last at 09:00", MONTHLY, "on the last day of every month at 09:00"),
        (
            "monthly on 30 at 09:00",
            MONTHLY,
            "on the 30th (or the last day) of every month at 09:00",
        ),
        ("daily at 06:00 and 18:00", DAILY, "every day at 06:00"),
        ("30 7 * * 3", WEEKLY, "every Wednesday at 07:30"),
        ("0 9 1 1 *", WEEKLY, "every Monday at 09:00"),
        ("0 9 1 1 *", MONTHLY, "on the 1st of every month at 09:00"),
        ("hourly", DAILY, "every day at 00:00"),
    ],
)
def test_a_frequency_keeps_the_time_and_the_day_of_the_newsletter(schedule, frequency, words):
    assert schedule_of(newsletter(schedule), frequency).words == words


def test_as_scheduled_is_the_schedule_and_each_has_none():
    assert schedule_of(newsletter(), Frequency.AS_SCHEDULED) == parse_schedule("weekdays at 07:00")
    assert schedule_of(newsletter(), EACH) is None


@pytest.mark.parametrize(
    ("choice", "cohort"),
    [
        (Choice(), Cohort(newsletter="news")),
        (Choice(timezone="Europe/Lisbon"), Cohort(newsletter="news")),
        (Choice(timezone="Asia/Tokyo"), Cohort(newsletter="news", timezone="Asia/Tokyo")),
        (Choice(timezone="Atlantis/Poseidonis"), Cohort(newsletter="news")),
        (
            Choice(frequency=WEEKLY, timezone="Asia/Tokyo"),
            Cohort(newsletter="news", frequency=WEEKLY, timezone="Asia/Tokyo"),
        ),
        (Choice(frequency=EACH, timezone="Asia/Tokyo"), Cohort(newsletter="news", frequency=EACH)),
    ],
)
def test_a_choice_belongs_to_a_cohort(choice, cohort):
    assert cohort_of(newsletter(), choice) == cohort


def test_what_a_newsletter_does_not_offer_is_read_as_its_own():
    assert cohort_of(newsletter(frequencies=()), Choice(frequency=DAILY)) == Cohort(
        newsletter="news"
    )


def test_what_comes_to_the_same_is_the_same_and_is_not_offered_twice():
    daily = newsletter("daily at 7:00")
    assert cohort_of(daily, Choice(frequency=DAILY)) == Cohort(newsletter="news")
    assert frequencies_of(daily) == (Frequency.AS_SCHEDULED, EACH, WEEKLY, MONTHLY)
    assert frequencies_of(newsletter(frequencies=())) == (Frequency.AS_SCHEDULED,)


def test_how_often_is_told_also_of_who_is_written_to_by_the_schedule():
    own = Cohort(newsletter="news")
    assert rhythm_of(newsletter("weekly on friday at 07:00"), own) == WEEKLY
    assert rhythm_of(newsletter("weekdays at 07:00"), own) == Frequency.AS_SCHEDULED
    assert rhythm_of(newsletter(), Cohort(newsletter="news", frequency=DAILY)) == DAILY


def test_a_zone_that_is_no_more_is_the_newsletters_own():
    """A reader chose it; a newer database of zones may have dropped it."""
    for zone in ("", "Europe/Atlantis"):
        assert clock_of(newsletter(), Choice(timezone=zone)) == "Europe/Lisbon"
    assert clock_of(newsletter(), Choice(timezone="Asia/Tokyo")) == "Asia/Tokyo"


def test_a_cohort_lives_by_its_own_clock_and_is_named_by_it():
    weekly = Cohort(newsletter="news", frequency=WEEKLY, timezone="Asia/Tokyo")
    assert zone_of(newsletter(), weekly) == "Asia/Tokyo"
    assert zone_of(newsletter(), Cohort(newsletter="news")) == "Europe/Lisbon"
    assert weekly.label == "weekly, Asia/Tokyo"
    assert Cohort(newsletter="news").label == ""


def test_a_slot_in_a_gap_stands_for_the_time_that_was_jumped_over():
    daily = parse_schedule("daily at 02:30")
    slot = next_slot(daily, "Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert slot == datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 there
    assert local_time(daily, "Europe/Berlin", slot) == datetime(2026, 3, 29, 2, 30)


@pytest.mark.threat(31)
def test_a_slot_that_was_served_does_not_come_again_when_its_zone_gets_other_rules():
    daily = parse_schedule("daily at 07:00")
    # Served by the old rules at 06:00 UTC; by the new ones the same morning comes at 07:00 UTC.
    served, local = datetime(2026, 11, 23, 6, tzinfo=UTC), datetime(2026, 11, 23, 7)
    words = dict(since=served, catch_up=timedelta(hours=6), last=served)
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert due_slot(daily, "UTC", now=noon, **words).slot == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert due_slot(daily, "UTC", now=noon, last_local=local, **words).slot is None
    tomorrow = noon + timedelta(days=1)
    due = due_slot(daily, "UTC", now=tomorrow, last_local=local, **words)
    assert (due.slot, due.missed) == (datetime(2026, 11, 24, 7, tzinfo=UTC), ())


def test_every_zone_has_a_cohort():
    zones = available_timezones() - {"localtime", "Europe/Lisbon"}
    for zone in zones:
        assert cohort_of(newsletter(), Choice(timezone=zone)).timezone == zone
