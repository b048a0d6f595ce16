"""Inputs that have done harm somewhere, by group: one JSON string on each line of a .txt file here.

To add one, add a line. Lines that begin with # say what those below are about.
"""

import json
import re
from pathlib import Path


def vectors(group):
    """All inputs of a group, in the order of the file."""
    text = (Path(__file__).parent / f"{group}.txt").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line and not line.startswith("#")]


def count():
    """How many there are in all."""
    return sum(len(vectors(path.stem)) for path in Path(__file__).parent.glob("*.txt"))


def text(name):
    """A file here."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def broken(name):
    """What breaks a file in one way: (what stands there, what takes its place, what is found)."""
    lines = [line for line in text(name).splitlines() if line and not line.startswith("#")]
    return [tuple(json.loads(line)) for line in lines]


def replaced(base, old, new):
    """A base with its one fault; «x*9» in `new` is nine times x."""
    assert old in base, old
    grown = re.sub(r"«(.*?)\*(\d+)»", lambda it: it[1] * int(it[2]), new, flags=re.DOTALL)
    return base.replace(old, grown, 1)


def wire(message):
    """The bytes of a message written with plain line ends; ␊ and ␍ stand for LF and CR alone."""
    data = message.replace("\n", "\r\n").replace("␊", "\n").replace("␍", "\r")
    return data.encode("utf-8", "surrogateescape")
