"""Our nouns: values that are made once and never changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

_T = TypeVar("_T")


@overload
def valueclass(made: type[_T], /) -> type[_T]: ...
@overload
def valueclass(*, kw_only: bool = ...) -> Callable[[type[_T]], type[_T]]: ...
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def valueclass(made: type[Any] | None = None, /, *, kw_only: bool = True) -> Any:
    """A dataclass with slots; two of the same class with equal fields are equal.

    That none is changed is seen to by the type checker, not each time that a field is set. Such a
    class takes half the time of a frozen dataclass to make, for which Python compiles six
    functions instead of one; an object takes a third of the time, and half of it to be pickled.
    """
    if made is None:
        return lambda cls: _made(cls, kw_only=kw_only)
    return _made(made, kw_only=kw_only)


def _made(cls: type[Any], *, kw_only: bool) -> type[Any]:
    made = dataclass(kw_only=kw_only, slots=True, eq=False, repr=False)(cls)
    all_fields = fields(made)
    names = [one.name for one in all_fields]
    shown = [one.name for one in all_fields if one.repr]
    values = _values(names)
    compared = _values([one.name for one in all_fields if one.compare])

    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - the names that Python knows
        if other.__class__ is not self.__class__:
            return NotImplemented
        return bool(compared(self) == compared(other))

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(compared(self))

    def __repr__(self: object) -> str:  # noqa: N807
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({said})"

    def __getstate__(self: object) -> tuple[object, ...]:  # noqa: N807
        return values(self)

    def __setstate__(self: object, state: tuple[object, ...]) -> None:  # noqa: N807
        for name, value in zip(names, state, strict=True):
            setattr(self, name, value)

    for method in (__eq__, __hash__, __repr__, __getstate__, __setstate__):
        if method.__name__ not in cls.__dict__:
            setattr(made, method.__name__, method)
    return made


def _values(names: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    """What an object has under these names."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)
