"""Bars for a page to draw: numbers become places and sizes, with no script and no library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publisher.valueclass import valueclass

HEIGHT = 100  # the page stretches all of it; only the proportions count
STEP = 10  # from one column to the next
_THICK = 7.0


@valueclass(kw_only=False)
class Bar:
    """A rectangle; `name` is that of its series."""

    name: str
    x: float
    y: float
    width: float
    height: float


@valueclass
class Plot:
    """Bars in a frame of `width` by `height`, `zero` being where they stand on.

    `top` is the value that reaches the upper edge; below zero the scale is the same, where there
    is anything (`both`).
    """

    width: int
    height: int
    zero: float
    top: int
    both: bool
    bars: tuple[Bar, ...]


def plot_bars(up: Mapping[str, Sequence[int]], down: Mapping[str, Sequence[int]]) -> Plot:
    """One column for each value; series that go `up` are piled upon each other, others hang.

    All series are equally long.
    """
    columns = max((len(one) for one in (*up.values(), *down.values())), default=0)
    highest = max(
        (
            sum(series[number] for series in side.values())
            for side in (up, down)
            for number in range(columns)
        ),
        default=0,
    )
    top = _round_up(highest)
    both = any(map(any, down.values()))
    zero = HEIGHT / 2 if both else float(HEIGHT)
    bars: list[Bar] = []
    for side, sign in ((up, -1), (down, 1)):
        for number in range(columns):
            edge = zero
            for name, series in side.items():
                size = round(series[number] / top * zero, 3)
                if size:
                    y = edge - size if sign < 0 else edge
                    x = number * STEP + (STEP - _THICK) / 2
                    bars.append(Bar(name, x, round(y, 3), _THICK, size))
                    edge += sign * size
    return Plot(
        width=columns * STEP, height=HEIGHT, zero=zero, top=top, both=both, bars=tuple(bars)
    )


def _round_up(value: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50, ...; a person can halve it."""
    unit = 1
    while True:
        for step in (1, 2, 5):
            if value <= step * unit:
                return step * unit
        unit *= 10
