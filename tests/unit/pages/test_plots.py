"""Bars: their sizes tell the numbers, and nothing leaves the frame."""

from hypothesis import given
from hypothesis import strategies as st

from publisher.pages.plots import HEIGHT, plot_bars

counts = st.lists(st.integers(0, 10**9), min_size=26, max_size=26)


def test_bars_stand_and_hang_from_one_line():
    plot = plot_bars({"came": [4, 0]}, {"left": [1, 2], "removed": [1, 0]})
    assert (plot.top, plot.zero, plot.both) == (5, 50, True)
    assert [(one.name, one.y, one.height) for one in plot.bars] == [
        ("came", 10, 40),
        ("left", 50, 10),
        ("removed", 60, 10),
        ("left", 50, 20),
    ]


def test_where_nothing_hangs_there_is_no_room_for_it():
    plot = plot_bars({"sent": [4, 0]}, {"failed": [0, 0]})
    assert (plot.top, plot.zero, plot.both) == (5, HEIGHT, False)


def test_nothing_is_drawn_of_nothing():
    assert plot_bars({"sent": [0, 0]}, {}).bars == ()
    assert plot_bars({}, {}).bars == ()


@given(counts, counts, counts)
def test_no_bar_leaves_the_frame_whatever_the_numbers(first, second, third):
    plot = plot_bars({"a": first, "b": second}, {"c": third})
    for bar in plot.bars:
        assert 0 <= bar.x < bar.x + bar.width <= plot.width
        assert -0.01 <= bar.y <= bar.y + bar.height <= HEIGHT + 0.01
