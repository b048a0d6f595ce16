"""A file of the site is replaced whole: whoever reads it meanwhile sees the old or the new one."""

from __future__ import annotations

import secrets
from pathlib import Path


def replace_text(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Put a text in the place of a file's. Raises OSError, and leaves the file as it was.

    Two who do so at once do not write into one another's.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        part.touch(mode=mode, exist_ok=False)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
