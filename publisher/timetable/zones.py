"""Time zones by their IANA names."""

from __future__ import annotations

import difflib
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# The other areas of the database are older names of these zones, or no places.
_AREAS = frozenset(
    (
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
)


def find_zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name; ValueError with the likeliest names if there is none."""
    # "localtime" and "posixrules" are this machine's business, "right/" counts leap seconds.
    try:
        if name and not name.startswith(("right/", "posix")) and name != "localtime":
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; "../up"; a folder such as "Europe"
        pass
    near = _near_zones(name)
    hint = f"did you mean {' or '.join(near)}?" if near else "one is Europe/Lisbon"
    raise ValueError(f"{name[:60]!r} is no IANA time zone; {hint}") from None


@cache
def known_zones() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The zones that people look for, by area: `("Asia", ("Asia/Almaty", ...))`, and UTC."""
    areas: dict[str, list[str]] = {}
    for zone in sorted(available_timezones()):
        area, slash, _ = zone.partition("/")
        if slash and area in _AREAS:
            areas.setdefault(area, []).append(zone)
    return (*((area, tuple(zones)) for area, zones in areas.items()), ("UTC", ("UTC",)))


def _near_zones(name: str) -> list[str]:
    """Zones that somebody may have meant by "lisbon", "New York" or "Europe/Lisboa"."""
    wanted = name[:60].strip().lower().replace(" ", "_")
    zones = {zone.lower(): zone for zone in sorted(available_timezones() - {"localtime"})}
    if wanted in zones:
        return [zones[wanted]]
    cities: dict[str, list[str]] = {}
    for low, zone in zones.items():
        if not low.startswith("etc/"):
            cities.setdefault(low.rpartition("/")[2], []).append(zone)
    for city in (wanted, wanted.rpartition("/")[2]):
        if city in cities:
            return cities[city][:2]
    near = difflib.get_close_matches(wanted, zones, n=1, cutoff=0.75)
    return [zones[one] for one in near]
