"""Whose templates they are: as they are shipped, or some of them the operator's own."""

from __future__ import annotations

from collections.abc import Mapping


class Shipped(dict[str, str]):
    """Templates by name, each as it is shipped; nobody changes one."""


class Restyled(dict[str, str]):
    """Templates by name, of which `own` are not as they are shipped.

    All of such a set are filled in in a process of its own, with limits: one includes another.
    """

    def __init__(self, sources: Mapping[str, str], own: frozenset[str]) -> None:
        super().__init__(sources)
        self.own = own

    def __reduce__(self) -> tuple[type[Restyled], tuple[dict[str, str], frozenset[str]]]:
        return Restyled, (dict(self), self.own)
