"""When Python looks for cycles: seldom in a short run, often enough in a long one."""

from __future__ import annotations

import gc


def put_off_collecting() -> None:
    """A command starts: what is imported stays until its end, when all goes anyway.

    To look for cycles in it again and again takes a tenth of a start.
    """
    gc.set_threshold(200_000)


def collect_as_usual() -> None:
    """Imports are over, and long work begins: what is left of it must not pile up any more.

    Connections and messages leave cycles. Put off as at the start, collecting them kept a third
    more memory in use. Python's own threshold is lower still, and takes some per cent more time.
    """
    gc.set_threshold(10_000)
