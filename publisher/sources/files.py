"""Open regular files inside a folder, and nothing else, without ever waiting.

A link, a pipe or a device among articles could show readers this machine's secrets, or hold a run
for ever; so each name on the way is opened by itself, and what was opened is looked at again.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

# Two changes within one tick of a disk's clock look the same to stat; FAT's ticks are the longest.
# git has the same rule (racy-git.txt): what is as new as our look at it may still be changing.
_TICK = 2 * 10**9

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def open_regular(root: Path, path: str) -> Iterator[int]:
    """A descriptor of the file at `path` below `root`.

    Raises OSError, with words for people, if it is not there, not regular, reached through a
    link, or outside.
    """
    *folders, name = path.split("/")
    if not all((*folders, name)) or {".", ".."}.intersection((*folders, name)) or "\0" in path:
        raise OSError(errno.EINVAL, "it is no path inside that folder")
    folder = os.open(root, _FOLDER)
    try:
        for one in folders:
            _refuse_link(folder, one)
            child = os.open(one, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = child
        # Opening a device can already act on it, so its kind is asked for first and again after.
        _refuse_link(folder, name)
        _demand_regular(os.stat(name, dir_fd=folder, follow_symlinks=False))
        file = os.open(name, _READ, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        _demand_regular(os.fstat(file))
        yield file
    finally:
        os.close(file)


def read_regular(root: Path, path: str, max_bytes: int) -> bytes:
    """The bytes of the file at `path` below `root`; OSError (EFBIG) if there are too many."""
    with open_regular(root, path) as file, os.fdopen(os.dup(file), "rb") as reader:
        size = os.fstat(file).st_size
        data = reader.read(max_bytes + 1) if size <= max_bytes else b""
    # It may have grown while it was read.
    if max(size, len(data)) > max_bytes:
        raise OSError(
            errno.EFBIG, f"it has {size / 2**20:.1f} MiB, more than {max_bytes / 2**20:g}"
        )
    return data


class Shelf:
    """Files below one folder, read one after another: the folder of the last one stays open."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._prefix: str | None = None
        self._folder = -1

    def read(self, path: str, max_bytes: int) -> bytes:
        """As `read_regular` does it, with a few calls of the system for most files.

        Whoever asks has looked at the folder just now: what is no file there is no article.
        """
        prefix, _, name = path.rpartition("/")
        try:
            file = os.open(name, _READ, dir_fd=self._entered(prefix))
            try:
                status = os.fstat(file)
                if stat.S_ISREG(status.st_mode) and status.st_size <= max_bytes:
                    data = os.read(file, status.st_size + 1)
                    if len(data) == status.st_size:
                        return data
            finally:
                os.close(file)
        except (OSError, ValueError):
            pass  # the long way has words for it
        return read_regular(self._root, path, max_bytes)

    def close(self) -> None:
        """Let go of the folder."""
        if self._folder >= 0:
            os.close(self._folder)
        self._prefix, self._folder = None, -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _entered(self, prefix: str) -> int:
        if prefix == self._prefix:
            return self._folder
        self.close()
        if {".", ".."}.intersection(prefix.split("/")):
            raise OSError(errno.EINVAL, "it is no path inside that folder")
        folder = os.open(self._root, _FOLDER)
        for one in prefix.split("/") if prefix else ():
            try:
                child = os.open(one, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            finally:
                os.close(folder)
            folder = child
        self._prefix, self._folder = prefix, folder
        return folder


def settled_before() -> int:
    """The time (ns) before which a file must have been changed last for its stamp to tell."""
    return time.time_ns() - _TICK


def file_stamp(status: os.stat_result, settled: int) -> str:
    """Size and time of a regular file: the same stamp, the same content. "" if it can't tell yet.

    `settled` is what `settled_before` said when we began to look.
    """
    if not stat.S_ISREG(status.st_mode) or status.st_mtime_ns >= settled:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}"


def _refuse_link(folder: int, name: str) -> None:
    if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        raise OSError(errno.ELOOP, "it is a link, or lies behind one")


def _demand_regular(found: os.stat_result) -> None:
    kinds = {
        stat.S_IFDIR: "it is a folder",
        stat.S_IFIFO: "it is a pipe",
        stat.S_IFCHR: "it is a device",
        stat.S_IFBLK: "it is a device",
        stat.S_IFSOCK: "it is a socket",
    }
    if not stat.S_ISREG(found.st_mode):
        kind = kinds.get(stat.S_IFMT(found.st_mode), "it is no regular file")
        raise OSError(errno.EISDIR, kind)
