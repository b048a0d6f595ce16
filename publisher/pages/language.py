"""Which way a language is written, and how it writes a date; no locale of the machine is asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

Direction = Literal["ltr", "rtl"]

# Written right to left unless another script is named (IANA language subtag registry,
# Suppress-Script and CLDR's likely subtags).
_RTL_LANGUAGES = frozenset(
    re.findall(
        r"\w+",
        "ar arc arz ckb dv fa glk he iw ji ks lrc mzn nqo pnb prs ps sd syr ug ur yi",
    )
)
_RTL_SCRIPTS = frozenset(
    ("adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa")
)


class _Names(NamedTuple):
    """How a language writes a day: names apart by blanks, from January and from Monday."""

    months: str
    weekdays: str
    date: str
    weekday_date: str


_NAMES = {
    "en": _Names(
        "January February March April May June July August September October November December",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "{day} {month} {year}",
        "{weekday}, {day} {month} {year}",
    ),
    "de": _Names(
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "{day}. {month} {year}",
        "{weekday}, {day}. {month} {year}",
    ),
    "fr": _Names(
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "{day} {month} {year}",
        "{weekday} {day} {month} {year}",
    ),
    "es": _Names(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "lunes martes miércoles jueves viernes sábado domingo",
        "{day} de {month} de {year}",
        "{weekday}, {day} de {month} de {year}",
    ),
    "it": _Names(
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
        " dicembre",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "{day} {month} {year}",
        "{weekday} {day} {month} {year}",
    ),
    "nl": _Names(
        "januari februari maart april mei juni juli augustus september oktober november december",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "{day} {month} {year}",
        "{weekday} {day} {month} {year}",
    ),
    "pt": _Names(
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        "{day} de {month} de {year}",
        "{weekday}, {day} de {month} de {year}",
    ),
    "zh": _Names(
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "星期一 星期二 星期三 星期四 星期五 星期六 星期日",
        "{year}年{month}月{day}日",
        "{year}年{month}月{day}日 {weekday}",
    ),
    "ja": _Names(
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日",
        "{year}年{month}月{day}日",
        "{year}年{month}月{day}日 {weekday}",
    ),
}


class Moment(NamedTuple):
    """A moment for a template: `iso` for machines (RFC 3339, UTC), `date` and `text` for people.

    `text` has the time of day and the zone as well, unless it is midnight: then only the day was
    known.
    """

    iso: str
    date: str
    text: str


def direction(language: str) -> Direction:
    """Which way a language (BCP 47) runs: "rtl" for Arabic, "ltr" for `ks-Latn`."""
    first, *others = language.lower().replace("_", "-").split("-")
    script = next((part for part in others if len(part) == 4 and part.isalpha()), "")
    rtl = script in _RTL_SCRIPTS if script else first in _RTL_LANGUAGES
    return "rtl" if rtl else "ltr"


def spell_date(moment: datetime, zone: str, language: str, *, weekday: bool = False) -> str:
    """The day that it is in a zone at a moment, in words: "Monday, 23 November 2026".

    Languages whose months we don't know get the form of ISO 8601, which nobody misreads.
    """
    local = moment.astimezone(ZoneInfo(zone))
    names = _NAMES.get(language.lower().replace("_", "-").split("-")[0])
    if names is None:
        return f"{local.year:04}-{local.month:02}-{local.day:02}"
    return (names.weekday_date if weekday else names.date).format(
        day=local.day,
        month=names.months.split()[local.month - 1],
        year=local.year,
        weekday=names.weekdays.split()[local.weekday()],
    )


def weekday_names(language: str) -> list[str]:
    """The days of the week from Monday on, in English where we don't know the language's."""
    names = _NAMES.get(language.lower().replace("_", "-").split("-")[0], _NAMES["en"])
    return names.weekdays.split()


@lru_cache(4096)  # an entry stands in the lists of several feeds
def spell_moment(moment: datetime, zone: str, language: str) -> Moment:
    """A moment as templates want it, in a zone and a language."""
    utc = moment.astimezone(UTC)
    local = moment.astimezone(ZoneInfo(zone))
    date = spell_date(moment, zone, language)
    timeless = any(one.hour == one.minute == one.second == 0 for one in (utc, local))
    return Moment(
        iso=utc.isoformat(timespec="seconds").replace("+00:00", "Z"),
        date=date,
        text=date if timeless else f"{date}, {local:%H:%M %Z}",
    )
