"""Inputs that have done harm somewhere, by group: one JSON string on each line of a .txt file here.

To add one, add a line. Lines that begin with # say what those below are about.
"""

import json
from pathlib import Path


def vectors(group):
    """All inputs of a group, in the order of the file."""
    text = (Path(__file__).parent / f"{group}.txt").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line and not line.startswith("#")]


def count():
    """How many there are in all."""
    return sum(len(vectors(path.stem)) for path in Path(__file__).parent.glob("*.txt"))
