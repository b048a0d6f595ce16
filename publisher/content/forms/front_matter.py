"""Front matter: a small, safe reading of the YAML between two `---` lines at the top.

Everything is text: `no`, `12:30` and `0123` stay what the editor typed. Aliases, anchors, type
tags, double keys, deep nesting and large blocks are refused, each with its line, because a YAML
loader turns them into surprises (threats: alias bombs, silent last-one-wins).
"""

from __future__ import annotations

import re

from publisher.content.forms.matter import LARGEST, Field, Split
from publisher.content.forms.plain_matter import read_plain
from publisher.errors import ArticleError

_FENCE = re.compile(r"---[ \t]*\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)


def split_front_matter(text: str, path: str) -> Split:
    """Take the front matter off an article; without any, `fields` is empty.

    Raises ArticleError with a line for front matter that can't be understood.
    """
    opening = _FENCE.match(text)
    if opening is None:
        return Split({}, text)
    close = _CLOSE.search(text, opening.end())
    if close is None:
        raise ArticleError(
            "the front matter has no end",
            path=path,
            line=1,
            mend="close it with a line `---`, or take the first line away",
        )
    block = text[opening.end() : close.start()]
    if len(block.encode("utf-8", "surrogatepass")) > LARGEST:
        raise ArticleError(
            f"the front matter is larger than {LARGEST // 1024} KiB",
            path=path,
            line=1,
            mend="move the text below the closing `---`",
        )
    fields = read_plain(block) or _parsed(block, path)
    body = text[close.end() :].removeprefix("\n")
    return Split(fields, body, text.count("\n", 0, close.end()) + 2)


def _parsed(block: str, path: str) -> dict[str, Field]:
    from publisher.content.forms.yaml_matter import read_yaml  # noqa: PLC0415 - seldom needed

    return read_yaml(block, path)
