"""The program's words: nothing untranslated, nothing out of date, and the nearest language taken."""

import tomllib
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from publisher.pages.environment import Templates
from publisher.pages.schedules import spell_schedule
from publisher.pages.translations import accepted, languages, nearest, spoken, words_for

ROOT = Path(__file__).resolve().parents[3]
LOCALE = ROOT / "publisher" / "pages" / "locale"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "text": None,
    "count": (1, 2),
}


def asked_for():
    """Every message in the sources, by the mapping that `make messages` goes by."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]
    catalogue = Catalog()
    for mapping in settings["mappings"]:
        for pattern in mapping["pattern"]:
            for path in ROOT.glob(pattern.replace("/**.", "/**/*.")):
                found = extract_from_file(
                    mapping["method"], path, KEYWORDS, (), mapping.get("options", {})
                )
                for _, message, _, _ in found:
                    catalogue.add(message)
    return {one.id for one in catalogue if one.id}


@pytest.fixture(params=[one for one in languages() if one != "en"])
def catalogue(request):
    folder = LOCALE / request.param / "LC_MESSAGES"
    with (folder / "publisher.po").open("rb") as file:
        return folder, read_po(file, locale=request.param)


def test_nothing_is_missing_fuzzy_or_left_over(catalogue):
    _, words = catalogue
    there = {one.id for one in words if one.id}
    asked = asked_for()
    assert len(asked) > 100
    assert sorted(map(str, asked - there)) == [], "run `make messages`, then translate"
    assert sorted(map(str, there - asked)) == [], "run `make messages`"
    for one in words:
        if one.id:
            strings = one.string if isinstance(one.string, tuple) else (one.string,)
            assert all(strings), one.id
            assert not one.fuzzy, one.id
            assert not list(one.check(words)), one.id
    assert not words.obsolete


def test_what_is_compiled_is_what_is_written(catalogue):
    folder, words = catalogue
    made = BytesIO()
    write_mo(made, words)
    assert made.getvalue() == (folder / "publisher.mo").read_bytes(), "run `make messages`"


def test_a_template_speaks_the_nearest_language():
    templates = Templates({"a.html": "{{ _('Save') }} {{ words.language }}"})
    assert templates.render("a.html", {}, "de-AT") == "Speichern de"
    assert templates.render("a.html", {}, "tlh") == "Save en"
    assert templates.render("a.html", {}) == "Save en"


def test_what_a_browser_wants():
    assert accepted("fr;q=0.5, de-AT, en;q=0.8, xx;q=0") == ["de-AT", "en", "fr"]
    assert accepted("*, ;q=, de;q=2, \x00") == []
    assert accepted("de," * 100_000)[0] == "de"
    assert nearest(["fr", "de_CH"]) == "de"
    assert nearest(["fr", "../../etc"]) is None
    assert words_for("").language == "en"


@pytest.mark.parametrize(
    ("schedule", "english", "german"),
    [
        ("daily at 07:00", "every day at 07:00", "täglich um 07:00"),
        ("daily at 07:00 and 18:00", "every day at 07:00 and 18:00", "täglich um 07:00 und 18:00"),
        ("weekdays at 07:00", "Monday to Friday at 07:00", "Montag bis Freitag um 07:00"),
        (
            "weekly on mon and Thursday at 08:00",
            "every Monday and Thursday at 08:00",
            "jeden Montag und Donnerstag um 08:00",
        ),
        (
            "monthly on last at 09:00",
            "on the last day of each month at 09:00",
            "am letzten Tag jedes Monats um 09:00",
        ),
        (
            "monthly on 1, 15 at 09:00",
            "each month, day 1 and 15, at 09:00",
            "jeden Monat am Tag 1 und 15 um 09:00",
        ),
        ("hourly", "every hour", "stündlich"),
        ("0 7 * * 1-5", "0 7 * * 1-5", "0 7 * * 1-5"),
    ],
)
def test_a_schedule_in_words(schedule, english, german):
    assert spell_schedule(schedule, words_for("en")) == english
    assert spell_schedule(schedule, words_for("de")) == german


@pytest.mark.parametrize(
    ("chosen", "own", "language"),
    [
        ("de", "en", "de"),
        ("de-AT", "en", "de"),
        ("DE", "en", "de"),
        ("en", "fr", "en"),
        ("", "en", ""),
        ("fr", "en", ""),  # not spoken here
        ("", "fr", ""),
        ("en-GB", "en", ""),  # the same words
        ("de", "de-CH", ""),
    ],
)
def test_a_reader_is_written_to_in_their_language_or_the_newsletters(chosen, own, language):
    assert spoken(chosen, own) == language
