"""Names of a package that are imported when one is first asked for, and the start that this spares.

Each command needs few of the modules, and reading all of them would take most of its time.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def late(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` (PEP 562) of a package: `modules` has, by module, the names it gives."""
    places = {name: module for module, names in modules.items() for name in names.split()}

    def find(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{places[name]}"), name)
        setattr(sys.modules[package], name, found)  # so that this is asked once
        return found

    return find


def put_off_collecting() -> None:
    """What is imported stays: to look for cycles in it again and again takes a tenth of a start."""
    gc.set_threshold(200_000)


def collect_as_usual() -> None:
    """Imports are over, and long work begins: what is left of it must not pile up any more.

    Connections and messages leave cycles. Put off as at the start, collecting them kept a third
    more memory in use. Python's own threshold is lower still, and takes some per cent more time.
    """
    gc.set_threshold(10_000)
