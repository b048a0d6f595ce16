"""Moments as the feed formats write them, without the locale and without the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

# For a feed that has no entry yet: Atom must say when it changed (RFC 4287 section 4.2.15), and
# the moment of the build would make other bytes each time.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC, to the second."""
    return moment.astimezone(UTC).replace(microsecond=0)


def rfc822(moment: datetime) -> str:
    """`Tue, 27 Oct 2026 10:00:00 GMT`, with English names in every locale (RSS)."""
    return format_datetime(in_utc(moment), usegmt=True)


def rfc3339(moment: datetime) -> str:
    """`2026-10-27T10:00:00Z` (Atom, JSON Feed)."""
    return in_utc(moment).isoformat().removesuffix("+00:00") + "Z"
