"""Countries, their capitals and demonyms, and the better known of other places.

The table `places.tsv` ships with the package: larger gazetteers add 20-180 MB for a point or two.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from publisher.valueclass import valueclass

LONGEST_NAME = 5  # words


@valueclass(kw_only=False)
class Place:
    """A place as an editor would tag it; `country` is where it lies, if it is no country itself."""

    name: str
    country: str = ""


def find_place(name: str) -> Place | None:
    """The place of this name (`China`, `Ohio`); a capital stands for its country."""
    return _table()[0].get(name)


def find_people_of(word: str) -> Place | None:
    """The place whose people or manner a word names (`Chinese`, `Danes`)."""
    return _table()[1].get(word)


def is_capital(name: str) -> bool:
    """Whether a place is the capital of a country."""
    return name in _table()[2]


@cache
def _table() -> tuple[dict[str, Place], dict[str, Place], frozenset[str]]:
    names: dict[str, Place] = {}
    seats: set[str] = set()
    demonyms: dict[str, Place] = {}
    table = files(__package__).joinpath("places.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        name, _, country, capitals, people, variants = (line.split("\t") + [""] * 5)[:6]
        place = Place(name, country)
        names[name] = place
        seats.update(_parts(capitals))
        for variant in (*_parts(capitals), *_parts(variants)):
            names.setdefault(variant, place)
        for demonym in _parts(people):
            demonyms.setdefault(demonym, place)
    return names, demonyms, frozenset(seats)


def _parts(cell: str) -> list[str]:
    return cell.split("|") if cell else []
