"""What front matter says, in whichever notation: fields with their lines, and the bounds of it."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 64 * 1024
DEEPEST = 20


@dataclass(slots=True)
class Field:
    """A value in front matter, with the line of the file that it stands in."""

    value: str | list[Field] | dict[str, Field]
    line: int
    key_line: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing was written after the key."""
        return not self.value


@dataclass(slots=True)
class Split:
    """An article taken apart: its front matter, the text below, and the line that begins at."""

    fields: dict[str, Field]
    body: str
    body_line: int = 1
