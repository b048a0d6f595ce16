"""Writes sbom.cdx.json: what run.txt locks, as CycloneDX 1.6 has it, for the wheel (PEP 770).

The same lock file gives the same bytes: it has no time and no serial number. The hashes of run.txt
are left out, for they are those of many archives of one package.
"""

import json
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
SBOM = HERE / "sbom.cdx.json"
_LOCKED = re.compile(r"^([\w.-]+)==([^\s;\\]+)(?: *; *(.+?))? *\\?$", re.MULTILINE)
_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)


def make() -> str:
    """The text of the file."""
    (version,) = _VERSION.findall((HERE.parent / "publisher/__init__.py").read_text("utf-8"))
    packages = _LOCKED.findall((HERE / "run.txt").read_text("utf-8"))
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component("application", "publisher", version)},
        "components": [_component("library", *package) for package in packages],
    }
    return json.dumps(bill, indent=1) + "\n"


def _component(kind: str, name: str, version: str, marker: str = "") -> dict[str, object]:
    where = f"pkg:pypi/{name}@{version}"
    found: dict[str, object] = {
        "type": kind, "bom-ref": where, "name": name, "version": version, "purl": where,
    }  # fmt: skip
    if marker:  # where it is installed at all (PEP 508)
        found["properties"] = [{"name": "python:marker", "value": marker}]
    return found


if __name__ == "__main__":
    SBOM.write_text(make(), encoding="utf-8")
