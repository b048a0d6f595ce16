"""Templates: those that come with the program, and over them those of the site."""

from __future__ import annotations

import os
from pathlib import Path

from publisher.errors import TemplateError
from publisher.model import Restyled, Shipped
from publisher.sources.files import read_regular

_TEXTS = frozenset({".mjml", ".txt", ".html", ".css", ".xml"})
_MAX_BYTES = 1 << 20


def load_templates(site: Path) -> Restyled | Shipped:
    """Every template by its path below templates/ ("pages/index.html").

    A file in the site's templates folder takes the place of the shipped one at the same path;
    a site needs to keep only what differs. Only texts count (.mjml .txt .html .css .xml).
    Where one differs, the whole is `Restyled`, else it is `Shipped`. Raises TemplateError for one
    that can't be read.
    """
    shipped, theirs = _read_folder(_shipped()), _read_folder(site / "templates")
    own = frozenset(name for name, text in theirs.items() if shipped.get(name) != text)
    return Restyled(shipped | theirs, own) if own else Shipped(shipped)


def _shipped() -> Path:
    """The templates folder in the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    for folder in (package / "templates", package.parent / "templates"):
        if folder.is_dir():
            return folder
    raise TemplateError(
        "the templates that come with publisher are missing",
        path=str(package / "templates"),
        mend="install publisher again",
    )


def _read_folder(folder: Path) -> dict[str, str]:
    """All templates in a folder; none if it is not there."""
    return {path: _read(folder, path) for path in sorted(_find(folder))}


def _find(folder: Path) -> list[str]:
    if not os.path.lexists(folder):
        return []

    def refuse(err: OSError) -> None:
        raise _unreadable(str(err.filename), err) from err

    found = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        # A linked folder is not walked: named like a file, it is refused like a linked file.
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            (Path(place) / name).relative_to(folder).as_posix()
            for name in [*names, *links]
            if (Path(name).suffix in _TEXTS or name in links) and not name.startswith(".")
        ]
    return found


def _read(folder: Path, path: str) -> str:
    try:
        data = read_regular(folder, path, _MAX_BYTES)
    except OSError as err:
        raise _unreadable(str(folder / path), err) from err
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise TemplateError(
            "is not UTF-8",
            path=str(folder / path),
            line=data.count(b"\n", 0, err.start) + 1,
            mend="save it as UTF-8",
        ) from None


def _unreadable(path: str, err: OSError) -> TemplateError:
    return TemplateError(
        f"can't be read: {err.strerror}",
        path=path,
        mend="put a readable file there, or remove it to get the one that comes with publisher",
    )
