from datetime import UTC, datetime
from zoneinfo import available_timezones

from hypothesis import given
from hypothesis import strategies as st

from publisher.model import Choice, Cohort, Frequency
from publisher.publish.composing import edition_id
from publisher.storage import Slot
from publisher.timetable import cohort_of
from tests.unit.timetable.test_cohorts import newsletter

SLOT = Slot(datetime(2026, 11, 23, 7, tzinfo=UTC), datetime(2026, 11, 23, 16, 0))
ZONES = ["", *sorted(available_timezones() - {"localtime"})]


def test_an_edition_is_named_by_newsletter_cohort_and_slot():
    news = newsletter()
    tokyo = Cohort(newsletter="news", frequency=Frequency.WEEKLY, timezone="Asia/Tokyo")
    each = Cohort(newsletter="news", frequency=Frequency.EACH)
    assert edition_id(news, Cohort(newsletter="news"), SLOT) == "news-2026-11-23-1600"
    assert edition_id(news, tokyo, SLOT) == "news--weekly-asia-tokyo-2026-11-23-1600"
    assert edition_id(news, each, SLOT) == "news--each-2026-11-23-070000"


def test_no_two_cohorts_name_an_edition_alike():
    news = newsletter()
    cohorts = {
        cohort_of(news, Choice(frequency=frequency, timezone=zone))
        for frequency in Frequency
        for zone in ZONES
    }
    names = {edition_id(news, one, SLOT) for one in cohorts}
    assert len(names) == len(cohorts) > 1000
    assert max(map(len, names)) <= 80


@given(st.sampled_from(ZONES))
def test_a_name_fits_into_a_path_an_address_and_a_message_id(zone):
    cohort = Cohort(newsletter="news", frequency=Frequency.DAILY, timezone=zone)
    name = edition_id(newsletter(), cohort, SLOT)
    assert name.replace("-", "").isascii()
    assert name.replace("-", "").isalnum()
