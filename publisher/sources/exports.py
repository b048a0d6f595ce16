"""Open what another program exported: a file, a folder, or a zip archive, within limits."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from publisher.errors import ArticleError, UsageError
from publisher.sources.files import read_regular

_MOST_FILES = 200_000
_MOST_BYTES = 64 * 1024 * 1024  # of one file in a folder or an archive
_SKIPPED = frozenset({".git", "node_modules", "__pycache__", ".svn", ".hg", "__MACOSX"})


class DiskFolder:
    """A folder on the disk; no link in it is followed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> Sequence[str]:
        """Every regular file, sorted."""
        found: list[str] = []
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(one for one in folders if one not in _SKIPPED)
            here = Path(folder).relative_to(self._root).as_posix()
            prefix = "" if here == "." else f"{here}/"
            found += [prefix + name for name in files]
            if len(found) > _MOST_FILES:
                raise UsageError(f"more than {_MOST_FILES:,} files are in it", path=str(self._root),
                                 mend="name the folder of the site itself")  # fmt: skip
        return sorted(found)

    def read(self, name: str) -> bytes:
        """The bytes of a file; ArticleError if it can't be read."""
        try:
            return read_regular(self._root, name, _MOST_BYTES)
        except OSError as err:
            raise ArticleError(f"can't be read: {err.strerror}", path=name,
                               mend="put the file itself there, readable") from err  # fmt: skip


class ZipFolder:
    """A zip archive. What it says of sizes is not believed: a few bytes may fill a disk."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def names(self) -> Sequence[str]:
        """Every file in it, sorted; what would lie outside is left out."""
        infos = self._archive.infolist()
        if len(infos) > _MOST_FILES:
            raise UsageError(f"more than {_MOST_FILES:,} files are in the archive",
                             mend="unpack what you need of it")  # fmt: skip
        return sorted(
            info.filename
            for info in infos
            if not info.is_dir()
            and not info.filename.startswith(("/", "__MACOSX/"))
            and ".." not in info.filename.split("/")
        )

    def read(self, name: str) -> bytes:
        """The bytes of a file; ArticleError if it is damaged, locked or too large."""
        try:
            with self._archive.open(name) as file:
                data = file.read(_MOST_BYTES + 1)
        except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, KeyError,
                NotImplementedError, ValueError) as err:  # fmt: skip
            raise ArticleError(f"can't be unpacked: {err}", path=name, mend="export again") from err
        except Exception as err:  # zlib.error, lzma.LZMAError: each packer has its own
            raise ArticleError(f"can't be unpacked: {err}", path=name, mend="export again") from err
        if len(data) > _MOST_BYTES:
            raise ArticleError(f"has more than {_MOST_BYTES // 2**20} MiB unpacked", path=name,
                               mend="leave it out")  # fmt: skip
        return data


Opened = DiskFolder | ZipFolder | BinaryIO


@contextmanager
def open_export(path: Path) -> Iterator[Opened]:
    """What lies at a path; UsageError if there is nothing that can be opened."""
    if path.is_dir():
        yield DiskFolder(path)
        return
    try:
        with path.open("rb") as file:
            if not path.is_file():
                raise UsageError("it is neither a file nor a folder", path=str(path))
            if file.read(4) == b"PK\x03\x04":
                with _zip(file, str(path)) as archive:
                    yield ZipFolder(archive)
                return
            file.seek(0)
            yield file
    except OSError as err:
        if err.errno not in {errno.ENOENT, errno.EACCES, errno.EISDIR, errno.EPERM, errno.ENXIO}:
            raise
        raise UsageError(f"can't be read: {err.strerror}", path=str(path),
                         mend="give a file or a folder that is there") from err  # fmt: skip


@contextmanager
def open_fetched(data: bytes, url: str) -> Iterator[Opened]:
    """The same for what came from `url`."""
    file = io.BytesIO(data)
    if not data.startswith(b"PK\x03\x04"):
        yield file
        return
    with _zip(file, url) as archive:
        yield ZipFolder(archive)


@contextmanager
def _zip(file: BinaryIO, place: str) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError) as err:
        raise ArticleError(
            f"the archive is damaged: {err}", path=place, mend="export again"
        ) from err
    with archive:
        yield archive
