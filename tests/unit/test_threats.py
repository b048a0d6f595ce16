"""docs/security.md names every row of the threat table, and tests that stand for it."""

import ast
import re
from pathlib import Path

from tests.conftest import ROWS

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "security.md"
ROW = re.compile(r"\| (\d+) \| .+ \| .+ \| (.+) \|")


def rows():
    """The tests that the page names, by row: a file, or one test of it (`file::test`)."""
    found = [ROW.fullmatch(line) for line in PAGE.read_text(encoding="utf-8").splitlines()]
    return {int(one[1]): re.findall(r"`([^`]+)`", one[2]) for one in found if one}


def noticed():
    """Each row with the names of the tests that noticed what was broken of it."""
    text = PAGE.read_text(encoding="utf-8").partition("## Broken by hand")[2].partition("\n## ")[0]
    for row, names in re.findall(r"^\| (\d+) \| .+ \| (.+) \|$", text, re.MULTILINE):
        yield int(row), re.findall(r"`([^`]+)`", names)


def stands_for(path):
    """Every test of a file with the rows that it stands for, by its own marks or the file's."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    for_all = set()
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            for_all = rows_in(node.value)
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    return {
        one.name: for_all.union(*(rows_in(mark) for mark in one.decorator_list))
        for one in functions
    }


def rows_in(tree):
    """The rows that the marks in a piece of a file of tests name."""
    calls = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "threat"
    )
    return {argument.value for call in calls for argument in call.args}


def test_the_page_has_every_row():
    assert sorted(rows()) == list(range(1, ROWS + 1))


def test_the_page_names_all_files_whose_tests_bear_a_row_and_no_others():
    bear = {
        (row, path.relative_to(TESTS).as_posix())
        for path in TESTS.rglob("test_*.py")
        for row in rows_in(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {
        (row, name.partition("::")[0]) for row, names in rows().items() for name in names
    } == bear


def test_what_was_broken_by_hand_was_noticed_by_tests_that_still_stand_for_the_row():
    named = {}
    for path in TESTS.rglob("test_*.py"):
        for name, stands in stands_for(path).items():
            for row in stands:
                named.setdefault(row, set()).add(name)
    broken = {row: set(names) for row, names in noticed()}
    assert sorted(broken) == list(range(1, ROWS + 1))
    assert {row: names - named[row] for row, names in broken.items() if names - named[row]} == {}


def test_each_row_names_a_test_and_each_that_is_named_stands_for_its_row():
    for row, names in rows().items():
        single = [name.split("::") for name in names if "::" in name]
        assert single, row
        for path, name in single:
            assert row in stands_for(TESTS / path).get(name, ()), f"{path}::{name} has no {row}"
