from datetime import UTC, datetime, timedelta

from publisher.publish.overview import count_hidden
from tests.unit.feeds.samples import entry

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_drafts_and_what_waits_are_counted_and_what_is_over_is_neither():
    later = NOW + timedelta(days=1)
    entries = [
        entry("public"),
        entry("draft", draft=True),
        entry("draft-of-tomorrow", draft=True, published=later),
        entry("future", published=later),
        entry("embargo", embargo=later),
        entry("over", expires=NOW),
    ]
    assert count_hidden(entries, NOW) == (2, 2)
    assert count_hidden([], NOW) == (0, 0)
