import io
import threading
from contextlib import redirect_stderr

import pytest

from publisher.cli.progress import pace, progress


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    return Terminal()


def work(clock, total, seconds, each=1000):
    with progress("Sending daily-1", total, clock=clock) as advance:
        for _ in range(seconds):
            clock.now += 1
            advance(each)


def test_a_log_gets_one_line_a_minute(clock, capsys):
    work(clock, 1_000_000, 150)
    assert capsys.readouterr().err.splitlines() == [
        "Sending daily-1: 60,000 of 1,000,000, 1,000/s, 16 min left",
        "Sending daily-1: 120,000 of 1,000,000, 1,000/s, 15 min left",
    ]


def test_of_work_without_a_known_end_it_says_how_fast_it_goes(clock, capsys):
    work(clock, None, 60)
    assert capsys.readouterr().err == "Sending daily-1: 60,000, 1,000/s\n"


def test_a_terminal_gets_a_bar_with_rate_and_remaining_time_from_the_first_second_on(
    clock, terminal
):
    with redirect_stderr(terminal):
        work(clock, 10_000, 4)
    shown = terminal.getvalue()
    assert "Sending daily-1" in shown
    assert "2,000 of 10,000, 1,000/s, 8 s left" in shown
    assert "4,000 of 10,000, 1,000/s, 6 s left" in shown


def test_what_is_quick_shows_no_bar(clock, terminal):
    with redirect_stderr(terminal), progress("Reading", 10, clock=clock) as advance:
        for _ in range(10):
            clock.now += 0.05
            advance(1)
    assert terminal.getvalue() == ""


def test_a_bar_has_no_thread_so_that_processes_can_be_forked_beside_it(clock, terminal):
    with redirect_stderr(terminal), progress("Reading", 10, clock=clock) as advance:
        clock.now += 2
        advance(1)
        assert threading.active_count() == 1
    assert terminal.getvalue()


@pytest.mark.parametrize(
    ("done", "total", "seconds", "words"),
    [
        (0, 10, 0, "0.0/s"),
        (5, 10, 10, "0.5/s, 10 s left"),
        (100, 100_000, 1, "100/s, 17 min left"),
        (10, 1_000_000, 1, "10/s, 27 h 47 min left"),
        (12, 10, 1, "12/s, 0 s left"),
    ],
)
def test_pace_in_words(done, total, seconds, words):
    assert pace(done, total, seconds) == words
