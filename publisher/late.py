"""What is wanted seldom, and is there when it is: names of a package, and regular expressions.

Each command needs few of the modules, and reading all of them would take most of its time.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, AnyStr, cast


def late(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` (PEP 562) of a package: `modules` has, by module, the names it gives.

    A module is imported when one of its names is first asked for.
    """
    places = {name: module for module, names in modules.items() for name in names.split()}

    def find(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{places[name]}"), name)
        setattr(sys.modules[package], name, found)  # so that this is asked once
        return found

    return find


def late_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, when it is first used; a mistake in it shows only then.

    For what few articles come to: to compile one takes 0.1 to 1 ms.
    """
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))


_WAYS = ("finditer", "findall", "fullmatch", "match", "search", "split", "sub", "subn")


class _Pattern:
    """What stands in for a `re.Pattern`; from its first use on it has the methods of that."""

    def __init__(self, text: Any, flags: int) -> None:
        self._said = text, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._said)
        self.__dict__.update((way, getattr(compiled, way)) for way in _WAYS)
        return getattr(compiled, name)
