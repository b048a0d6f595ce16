"""Datelines: place, date and agency at the start of a story, as the trade prints them.

`BEIJING (AP) — `, `NEW YORK, Oct. 27, 2022 /PRNewswire/ -- `, `MOSCOW, October 27. /TASS/. `,
`(CNN) -- `. The head of the first paragraph is cut at the first dash and taken apart from its
end; cheap checks come first and only a bounded piece is looked at, so that no text can make this
slow, and what is no dateline ("BREAKING - ", "NASA - a space agency") stays text.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from publisher.content.naming.background import is_common
from publisher.content.naming.places import find_place
from publisher.content.text.lexicon import ACRONYMS, AGENCIES, DAYS, MONTH_WORDS, MONTHS, NO_PLACES
from publisher.late import late_pattern
from publisher.model import Dateline
from publisher.valueclass import valueclass

_LONGEST = 110
_DASH = late_pattern(
    r"(?P<end>\s+(?:—|–|―|--+|-|_|•)\s+|\s*(?:—|--+)\s*|\)\s*(?:–|-|:|\.-)\s+|\.\s?-\s+|(?<=/)\.?\s+)"
)
_IN_A_DASH = re.compile("[—–―_•/):-]")  # one of these is in each of them; looked for first
_AGENCY = late_pattern(r"[\s,]*(?:\((?P<a>[^()]{1,40})\)|/(?P<b>[^/()]{2,40})/)\s*$")
_MONTH = "|".join(sorted((re.escape(name) for name in MONTHS), key=len, reverse=True))
_DATE = late_pattern(
    rf"[\s,]*(?:le\s+|den\s+|el\s+)?(?:"
    rf"(?P<m1>{_MONTH})\.?\s+(?P<d1>[0-9]{{1,2}})"
    rf"|(?P<d2>[0-9]{{1,2}})\.?\s+(?:de\s+)?(?P<m2>{_MONTH}))"
    rf"\.?(?:,?\s+(?:de\s+)?(?P<year>[0-9]{{4}}))?\.?$",
    re.IGNORECASE,
)
_CJK = re.compile(
    r"\s?(?:【)?(?P<agency>新华社|新華社|中新社|中央社)(?P<place>[\u4e00-\u9fff]{2,8}?)"
    r"(?P<date>(?:(?P<month>[0-9]{1,2})月)?(?P<day>[0-9]{1,2})日)?[电電](?:】|\s)?"
    r"(?:[(（][^)）]{0,40}[)）])?\s?"
)
# Italian agencies set theirs first: "(ANSA) - ROMA, 16 NOV - ".
_AGENCY_FIRST = late_pattern(
    r"\((?P<agency>[^()]{2,30})\)\s[-–—]\s(?P<head>[^-–—()]{3,60})\s[-–—]\s"
)
_CITY = late_pattern(r"(?:ABOARD|Aboard)?[^\W\d_][\w.'’ /-]{1,40}")
_REGION = late_pattern(r"[^\W\d_][\w.'’ -]{1,30}")


@valueclass(kw_only=False)
class Parsed:
    """A dateline, the day it names (0 where it names none), and where the text goes on."""

    dateline: Dateline
    end: int
    month: int = 0
    day: int = 0
    year: int = 0

    def date(self, seen: date) -> date | None:
        """The day that it names, never a future one; without a year, that of first sight.

        A line may be dated tomorrow, where tomorrow has begun (Tokyo, seen from New York): the
        moment of first sight is then the better date, and last year's a wrong one.
        """
        if not self.day:
            return None
        tomorrow = seen + timedelta(days=1)
        if (self.month, self.day) == (tomorrow.month, tomorrow.day) and self.year in {
            0,
            tomorrow.year,
        }:
            return None
        for year in (self.year,) if self.year else (seen.year, seen.year - 1):
            try:
                day = date(year, self.month, self.day)
            except ValueError:
                continue
            if day <= seen:
                return day
        return None


def parse_dateline(paragraph: str) -> Parsed | None:
    """The dateline that a first paragraph opens with, or None."""
    piece = paragraph[:_LONGEST]
    if not piece.strip():
        return None
    if match := _CJK.match(piece):
        return _chinese(match)
    if _IN_A_DASH.search(piece) is None:
        return None
    if (match := _AGENCY_FIRST.match(piece)) and _is_agency(match["agency"]):
        head, end = f"{match['head']} ({match['agency']})", match.end()
        found = _parse_head(head, match[0], paragraph[end : end + 60], end)
        if found is not None:
            return found
    for dash in _DASH.finditer(piece):
        end = dash.end()
        head = piece[: dash.start()] + (")" if dash["end"].startswith(")") else "")
        if not head.strip():
            return None
        # "WASHINGTON - (Reuters)" and hyphens inside a name ("BADEN - BADEN") are left alone:
        # the first dash that makes a dateline decides, and no later one is tried after text.
        found = _parse_head(head, piece[:end], paragraph[end : end + 60], end)
        if found is not None:
            return found
        if dash["end"].strip() in {"—", "--", "–"}:
            return None
    return None


def named_dateline(text: str, day: str) -> Dateline | None:
    """The dateline that a form gives in a field of its own: `OSLO`, `OSLO, Nov. 26 (AFP) -`.

    Without an agency or a day in it the whole is the place, if it looks like one.
    """
    plain = text.strip(" ,;-–—_")
    if not plain:
        return None
    if any(c.isdigit() or c in "()/-" for c in plain):
        found = parse_dateline(f"{plain} — Text")
        return found.dateline if found else None
    return Dateline(place=plain, date_text=day[:40]) if len(plain) <= 60 else None


def _parse_head(head: str, printed: str, rest: str, end: int) -> Parsed | None:
    if not rest.strip() or not any(c.islower() or not _is_cased(c) for c in rest if c.isalpha()):
        return None  # a headline all in capitals
    left = head
    agency = ""
    match = _AGENCY.search(left)
    if match is not None:
        agency, left = (match["a"] or match["b"]).strip(), left[: match.start()]
    day = _DATE.search(left)
    if day is not None:
        date_text, left = day[0].strip(" ,"), left[: day.start()]
    else:
        date_text = ""
    if not agency and (match := _AGENCY.search(left)) is not None:
        agency, left = (match["a"] or match["b"]).strip(), left[: match.start()]
    place = left.strip(" ,")
    if "," not in place:
        place = place.rstrip(".")  # the dot of "Wis." belongs to it
    if agency and not _is_agency(agency) and not _vouches(place, dated=day is not None):
        return None
    if not _is_place(place, known=bool(agency), dated=day is not None, rest=rest):
        return None
    month, number, year = _numbers(day)
    dateline = Dateline(
        place=place, agency=agency, date_text=date_text.rstrip("."), printed=printed.strip()
    )
    return Parsed(dateline, end, month, number, year)


def _numbers(day: re.Match[str] | None) -> tuple[int, int, int]:
    if day is None:
        return 0, 0, 0
    month = MONTHS[(day["m1"] or day["m2"]).lower()]
    return month, int(day["d1"] or day["d2"]), int(day["year"] or 0)


def _is_agency(text: str) -> bool:
    parts = re.split(r"\s*[/,]\s*|\s+-\s+", text)
    return any(part.casefold() in AGENCIES for part in parts)


def _vouches(place: str, *, dated: bool) -> bool:
    """Whether what stands before an agency that we don't know makes it one nevertheless.

    "SALTMARSH, Nov. 9, 2026 (VNA) — " and "PARIS (VNA) — " do; "APPLE (AAPL) - " does not.
    """
    city, _, region = place.partition(",")
    return _is_capitals(city) and (dated or bool(region) or find_place(city.title()) is not None)


def _is_place(place: str, *, known: bool, dated: bool, rest: str) -> bool:
    if not place:
        return known
    if len(place) > 60 or any(c in place for c in ':;!?"“”'):
        return False
    city, _, region = place.partition(",")
    city, region = city.strip(), region.strip()
    if not _CITY.fullmatch(city) or (region and not _is_region(region)):
        return False
    if city.upper() in NO_PLACES or city.upper() in ACRONYMS:
        return False
    if not _is_capitals(city):
        # "Kansas City, March 24 - " is one; "Saturday, March 24 - " and "At Noon, ..." are not.
        first = city.split()[0]
        of_time = first in DAYS or first in MONTH_WORDS or is_common(first.lower())
        return _is_title_case(city) and (
            known or (dated and (not of_time or bool(find_place(city) or find_place(region))))
        )
    if known or dated or region:
        return True
    return find_place(city.title()) is not None or (
        len(city) >= 5 and _opens_sentence(rest) and not city.startswith("UPDATE")
    )


def _is_region(region: str) -> bool:
    return all(_REGION.fullmatch(part.strip()) for part in region.split(",")) and (
        region[0].isupper() or not _is_cased(region[0])
    ) and len(region.split()) <= 4  # fmt: skip


def _is_capitals(city: str) -> bool:
    """All in capitals, but for the small letter of a name like McALLEN."""
    letters = [c for c in city.removeprefix("Mc").replace(" Mc", " ") if c.isalpha()]
    return bool(letters) and all(c.isupper() or not _is_cased(c) for c in letters)


def _is_title_case(city: str) -> bool:
    words = [word for word in re.split(r"[ /-]", city) if word]
    return len(words) <= 5 and all(
        w[0].isupper() or w in {"de", "of", "am", "an", "der", "la", "el", "le", "upon", "sur"}
        for w in words
    )


def _opens_sentence(rest: str) -> bool:
    first = rest.lstrip(" \"“‘'«„(")[:1]
    return first.isupper() or not _is_cased(first) or first.isdigit()


def _is_cased(character: str) -> bool:
    return character.lower() != character.upper()


def _chinese(match: re.Match[str]) -> Parsed:
    dateline = Dateline(
        place=match["place"],
        agency=match["agency"],
        date_text=match["date"] or "",
        printed=match[0].strip(),
    )
    if not match["month"]:
        return Parsed(dateline, match.end())
    return Parsed(dateline, match.end(), int(match["month"]), int(match["day"]))
