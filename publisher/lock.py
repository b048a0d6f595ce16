"""One run at a time in a site: a lock that the kernel takes back however its holder ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import BusyError, OutputError

LOCK_NAME = "publisher.lock"


@contextmanager
def only_run(site: Path) -> Iterator[None]:
    """Hold publisher.lock in `site`; raise BusyError at once if another process does.

    flock and not a file that has to be removed: a killed run leaves nothing to clean up.
    """
    path = site / LOCK_NAME
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as err:
        raise OutputError(
            f"can't make the lock file: {err.strerror}",
            path=str(path),
            mend="the user who runs publisher must be able to write in the site's folder",
        ) from err
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise BusyError("another run is at work here; nothing was done", path=str(site)) from None
    try:
        yield
    finally:
        os.close(handle)
