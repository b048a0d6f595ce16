"""Files beside articles that are published with them."""

from __future__ import annotations

from pathlib import Path

from publisher.errors import ArticleError
from publisher.sources.files import file_stamp, open_regular, settled_before


def asset_stamp(file: Path) -> str:
    """Another one when the file's content is; "" if only reading it can tell."""
    return file_stamp(file.stat(), settled_before())


def open_asset(folder: Path, source: str) -> Path:
    """The file that an article names, checked: regular, readable, inside `folder`, no link.

    `source` is its path below the articles folder. Raises ArticleError with that path.
    """
    try:
        with open_regular(folder, source):
            return folder / source
    except OSError as err:
        raise ArticleError(
            f"{source!r} can't be published with it: {err.strerror}",
            path=source,
            mend="put the file itself there, readable, or take its mention out of the article",
        ) from err
