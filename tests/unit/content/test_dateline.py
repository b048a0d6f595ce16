from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.naming.dateline import parse_dateline


@pytest.mark.parametrize(
    ("text", "place", "agency", "day"),
    [
        ("BEIJING (AP) — The", "BEIJING", "AP", ""),
        ("BEIJING, Oct. 27 (Xinhua) -- The", "BEIJING", "Xinhua", "Oct. 27"),
        ("NEW YORK, Oct. 27, 2022 /PRNewswire/ -- The", "NEW YORK", "PRNewswire", "Oct. 27, 2022"),
        ("MOSCOW, October 27. /TASS/. The", "MOSCOW", "TASS", "October 27"),
        ("Washington (CNN) -- The", "Washington", "CNN", ""),
        ("(CNN) -- The", "", "CNN", ""),
        ("LONDON (Reuters) - The", "LONDON", "Reuters", ""),
        ("WASHINGTON/BEIJING (Reuters) - The", "WASHINGTON/BEIJING", "Reuters", ""),
        ("LA CROSSE, Wis. (AP) — The", "LA CROSSE, Wis.", "AP", ""),
        ("TEL AVIV, Israel (AP) _ The", "TEL AVIV, Israel", "AP", ""),
        ("McALLEN, Texas (AP) — The", "McALLEN, Texas", "AP", ""),
        ("PARIS — The", "PARIS", "", ""),
        ("GENEVA, 27 October 2022 (WHO) - The", "GENEVA", "WHO", "27 October 2022"),
        ("SÃO PAULO (AP) — The", "SÃO PAULO", "AP", ""),
        ("ABOARD AIR FORCE ONE (AP) — The", "ABOARD AIR FORCE ONE", "AP", ""),
        ("MEXICO CITY, April 24 - The", "MEXICO CITY", "", "April 24"),
        ("Berlin (dpa) - Der", "Berlin", "dpa", ""),
        ("Madrid, 27 oct (EFE).- El", "Madrid", "EFE", "27 oct"),
        ("PARIS, le 27 octobre (AFP) - Le", "PARIS", "AFP", "le 27 octobre"),
        ("МОСКВА, 27 октября. /ТАСС/. Он", "МОСКВА", "ТАСС", "27 октября"),
        ("新华社北京10月27日电 他", "北京", "新华社", "10月27日"),
        ("Springfield, Ohio, June 1 - The", "Springfield, Ohio", "", "June 1"),
    ],
)
def test_datelines(text, place, agency, day):
    found = parse_dateline(text)
    assert found is not None
    line = found.dateline
    assert (line.place, line.agency, line.date_text) == (place, agency, day)
    assert text.startswith(line.printed)
    assert text[found.end :] == text.split()[-1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "WHO — The agency said",
        "NASA - a space agency",
        "The minister — who declined — said",
        "BREAKING - The",
        "LIVE: updates — The",
        "COVID-19 — what we know",
        "Putin (Russia) — the president",
        "Apple (AAPL) - Shares rose",
        "MARKETS FALL - TRADERS WORRY",
        "A quiet morning - and then",
        "BEIJING (AP) — ",
    ],
)
def test_what_is_no_dateline(text):
    assert parse_dateline(text) is None


@pytest.mark.parametrize(
    ("text", "seen", "day"),
    [
        ("OSLO, Oct. 27 (AP) — The", date(2026, 11, 23), date(2026, 10, 27)),
        ("OSLO, Dec. 27 (AP) — The", date(2026, 1, 3), date(2025, 12, 27)),
        ("OSLO, Oct. 27, 2022 (AP) — The", date(2026, 11, 23), date(2022, 10, 27)),
        ("OSLO, Oct. 27, 2030 (AP) — The", date(2026, 11, 23), None),
        ("OSLO, Feb. 30 (AP) — The", date(2026, 11, 23), None),
        ("OSLO (AP) — The", date(2026, 11, 23), None),
    ],
)
def test_the_day_is_never_invented_nor_in_the_future(text, seen, day):
    assert parse_dateline(text).date(seen) == day


@given(st.text(alphabet="AB ab,.(/)—-_0127Oct", max_size=200))
def test_any_text_is_taken(text):
    found = parse_dateline(text)
    assert found is None or 0 < found.end <= len(text)


def test_a_day_that_has_begun_elsewhere_is_not_dated_a_year_back():
    parsed = parse_dateline("TOKYO, March 27 - Shares rose in Tokyo.")
    assert parsed.date(date(2026, 3, 26)) is None
    assert parsed.date(date(2026, 3, 27)) == date(2026, 3, 27)
    assert parsed.date(date(2026, 3, 20)) == date(2025, 3, 27)


def test_a_town_in_small_letters_with_a_date_is_a_dateline_and_a_weekday_is_none():
    assert parse_dateline("Kansas City, March 24 - The storm went on.").dateline.place
    assert parse_dateline("Saturday, March 24 - The doors open at eight.") is None
    assert parse_dateline("Doors, March 24 - They open at eight.") is None
