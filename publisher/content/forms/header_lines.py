"""`Key: value` lines at the top of a Markdown article, without a fence, as Pelican reads them."""

from __future__ import annotations

import re

from publisher.content.forms.matter import Field, Split
from publisher.content.text.characters import squeeze

_LINE = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,40}):(?:[ \t]+(.*))?")
_KNOWN = frozenset({
    "date", "modified", "category", "tags", "slug", "author", "authors", "summary", "status",
    "lang",
})  # fmt: skip
_LISTS = frozenset({"tags", "authors", "author"})
_MOST = 60


def split_headers(text: str) -> Split | None:
    """Take such lines off; None if the text does not open with a title and one more of them.

    So an article that happens to open with "Note: ..." keeps its first paragraph.
    """
    if not text[:1].isalpha():  # as with a fence, or most first lines of Markdown
        return None
    fields: dict[str, Field] = {}
    last: Field | None = None
    number = 0
    lines = text.split("\n", _MOST + 1)
    for number, line in enumerate(lines[:_MOST], 1):
        match = _LINE.fullmatch(line.rstrip())
        if match:
            last = Field(squeeze(match[2] or ""), number, number)
            if match[1].lower() in fields:
                return None
            fields[match[1].lower()] = last
        elif line[:4].strip() == "" and line.strip() and last is not None:
            last.value = squeeze(f"{last.value} {line}")
        else:
            break
    if "title" not in fields or not (_KNOWN & set(fields)) or lines[number - 1].strip():
        return None
    for key in _LISTS & set(fields):
        field = fields[key]
        parts = str(field.value).split(";" if ";" in str(field.value) else ",")
        field.value = [Field(one.strip(), field.line, field.line) for one in parts if one.strip()]
    body = "\n".join(lines[number:])
    return Split(fields, body, number + 1)
