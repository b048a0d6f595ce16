"""How things went, week by week: who came and left, what was sent and what came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from publisher.storage import Counts, EditionRecord, Store
from publisher.valueclass import valueclass

WEEKS = 26


@valueclass
class Week:
    """Counts of the seven days from `begins`, a Monday (UTC).

    `came` are subscribers who are still known; `left` went by themselves, `bounced` were taken off
    for what came back, `removed` by the operator. `sent` and `failed` are deliveries of editions
    whose slot was then; `hard`, `soft` and `complaints` came back.
    """

    begins: date
    came: int
    left: int
    bounced: int
    removed: int
    sent: int
    failed: int
    hard: int
    soft: int
    complaints: int


def read_weeks(
    store: Store, editions: Iterable[tuple[EditionRecord, Counts]], now: datetime
) -> tuple[Week, ...]:
    """The last half year, the oldest week first."""
    today = now.astimezone(UTC).date()
    first = _monday(today) - timedelta(weeks=WEEKS - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    returned = store.figures.returned(since)
    sent: Counter[date] = Counter()
    failed: Counter[date] = Counter()
    for edition, counts in editions:
        if edition.slot >= since:
            monday = _monday(edition.slot.astimezone(UTC).date())
            for state, number in counts.states.items():
                if state.value in ("sent", "failed"):
                    (sent if state.value == "sent" else failed)[monday] += number
    by_week = {
        "came": _by_week(store.figures.came(since)),
        "left": _by_week(store.figures.left(since)),
        "bounced": _by_week(store.figures.bounced_off(since)),
        "removed": _by_week(store.figures.removed(since)),
        "sent": sent,
        "failed": failed,
        "hard": _by_week(returned.get("hard", {})),
        "soft": _by_week(returned.get("soft", {})),
        "complaints": _by_week(returned.get("complaint", {})),
    }
    mondays = (first + timedelta(weeks=number) for number in range(WEEKS))
    return tuple(
        Week(begins=monday, **{name: counts[monday] for name, counts in by_week.items()})
        for monday in mondays
    )


def _by_week(days: Mapping[date, int]) -> Counter[date]:
    found: Counter[date] = Counter()
    for day, number in days.items():
        found[_monday(day)] += number
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
