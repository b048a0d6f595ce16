import copy
import pickle
from dataclasses import asdict, field, fields, replace

import pytest

from publisher.valueclass import valueclass


@valueclass
class Place:
    name: str
    note: str = field(default="", repr=False, compare=False)


@valueclass(kw_only=False)
class Point:
    x: int
    y: tuple[int, ...] = ()


@valueclass
class Named:
    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


def test_equal_fields_are_equal_values():
    assert Place(name="Skerry") == Place(name="Skerry", note="an island")
    assert Place(name="Skerry") != Place(name="Farry")
    assert Place(name="Skerry") != Named(name="Skerry")
    assert len({Point(1, (2,)), Point(1, (2,)), Point(2)}) == 2


def test_a_value_shows_its_fields_unless_it_shows_itself():
    assert repr(Point(1, (2,))) == "Point(x=1, y=(2,))"
    assert repr(Place(name="Skerry", note="an island")) == "Place(name='Skerry')"
    assert repr(Named(name="Skerry")) == "<Skerry>"


@pytest.mark.parametrize(
    "value", [Place(name="Skerry", note="an island"), Point(1), Named(name="")]
)
def test_a_copy_has_every_field(value):
    for other in (pickle.loads(pickle.dumps(value)), copy.copy(value), replace(value)):
        assert asdict(other) == asdict(value)


def test_it_is_a_dataclass_with_slots_and_keywords():
    assert [one.name for one in fields(Point)] == ["x", "y"]
    with pytest.raises(TypeError):
        Place("Skerry")  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Point(1).z = 2  # type: ignore[attr-defined]
