"""The bill of materials that the wheel carries (tests/wheel.sh looks at it there)."""

import json
import re
import runpy
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"


def test_it_is_that_of_the_lock_file():
    module = runpy.run_path(str(REQUIREMENTS / "sbom.py"))
    assert module["SBOM"].read_text("utf-8") == module["make"](), "make lock"
    locked = re.findall(
        r"^([^\s#]+)==", (REQUIREMENTS / "run.txt").read_text("utf-8"), re.MULTILINE
    )
    assert [one["name"] for one in json.loads(module["make"]())["components"]] == locked


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], 0, "1 packages looked up at pypi: 0 known"),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}],
            1,
            "a 1: CVE-1, mended in 2",
        ),
        ("no route", 75, "NOTHING was compared"),
    ],
)
def test_an_audit_says_what_is_known_or_that_nobody_could_be_asked(told, code, says, capsys):
    main = runpy.run_path(str(REQUIREMENTS / "audit.py"))["main"]
    main.__globals__["ask"] = lambda service: told
    assert main() == code
    assert says in "".join(capsys.readouterr())
