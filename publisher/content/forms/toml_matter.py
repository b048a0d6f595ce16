"""Front matter in TOML between two lines `+++`, as Hugo writes it, as the same fields as YAML's."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time
from typing import Any

from publisher.content.forms.matter import DEEPEST, LARGEST, Field, Split
from publisher.content.text.characters import clean
from publisher.errors import ArticleError

OPENS = re.compile(r"\+\+\+[ \t]*\n")
_CLOSE = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_AT_LINE = re.compile(r"\(at line ([0-9]+)")


def split_toml(text: str, path: str) -> Split:
    """Take TOML front matter off an article that opens with `+++`. Raises ArticleError."""
    opening = OPENS.match(text)
    assert opening is not None, "the caller has looked"
    close = _CLOSE.search(text, opening.end())
    if close is None:
        raise _error(path, 1, "has no end", "close it with a line `+++`")
    block = text[opening.end() : close.start()]
    if len(block.encode("utf-8", "surrogatepass")) > LARGEST:
        raise _error(path, 1, f"is larger than {LARGEST // 1024} KiB",
                     "move the text below the closing `+++`")  # fmt: skip
    try:
        values = tomllib.loads(block)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) + 1 if found else 1
        what = str(error).partition(" (at ")[0]
        raise _error(
            path, line, f"is not valid TOML: {what}", "put every text in quotes"
        ) from error
    except (RecursionError, ValueError) as error:
        raise _error(path, 1, "is nested too deep, or has a number too long", "") from error
    fields = {key: _field(value, _line(block, key), path) for key, value in values.items()}
    body = text[close.end() :].removeprefix("\n")
    return Split(fields, body, text.count("\n", 0, close.end()) + 2)


def _field(value: Any, line: int, path: str, depth: int = 0) -> Field:
    if depth > DEEPEST:
        raise _error(path, line, f"is nested deeper than {DEEPEST} levels", "")
    if isinstance(value, dict):
        parts = {key: _field(one, line, path, depth + 1) for key, one in value.items()}
        return Field(parts, line, line)
    if isinstance(value, list):
        return Field([_field(one, line, path, depth + 1) for one in value], line, line)
    return Field(_text(value), line, line)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return clean(str(value)).strip()


def _line(block: str, key: str) -> int:
    """The line of the file that a key stands in; tomllib does not say."""
    found = re.search(rf"^[ \t]*(?:\[+)?[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", block,
                      re.MULTILINE)  # fmt: skip
    return block.count("\n", 0, found.end()) + 2 if found else 1


def _error(path: str, line: int, what: str, mend: str) -> ArticleError:
    return ArticleError(f"the front matter {what}", path=path, line=line, mend=mend)
