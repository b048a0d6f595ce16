"""What the documents show: their blocks, and a configuration with what they say to write into it."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
CONFIG = """\
[publication]
title = "The Paper"
url = "https://paper.example/"
email = "post@paper.example"

[mail]
from = "The Paper <news@paper.example>"
transport = "outbox"

[web]

[newsletters.daily]
title = "The Paper daily"
schedule = "daily at 07:00"
first = "at once"
"""
_FENCE = re.compile(
    r"(?:<!-- not run: ([^>]*) -->\n+)?^( *)```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE
)


class Block(NamedTuple):
    """A fenced block: its language, its text, and why it is not run, if it says so."""

    language: str
    text: str
    why: str


def blocks(page):
    """Those of a page, in order."""
    return [
        Block(language, re.sub(f"^{indent}", "", text, flags=re.MULTILINE), why)
        for why, indent, language, text in _FENCE.findall(page.read_text(encoding="utf-8"))
    ]


def is_vocabulary(example):
    """Whether it stands in tags.toml and not in publisher.toml."""
    return re.search(r"^blocked|^\[tags\.", example, re.MULTILINE) is not None


def add_to(config, example):
    """A configuration with what a page says to write into it, table by table."""
    for table in re.split(r"^(?=\[)", example, flags=re.MULTILINE):
        head, _, lines = table.partition("\n")
        head = head.partition("#")[0].strip()
        if not head:
            continue
        before, found, after = config.partition(f"\n{head}\n")
        if head.startswith("[[") or not found:
            config += f"\n{table}"
            continue
        told = re.findall(r"^(\w+) =", lines, re.MULTILINE)
        own, begins, rest = after.partition("\n[")
        kept = [line for line in own.splitlines() if line.partition(" =")[0] not in told]
        config = before + found + "\n".join([*kept, lines]) + begins + rest
    return config
