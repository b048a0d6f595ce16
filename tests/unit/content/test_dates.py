"""Moments as programs and people write them."""

from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from publisher.content.text.dates import parse_moment

ZONE = ZoneInfo("Europe/Lisbon")


def read(text):
    try:
        return parse_moment(text, ZONE)
    except ValueError as error:
        return str(error)


@given(
    year=st.integers(0, 9999),
    month=st.integers(0, 13),
    day=st.integers(0, 32),
    hour=st.integers(0, 25),
    minute=st.integers(0, 61),
    second=st.integers(0, 61),
)
@example(2016, 12, 31, 23, 59, 60)
@example(1899, 12, 31, 23, 59, 59)
@example(2026, 2, 29, 0, 0, 0)
def test_what_a_program_writes_is_read_as_what_a_person_writes(
    year, month, day, hour, minute, second
):
    date, time = f"{year:04}-{month:02}-{day:02}", f"{hour:02}:{minute:02}:{second:02}"
    assert read(f"{date}T{time}Z") == read(f"{date} {time} UTC")
