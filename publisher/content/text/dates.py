"""Dates as editors and machines write them, turned into moments in UTC.

Only what is certain is read: ISO 8601 (RFC 3339 with a space or a T, zone optional). A date in
words is read elsewhere, where a dateline is.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from publisher.late import late_pattern

_ISO = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"(?:(?:[ ]+|[Tt])(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"[ ]*(?P<zone>[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
# As programs write it: Python itself reads it, in a third of the time.
_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
# ISO 8601's basic format, as agencies write it in NITF and NewsML.
_BASIC = late_pattern(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
EARLIEST_YEAR = 1900


def parse_moment(text: str, zone: ZoneInfo) -> datetime:
    """The moment that an ISO 8601 date or date and time means, in UTC, to the second.

    Without a zone of its own the text is local time in `zone`: a date alone is its midnight, a
    time that the clocks skip is as much later, a time that happens twice is the first.
    Raises ValueError, whose text says what is wrong.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        with suppress(ValueError):  # which has to be said in words
            moment = datetime.fromisoformat(text)
            if moment.year >= EARLIEST_YEAR:
                return moment
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError("it is not written as YYYY-MM-DD or YYYY-MM-DD HH:MM")
    return _moment(match, zone)


def _moment(match: re.Match[str], zone: ZoneInfo) -> datetime:
    *parts, own = match.group("year", "month", "day", "hour", "minute", "second", "zone")
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    if year < EARLIEST_YEAR:
        raise ValueError(f"the year must be {EARLIEST_YEAR} or later")
    return in_utc(
        datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(own, zone))
    )


def parse_machine_date(text: str, zone: ZoneInfo) -> datetime:
    """The moment in metadata: ISO 8601 in either format or, as some write, RFC 5322 section 3.3.

    Raises ValueError.
    """
    text = text.strip()
    if match := _BASIC.fullmatch(text):
        return _moment(match, zone)
    try:
        return parse_moment(text, zone)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text[:60])
        except OverflowError as error:  # an hour of twenty digits
            raise ValueError("it lies outside the calendar") from error
        if moment.year < EARLIEST_YEAR:
            raise
        return in_utc(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins, in UTC."""
    return in_utc(datetime(day.year, day.month, day.day, tzinfo=zone))


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC, to the second. Raises ValueError where the calendar ends."""
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise ValueError("it lies outside the calendar") from error


def _zone(text: str | None, default: tzinfo) -> tzinfo:
    if not text:
        return default
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(days=1) or int(digits[2:]) > 59:
        raise ValueError(f"{text} is no zone")
    return timezone(-offset if text[0] == "-" else offset)
