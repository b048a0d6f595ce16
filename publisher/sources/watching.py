"""What stands in folders and files now, told without opening any, so that a change is noticed.

Asking again and again works on every disk, also on those of other machines and of containers,
where systems tell of no change by themselves.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

Marks = dict[str, tuple[int, ...]]


def mark_files(places: Iterable[Path]) -> Marks:
    """Size and times of each file in or at these places, by path; what is not there has none.

    Hidden files are passed over, as is what Python compiles; links are not followed. Never raises.
    """
    marks: Marks = {}
    waiting = [os.fspath(place) for place in places]
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if not entry.name.startswith((".", "__pycache__")):
                        _mark(entry, marks, waiting)
        except NotADirectoryError:
            _mark_file(place, marks)
        except OSError:
            continue
    return marks


def _mark(entry: os.DirEntry[str], marks: Marks, waiting: list[str]) -> None:
    try:
        if entry.is_dir(follow_symlinks=False):
            waiting.append(entry.path)
        else:
            marks[entry.path] = _said(entry.stat(follow_symlinks=False))
    except OSError:  # it went away just now
        return


def _mark_file(path: str, marks: Marks) -> None:
    try:
        marks[path] = _said(os.lstat(path))
    except OSError:
        return


def _said(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
