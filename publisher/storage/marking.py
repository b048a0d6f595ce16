"""How the file of a store stands, told without opening it, so that a change is noticed.

What was committed last may still lie in SQLite's log beside the file; it is part of how it stands.
"""

from __future__ import annotations

from pathlib import Path

from publisher.errors import StoreError

NOWHERE = "- -"


def mark_file(path: Path) -> str:
    """Another one whenever the database in this file may be another. Raises StoreError."""
    return " ".join(_mark(one) for one in (path, log_of(path)))


def log_of(path: Path) -> Path:
    """Where SQLite has what is not in the file yet."""
    return path.with_name(f"{path.name}-wal")


def is_logged(mark: str) -> bool:
    """Whether there was a log: then somebody was at work, and SQLite sees to it that what is read
    belongs together.
    """
    return not mark.endswith(" -")


def _mark(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return "-"
    except OSError as err:
        raise StoreError(f"can't be read: {err.strerror}", path=str(path)) from err
    return f"{found.st_ino}:{found.st_size}:{found.st_mtime_ns}"


def mark_all_in_file(path: Path) -> str:
    """The mark of the file alone, where it has all that was committed; "" where the log has more.

    Never raises.
    """
    try:
        log = log_of(path)
        return "" if log.exists() and log.stat().st_size else _mark(path)
    except (OSError, StoreError):
        return ""
