"""docs/security.md names every row of the threat table, and tests that stand for it."""

import ast
import re
from pathlib import Path

from tests.conftest import ROWS

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "security.md"
ROW = re.compile(r"\| (\d+) \| .+ \| .+ \| (.+) \|")


def rows():
    """The files of tests that the page names, by row."""
    found = [ROW.fullmatch(line) for line in PAGE.read_text(encoding="utf-8").splitlines()]
    return {int(one[1]): re.findall(r"`([^`]+)`", one[2]) for one in found if one}


def marked(path):
    """The rows that the marks in a file of tests name."""
    calls = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "threat"
    )
    return {argument.value for call in calls for argument in call.args}


def test_the_page_has_every_row():
    assert sorted(rows()) == list(range(1, ROWS + 1))


def test_the_page_names_all_files_whose_tests_bear_a_row_and_no_others():
    bear = {
        (row, path.relative_to(TESTS).as_posix())
        for path in TESTS.rglob("test_*.py")
        for row in marked(path)
    }
    assert {(row, name) for row, names in rows().items() for name in names} == bear
