"""JSON that somebody sent: read within limits, and asked for values of the kind that is wanted."""

from __future__ import annotations

import json
from typing import Any

from publisher.content.text.characters import squeeze
from publisher.errors import ArticleError


def parse_json(text: str, path: str) -> Any:
    """What a JSON text says. Raises ArticleError where it is none, or nested too deep."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ArticleError(
            f"it is no valid JSON: {error.msg}",
            path=path,
            line=error.lineno,
            mend="send for the file again, or mend it there",
        ) from error
    except (RecursionError, ValueError) as error:
        raise ArticleError(
            "its JSON is nested too deep, or has a number too long to be one",
            path=path,
            mend="an article needs less: write to who sent it",
        ) from error


def word(value: Any) -> str:
    """A text on one line; anything else that JSON may hold is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return squeeze(str(value))


def items(value: Any) -> list[Any]:
    """A list, whatever stands there: one thing alone, several, or a mapping of them."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
