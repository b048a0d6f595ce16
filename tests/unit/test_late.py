import re
from importlib import import_module
from pathlib import Path

import pytest

from publisher.late import late_pattern

PACKAGE = Path(__file__).parents[2] / "publisher"


def test_a_late_pattern_is_one_when_it_is_used():
    word = late_pattern(r"(?P<first>[a-z])[a-z]*", re.IGNORECASE)
    assert word.fullmatch("Ferry")["first"] == "F"
    assert word.sub("-", "a ferry") == "- -"
    assert late_pattern(rb"\d+").findall(b"1 and 20") == [b"1", b"20"]
    assert word.groupindex == {"first": 1}


@pytest.mark.parametrize(
    "module",
    [
        str(path.relative_to(PACKAGE.parent).with_suffix("")).replace("/", ".")
        for path in PACKAGE.rglob("*.py")
        if " = late_pattern(" in path.read_text("utf-8")
    ],
)
def test_every_late_pattern_can_be_compiled(module):
    for one in vars(import_module(module)).values():
        if type(one).__name__ == "_Pattern":
            assert one.pattern
