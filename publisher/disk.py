"""Waits until what was written is on the disk: for many files at once, as long as for one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cache
from typing import Any

_REPORTS = (5, 8)  # the Linux from which on syncfs says that a disk has failed


def sync_file(name: str, folder: int) -> None:
    """Wait until a file in this folder (a descriptor) is on the disk.

    Raises OSError also for what failed since the file was written and closed.
    """
    file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def sync_disks(folders: Iterable[int]) -> None:
    """Wait until all that was written on the disks of these folders (descriptors) is on them.

    Raises OSError where a disk fails. Only for where `can_sync_disks`.
    """
    import ctypes  # noqa: PLC0415 - slow to import, and few runs write more than one file

    for folder in {os.fstat(folder).st_dev: folder for folder in folders}.values():
        if _syncfs()(folder):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


@cache
def can_sync_disks() -> bool:
    """Whether this system can wait for one disk as a whole, and says where that failed."""
    if sys.platform != "linux":
        return False
    release = os.uname().release.split(".")
    try:
        is_known = tuple(map(int, release[:2])) >= _REPORTS
    except ValueError:
        return False
    return is_known and _syncfs() is not None


@cache
def _syncfs() -> Any:
    import ctypes  # noqa: PLC0415

    try:
        return ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):  # a C library that has none
        return None
