"""A file of the site is replaced whole: whoever reads it meanwhile sees the old or the new one."""

from __future__ import annotations

import os
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Put a text in the place of a file's. Raises OSError, and leaves the file as it was."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)  # noqa: PTH105 - says that it replaces
