"""Who is delivering now: processes that hold claims, and how to tell that one is dead.

An owner lives as long as it holds the lock of its file in `.owners/`, which the kernel takes back
however the process ends. Only who sees the same folder can tell; for an owner elsewhere there is
its lease.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from publisher.errors import StoreError

FOLDER = ".owners"


def place(beside: Path) -> str:
    """Names the folder in which the locks of owners can be seen.

    Host names alone won't do: two machines called localhost may share one database.
    """
    try:
        found = (beside / FOLDER).stat()
    except OSError:
        return f"{socket.gethostname()} -"
    return f"{socket.gethostname()} {found.st_dev}:{found.st_ino}"


@contextmanager
def alive(beside: Path, owner: str) -> Iterator[None]:
    """Hold the lock that says this owner lives."""
    folder = beside / FOLDER
    path = folder / owner
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as err:
        raise StoreError(
            f"can't write: {err.strerror}",
            path=str(path),
            mend="the user who runs publisher must be able to write in the site's folder",
        ) from err
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        _remove(path)
        os.close(handle)


def is_dead(beside: Path, owner: str) -> bool:
    """Whether an owner that locks in our folder has ended, in whatever way."""
    try:
        handle = os.open(beside / FOLDER / owner, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # nobody can tell: rather wait than send twice
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def bury(beside: Path, owner: str) -> None:
    """Take away what a dead owner left."""
    _remove(beside / FOLDER / owner)


def _remove(path: Path) -> None:
    # Where the disk refuses, a file stays that nobody locks and nobody asks about.
    with suppress(OSError):
        path.unlink()
