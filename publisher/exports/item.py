"""An article that another program gives away, and the file that it becomes here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from publisher.content import slugify
from publisher.valueclass import valueclass

# An address like https://paper.example/?p=12 says nothing of where a page stands.
_ORDER = (
    "title", "id", "slug", "date", "updated", "url", "section", "tags", "authors", "summary",
    "language", "image", "draft",
)  # fmt: skip


class Folder(Protocol):
    """What an export is made of, by paths with forward slashes."""

    def names(self) -> Sequence[str]:
        """Every file in it, sorted."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of one; ArticleError if it can't be read."""
        ...


@dataclass(slots=True)
class Item:
    """One article. `front` is front matter in our keys, plain values; empty ones are left out.

    `path` is where it should stand below the folder of the import, `place` where it was found.
    `files` are files that go beside it, by the name that its text calls them by. `lost` says what
    could not be carried over: the same words for the same thing, so that they can be counted.
    `own_id` tells it from all others of that program where it has no id that is a URI.
    """

    place: str
    path: str
    front: dict[str, Any]
    body: str
    files: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    own_id: str = ""


@valueclass(kw_only=False)
class Trouble:
    """What could not be read, and where."""

    what: str
    mend: str = ""
    place: str = ""
    line: int | None = None


@valueclass(kw_only=False)
class Passed:
    """What an export holds that is no article: counted, and named by its kind."""

    what: str


Found = Item | Trouble | Passed
Finds = Iterator[Found]


def compose(front: Mapping[str, Any], body: str) -> bytes:
    """The file of an article: its front matter and its text.

    Values are written as JSON, which YAML takes as it is, so that no text in them can be read as
    anything else.
    """
    keys = [*(key for key in _ORDER if key in front), *(key for key in front if key not in _ORDER)]
    lines = [f"{key}: {_yaml(front[key])}" for key in keys if front[key]]
    return "\n".join(["---", *lines, "---", "", body.strip("\n"), ""]).encode("utf-8", "replace")


def _yaml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = json.dumps(value, ensure_ascii=False)
    # Line ends to YAML, or not allowed in it (YAML 1.2 section 5.1); to JSON plain characters.
    return "".join(
        c if c.isprintable() or ord(c) > 0xFFFF else f"\\u{ord(c):04x}" for c in text
    )  # fmt: skip


def place_of(day: str, slug: str, extension: str) -> str:
    """Where an article stands that brings no path of its own: by the year, under its slug."""
    year = day[:4] if day[:4].isdigit() else "undated"
    return f"{year}/{slugify(slug)}.{extension}"
