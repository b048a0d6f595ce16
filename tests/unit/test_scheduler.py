import threading
import time
from datetime import datetime, timedelta

import pytest
import schedule

from publisher.errors import OutputError
from publisher.scheduler import run_forever


class Clock(threading.Event):
    """A day that passes in no time: waiting for the stop moves the library's clock on."""

    def __init__(self, monkeypatch, seconds):
        super().__init__()
        self.now = datetime(2026, 10, 25, 1, 30)
        self.left = seconds
        clock = self

        class Local(datetime):
            @classmethod
            def now(cls, tz=None):
                return clock.now

        monkeypatch.setattr(schedule.datetime, "datetime", Local)

    def wait(self, timeout=None):
        self.now += timedelta(seconds=timeout)
        self.left -= timeout
        if self.left < 0:
            self.set()
        return self.is_set()


@pytest.fixture
def clock(monkeypatch):
    # The module that schedule imported is the real one: give it a copy to change.
    fake = type("datetime_module", (), {"datetime": datetime, "timedelta": timedelta})
    monkeypatch.setattr(schedule, "datetime", fake)
    return Clock(monkeypatch, 600)


def run(clock, tick, every=60):
    said = []
    run_forever(tick, every=timedelta(seconds=every), stop=clock, log=said.append)
    return said


def test_it_ticks_at_once_and_then_every_so_often(clock):
    times = []
    began = clock.now
    assert run(clock, lambda: times.append((clock.now - began).total_seconds())) == []
    assert times == [60 * n for n in range(11)]


def test_the_time_between_counts_from_the_end_of_a_tick(clock):
    times = []
    began = clock.now

    def tick():
        times.append((clock.now - began).total_seconds())
        clock.now += timedelta(seconds=100)

    run(clock, tick)
    assert times[:3] == [0, 160, 320]


def test_a_tick_that_fails_is_logged_and_the_next_comes(clock):
    ticks = []

    def tick():
        ticks.append(1)
        if len(ticks) == 1:
            raise OutputError("can't be written", path="feeds/rss.xml", mend="free some space")
        if len(ticks) == 2:
            raise ZeroDivisionError("a bug")

    said = run(clock, tick)
    assert len(ticks) == 11
    assert said[0] == "feeds/rss.xml: can't be written (free some space)"
    assert said[1].startswith("Traceback")
    assert "ZeroDivisionError: a bug" in said[1]
    assert len(said) == 2


@pytest.mark.parametrize("back", [30, 90, 3600, 400 * 86400])
@pytest.mark.threat(30)
def test_a_clock_that_goes_back_does_not_hold_it_up(clock, back):
    moved, waits = [], []
    left = clock.left

    def tick():
        nonlocal left
        waits.append(left - clock.left)
        left = clock.left
        if len(waits) == 3:
            moved.append(True)

    real = clock.wait

    def wait(timeout=None):
        if moved:
            moved.clear()
            clock.now -= timedelta(seconds=back)
        return real(timeout)

    clock.wait = wait
    said = run(clock, tick)
    assert all(wait <= 60 for wait in waits)
    assert len(waits) >= 11
    assert said == ["the clock went back; going on by the new time"]


def test_a_clock_that_jumps_ahead_ticks_once(clock):
    ticks = []

    def tick():
        ticks.append(1)
        if len(ticks) == 2:
            clock.now += timedelta(days=366)

    run(clock, tick)
    assert len(ticks) == 11


def test_a_stop_inside_a_tick_ends_it_after_that_tick(clock):
    ticks = []

    def tick():
        ticks.append(1)
        clock.set()
        ticks.append(2)

    run(clock, tick)
    assert ticks == [1, 2]


def test_a_stop_before_the_start_means_no_tick(clock):
    clock.set()
    run(clock, lambda: pytest.fail("it ticked"))


def test_a_stop_between_two_ticks_is_heard_at_once():
    stop, ticked = threading.Event(), threading.Event()
    runner = threading.Thread(
        target=run_forever,
        args=(ticked.set,),
        kwargs={"every": timedelta(days=1), "stop": stop, "log": print},
    )
    runner.start()
    assert ticked.wait(10)
    stop.set()
    runner.join(10)
    assert not runner.is_alive()


def test_an_interval_below_a_second_is_refused():
    with pytest.raises(ValueError, match="at least 1 s"):
        run_forever(lambda: None, every=timedelta(0), stop=threading.Event(), log=print)


def test_what_ends_the_process_is_not_held_back(clock):
    def tick():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(clock, tick)


def test_it_ticks_by_the_real_clock_too():
    stop, ticks = threading.Event(), []

    def tick():
        ticks.append(time.monotonic())
        if len(ticks) == 2:
            stop.set()

    run_forever(tick, every=timedelta(seconds=1), stop=stop, log=print)
    assert len(ticks) == 2
