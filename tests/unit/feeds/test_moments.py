import locale
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest

from publisher.feeds.moments import rfc822, rfc3339


@pytest.mark.parametrize(
    ("moment", "rss", "atom"),
    [
        (
            datetime(1900, 1, 1, tzinfo=UTC),
            "Mon, 01 Jan 1900 00:00:00 GMT",
            "1900-01-01T00:00:00Z",
        ),
        (
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "9999-12-31T23:59:59Z",
        ),
        (
            datetime(2026, 10, 27, 12, 30, 1, 999, tzinfo=timezone(timedelta(hours=5, minutes=45))),
            "Tue, 27 Oct 2026 06:45:01 GMT",
            "2026-10-27T06:45:01Z",
        ),
    ],
)
def test_moments_are_in_utc_to_the_second(moment, rss, atom):
    assert rfc822(moment) == rss
    assert rfc3339(moment) == atom
    assert parsedate_to_datetime(rss) == datetime.fromisoformat(atom)


def test_no_locale_is_asked_or_set(monkeypatch):
    monkeypatch.setattr(locale, "setlocale", None)
    assert rfc822(datetime(2026, 3, 1, tzinfo=UTC)) == "Sun, 01 Mar 2026 00:00:00 GMT"
