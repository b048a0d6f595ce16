"""Size and time of many files: where there are many, asked for by two processes at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from publisher.cores import meanwhile, usable_cores
from publisher.sources.files import file_stamp

MANY = 5000  # files from which on a second process pays

Names = Sequence[tuple[str, Sequence[str]]]  # by folder, whose path is empty or ends with a slash


def stamp_lines(root: Path, folders: Names, settled: int, max_bytes: int) -> list[str]:
    """A line for each of these files, in no order: its path below `root`, a tab and its stamp.

    The stamp is that of `file_stamp`, and empty for a file that went away, or is too large.
    """
    if sum(len(names) for _, names in folders) < MANY or usable_cores() < 2:
        return _lines(root, folders, settled, max_bytes)
    first = [(prefix, names[: len(names) // 2]) for prefix, names in folders]
    second = [(prefix, names[len(names) // 2 :]) for prefix, names in folders]

    def others() -> bytes:
        return os.fsencode("\n".join(_lines(root, second, settled, max_bytes)))

    with meanwhile(others) as answer:
        lines = _lines(root, first, settled, max_bytes)
        return lines + os.fsdecode(answer()).split("\n")


def _lines(root: Path, folders: Names, settled: int, max_bytes: int) -> list[str]:
    lines: list[str] = []
    for prefix, names in folders:
        try:
            folder = os.open(root / prefix, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:  # it went away just now; reading its files will say so
            lines += [f"{prefix}{name}\t" for name in names]
            continue
        try:
            lines += [
                f"{prefix}{name}\t{_stamp(name, folder, settled, max_bytes)}" for name in names
            ]
        finally:
            os.close(folder)
    lines.sort()  # here, where two processes are at it; two sorted halves are sorted in no time
    return lines


def _stamp(name: str, folder: int, settled: int, max_bytes: int) -> str:
    try:
        # By its name alone: the system need not walk the whole path to each.
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return ""
    return file_stamp(status, settled) if status.st_size <= max_bytes else ""
