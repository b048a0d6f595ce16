from datetime import UTC, datetime

import pytest

from publisher.pages.language import direction, spell_date, spell_moment

LATE = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "runs"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("AR-eg", "rtl"),
        ("he_IL", "rtl"),
        ("az-Arab", "rtl"),
        ("ks-Latn", "ltr"),
        ("uz-Cyrl-UZ", "ltr"),
        ("zh-Hant-TW", "ltr"),
        ("", "ltr"),
    ],
)
def test_direction_follows_the_script_then_the_language(language, runs):
    assert direction(language) == runs


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-GB", "Monday, 23 November 2026"),
        ("de", "Montag, 23. November 2026"),
        ("fr", "lundi 23 novembre 2026"),
        ("es", "lunes, 23 de noviembre de 2026"),
        ("it", "lunedì 23 novembre 2026"),
        ("nl", "maandag 23 november 2026"),
        ("pt-BR", "segunda-feira, 23 de novembro de 2026"),
        ("zh-Hans", "2026年11月23日 星期一"),
        ("ja", "2026年11月23日 月曜日"),
        ("xx", "2026-11-23"),
    ],
)
def test_a_day_is_spelt_in_its_language_and_zone(language, words):
    assert spell_date(LATE, "Europe/Berlin", language, weekday=True) == words


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pt", "zh", "ja"])
def test_every_language_has_twelve_months_and_seven_days(language):
    days = [datetime(2026, month, month, 12, tzinfo=UTC) for month in range(1, 13)]
    assert len({spell_date(day, "UTC", language) for day in days}) == 12
    week = [datetime(2026, 6, day, 12, tzinfo=UTC) for day in range(1, 8)]
    words = {spell_date(day, "UTC", language, weekday=True).strip("0123456789") for day in week}
    assert len(words) == 7


def test_a_moment_without_a_time_of_day_shows_none():
    midnight = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert spell_moment(midnight, "Europe/Berlin", "en").text == "23 November 2026"
    assert spell_moment(LATE, "Europe/Berlin", "en") == (
        "2026-11-22T23:30:00Z",
        "23 November 2026",
        "23 November 2026, 00:30 CET",
    )
