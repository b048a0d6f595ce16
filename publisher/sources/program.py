"""The program itself, as far as the bytes that it writes depend on it."""

from __future__ import annotations

from pathlib import Path

from publisher import __version__
from publisher.sources.watching import Marks, mark_files

# What turns entries into files; what turns articles into entries has a recipe of its own.
_ROOMS = ("model", "feeds", "pages", "checks/feeds")


_PACKAGE = Path(__file__).parents[1]


def program_stamp() -> str:
    """Another one for another version, and for one that somebody is working on."""
    files = [one for room in _ROOMS for one in sorted((_PACKAGE / room).glob("*.py"))]
    said = [(one.name, (found := one.stat()).st_size, found.st_mtime_ns) for one in files]
    return f"{__version__} {said}"


def program_marks() -> Marks:
    """How every module of the program stands, whatever it is for."""
    return {path: mark for path, mark in mark_files([_PACKAGE]).items() if path.endswith(".py")}
