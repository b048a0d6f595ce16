"""The figures of an overview in the text format of Prometheus, version 0.0.4.

Written by hand: a registry of counters that live in this process would know nothing of what
`publisher run` does in another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from publisher.publish.overview import Overview

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_Sample = tuple[Mapping[str, str], float]


def write_metrics(overview: Overview) -> str:
    """All gauges, each with its help; no name of anybody is in them."""
    parts = [
        _gauge(
            "entries",
            "Entries by what readers see of them.",
            [
                ({"state": "public"}, overview.public),
                ({"state": "draft"}, overview.drafts),
                ({"state": "waiting"}, overview.waiting),
            ],
        ),
        _gauge("subscribers", "People who get something.", [({}, overview.subscribers)]),
        _gauge(
            "subscriptions",
            "Readers of each newsletter.",
            [({"newsletter": name}, count) for name, count in overview.subscriptions],
        ),
        _gauge(
            "deliveries",
            "Deliveries of all editions by state.",
            [({"state": state}, count) for state, count in overview.deliveries],
        ),
        _gauge("deliveries_in_doubt", "Perhaps delivered twice.", [({}, overview.in_doubt)]),
        _gauge(
            "editions_broken",
            "Editions whose deliveries do not add up to what was owed.",
            [({}, len(overview.broken))],
        ),
        _gauge(
            "returned_30_days",
            "Reports that came back in the last thirty days, by kind.",
            [({"kind": kind}, count) for kind, count in overview.returned],
        ),
        _gauge(
            "next_slot_timestamp_seconds",
            "When each newsletter is due next by its own schedule.",
            [
                ({"newsletter": one.name}, int(one.next_slot.timestamp()))
                for one in overview.newsletters
            ],
        ),
        _gauge(
            "source_failing",
            "1 for somebody's feed that can not be had now.",
            [
                ({"source": one.name}, int(one.gone or one.failing_since is not None))
                for one in overview.sources
            ],
        ),
    ]
    return "".join(parts)


def _gauge(name: str, words: str, samples: Iterable[_Sample]) -> str:
    name = f"publisher_{name}"
    lines = [f"# HELP {name} {words}", f"# TYPE {name} gauge"]
    for labels, value in samples:
        inner = ",".join(f'{label}="{_escape(text)}"' for label, text in labels.items())
        lines.append(f"{name}{{{inner}}} {value}" if inner else f"{name} {value}")
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
