"""The program's own words in the reader's language, by the standard gettext.

English is what stands in the templates; every other language is a catalogue in locale/, compiled
when the program is built (`make messages`). What an article or an operator says is never
translated.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from publisher.pages.language import Direction, direction
from publisher.valueclass import valueclass

_DOMAIN = "publisher"
_ORIGINAL = "en"  # the language of the templates


@valueclass(kw_only=False)
class Words:
    """The program's words in `language`, which is one of those that there are.

    `text` translates, `count` chooses between singular and plural.
    """

    language: str
    direction: Direction
    catalogue: gettext.NullTranslations

    def text(self, message: str) -> str:
        """A message in this language."""
        return self.catalogue.gettext(message)

    def count(self, one: str, many: str, number: int) -> str:
        """The same for a message that counts something."""
        return self.catalogue.ngettext(one, many, number)


@cache
def languages() -> tuple[str, ...]:
    """Every language (BCP 47) that the program speaks, its own first."""
    folder = files(__package__).joinpath("locale")
    found = [one.name.replace("_", "-") for one in folder.iterdir() if one.is_dir()]
    return (_ORIGINAL, *sorted(found))


def words_for(language: str) -> Words:
    """The words nearest to a language: those of "de" for "de-AT", English where there are none."""
    return _words(nearest([language]) or _ORIGINAL)


def nearest(wanted: Iterable[str]) -> str | None:
    """The first of the wanted languages that the program speaks (RFC 4647 section 3.4)."""
    there = {one.lower(): one for one in languages()}
    for one in wanted:
        parts = one.lower().replace("_", "-").split("-")
        for length in range(len(parts), 0, -1):
            if found := there.get("-".join(parts[:length])):
                return found
    return None


def spoken(chosen: str, own: str) -> str:
    """In which language a reader who chose one is written to; "" for the newsletter's `own`.

    That is also for who chose none, one that the program does not speak, or one that comes to the
    same words as the newsletter's own.
    """
    found = nearest([chosen]) if chosen else None
    return "" if found is None or found == nearest([own]) else found


def accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first (RFC 9110 section 12.5.4).

    Of a header that never ends only the beginning counts.
    """
    found = []
    for number, part in enumerate(header[:1000].split(",")):
        match = re.fullmatch(
            r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?",
            part,
        )
        if match and float(match[2] or 1) > 0:
            found.append((-float(match[2] or 1), number, match[1]))
    return [language for _, _, language in sorted(found)]


@cache
def _words(language: str) -> Words:
    if language == _ORIGINAL:
        catalogue = gettext.NullTranslations()
    else:
        place = files(__package__) / "locale" / language.replace("-", "_") / "LC_MESSAGES"
        compiled = place.joinpath(f"{_DOMAIN}.mo").read_bytes()
        catalogue = gettext.GNUTranslations(io.BytesIO(compiled))
    return Words(language, direction(language), catalogue)
