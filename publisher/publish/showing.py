"""An overview as the status page's template sees it: plain values, moments in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from publisher.pages.language import spell_date, spell_moment
from publisher.pages.plots import plot_bars
from publisher.pages.schedules import spell_schedule
from publisher.pages.translations import words_for
from publisher.publish.overview import Overview

_COHORTS = 30  # rows that a person reads
# Which columns of a week each plot has: those that stand, and those that hang.
_PLOTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "readers": (("came",), ("left", "bounced", "removed")),
    "deliveries": (("sent",), ("failed",)),
    "returned": (("hard", "soft", "complaints"), ()),
}


def show_overview(overview: Overview, *, zone: str, language: str, now: datetime) -> dict[str, Any]:
    """What web/status.html is given; moments as the clocks in `zone` show them."""
    words = words_for(language)

    def when(moment: datetime | None) -> str:
        return spell_moment(moment, zone, language).text if moment else ""

    return {
        "counts": {
            name: getattr(overview, name)
            for name in ("public", "drafts", "waiting", "subscribers", "in_doubt")
        },
        "newest": [(title, when(published)) for title, published in overview.newest],
        "broken": overview.broken,
        "subscriptions": overview.subscriptions,
        "deliveries": _states(overview.deliveries),
        "returned": overview.returned,
        "newsletters": [
            {
                "name": one.name,
                "schedule": spell_schedule(one.schedule, words),
                "next": when(one.next_slot),
                "last": one.last_edition,
            }
            for one in overview.newsletters
        ],
        "cohorts": [
            {**asdict(one), "next": when(one.next_slot)} for one in overview.cohorts[:_COHORTS]
        ],
        "more_cohorts": len(overview.cohorts[_COHORTS:]),
        "editions": [
            {**asdict(one), "slot": when(one.slot), "deliveries": _states(one.deliveries)}
            for one in overview.editions
        ],
        "peers": [
            {
                "name": one.name,
                "until": when(one.next_try) if one.rests(now) else "",
                "failing_since": when(one.failing_since),
                "rate": one.rate,
            }
            for one in overview.peers
        ],
        "sources": [
            {
                "name": one.name,
                "entries": one.entries,
                "fetched": when(one.fetched),
                "failing_since": when(one.failing_since),
                "next_try": when(one.next_try),
                "gone": one.gone,
            }
            for one in overview.sources
        ],
        "plots": {name: _plot(overview, up, down, language) for name, (up, down) in _PLOTS.items()},
        "first": _day(overview.weeks[0].begins, language),
        "last": _day(overview.weeks[-1].begins, language),
    }


def _states(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Those that there are; what is claimed or started is one thing to a person: being sent."""
    found: dict[str, int] = {}
    for state, count in counts:
        name = "started" if state == "claimed" else state
        found[name] = found.get(name, 0) + count
    return [(state, count) for state, count in found.items() if count]


def _plot(
    overview: Overview, up: tuple[str, ...], down: tuple[str, ...], language: str
) -> dict[str, Any]:
    """Bars, and the same numbers as a table: the newest week first, without those of nothing."""
    series = {name: [getattr(week, name) for week in overview.weeks] for name in (*up, *down)}
    plot = plot_bars({name: series[name] for name in up}, {name: series[name] for name in down})
    rows = zip(overview.weeks, zip(*series.values(), strict=True), strict=True)
    return {
        **asdict(plot),
        "columns": tuple(series),
        "totals": [sum(values) for values in series.values()],
        "rows": [
            (_day(week.begins, language), values)
            for week, values in reversed(list(rows))
            if any(values)
        ],
    }


def _day(day: date, language: str) -> str:
    return spell_date(datetime(day.year, day.month, day.day, tzinfo=UTC), "UTC", language)
