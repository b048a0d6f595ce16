"""Do the same thing again and again in one long-lived process, where there is no cron.

The `schedule` library is the ticker and no more: what is due is told by the slots in the store,
because its own reckoning loses runs over a restart and doubles them over a change of clocks.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from datetime import timedelta

import schedule

from publisher.errors import PublisherError

_PAUSE = 1.0  # seconds from one look at the clock to the next


def run_forever(
    tick: Callable[[], None],
    *,
    every: timedelta,
    stop: threading.Event,
    log: Callable[[str], None],
) -> None:
    """Call `tick` at once and then, whatever it raises, `every` so often until `stop` is set.

    The time between two ticks is counted from the end of the first, in whole seconds, at least
    one. A tick is never cut short: once `stop` is set, this returns when the tick does, or at
    once between two. What a tick raises goes to `log`, a bug with its traceback.
    """
    seconds = round(every.total_seconds())
    if seconds < 1:
        raise ValueError(f"a tick every {every.total_seconds():g} s is too often; at least 1 s")
    if stop.is_set():
        return
    ticker = schedule.Scheduler()
    ticker.every(seconds).seconds.do(_guard(tick, log))
    ticker.run_all()
    while not stop.wait(_PAUSE):
        # The library reckons with the local clock, which goes back each autumn; its next run is
        # then farther off than any interval, and it would stand still until the clock is there.
        if (ticker.idle_seconds or 0) > seconds:
            log("the clock went back; going on by the new time")
            ticker.run_all()
        else:
            ticker.run_pending()


def _guard(tick: Callable[[], None], log: Callable[[str], None]) -> Callable[[], None]:
    """`tick`, with nothing that it raises getting out: that would end the library's rounds."""

    def guarded() -> None:
        try:
            tick()
        except PublisherError as err:
            log(str(err))
        except Exception:  # noqa: BLE001  a bug in one run must not end those after it
            log(traceback.format_exc())

    return guarded
