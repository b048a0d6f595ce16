"""Write what readers are served, so that nobody ever sees half of a file.

A new file is written beside the old one under a name of our own, brought to the disk, and only
then takes the old one's place: whoever reads at that moment, and whatever fails, the file is the
old one or the new one, whole. Folders are walked with their descriptors and links are refused,
so that nothing is written outside the output folder.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from publisher.disk import can_sync_disks, sync_disks, sync_file
from publisher.errors import ArticleError, OutputError

# Known by its name, so that the next run can remove what a killed one left.
_TEMPORARY = re.compile(r"\.publisher-[0-9a-f]{16}\.tmp")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CHUNK = 1 << 20
_MANY = 40  # files: fewer are on the disk before all that others have written there is

_MEND = {
    errno.ENOSPC: "free some space on that disk, then run again",
    errno.EDQUOT: "raise this user's quota or remove files, then run again",
    errno.EROFS: "mount that disk for writing, or choose another folder",
    errno.EACCES: "give this user the right to write there",
    errno.EPERM: "give this user the right to write there",
    errno.ENOTDIR: "a file or a link stands where a folder has to be; move it away",
    errno.EEXIST: "a file or a link stands where a folder has to be; move it away",
    errno.EISDIR: "move it away",
    errno.ELOOP: "a link stands in its place, and we write through none; move it away",
    errno.ENAMETOOLONG: "its name is too long for that disk; choose a shorter one",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "this machine has too many files open",
}


class Output:
    """The folder that readers are served from; one process writes at a time.

    Paths are relative to it, with forward slashes. Every method raises OutputError for what the
    operator can mend, and the file concerned is then what it was.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._cleaned = False

    def replace(self, path: str, data: bytes) -> bool:
        """Make the file hold `data`; whether that changed anything.

        It is on the disk when this returns. Folders on the way are made, the mode is 0644.
        """
        return self._put(path, len(data), lambda: [data])

    def replace_all(self, files: Iterable[tuple[str, bytes]], count: int) -> set[str]:
        """Make each of the files hold these bytes; the paths of those that this changed.

        As `replace` does it with each, but they wait for the disk together, which takes hardly
        longer than one: all are written, then all brought to the disk, then each takes its place.
        They are asked for one by one; `count` says how many there are, about.
        """
        many = count >= _MANY
        if count < 2 or (many and not can_sync_disks()):
            return {path for path, data in files if self.replace(path, data)}
        with ExitStack() as stack:
            folders: dict[tuple[str, ...], int] = {}
            waiting: list[tuple[str, int, str, str]] = []
            try:
                for path, data in files:
                    *names, name = self._parts(path)
                    with self._mending("written", path):
                        folder = folders.get((*names,))
                        if folder is None:
                            opened = self._folder(names, make=True, sync=not many)
                            folder = stack.enter_context(opened)
                            folders[*names,] = folder
                        if not _holds(folder, name, len(data), [data]):
                            self.clean()
                            temporary = _write_beside(folder, [data])
                            waiting.append((path, folder, name, temporary))
                self._bring_home(waiting, many=many)
            except BaseException:
                for _, folder, _, temporary in waiting:
                    with suppress(OSError):
                        os.unlink(temporary, dir_fd=folder)
                raise
        return {path for path, *_ in waiting}

    def _bring_home(self, waiting: Sequence[tuple[str, int, str, str]], *, many: bool) -> None:
        """What is written beside (path, folder, name, temporary name) takes its place.

        Few are waited for by themselves: the first brings the journal to the disk for all of
        them, and what others have just written there may be gigabytes.
        """
        folders = {folder for _, folder, _, _ in waiting}
        with self._mending("written", ""):
            # Before any name moves, else a power cut leaves empty files.
            if many:
                sync_disks(folders)
            else:
                for _, folder, _, temporary in waiting:
                    sync_file(temporary, folder)
        for path, folder, name, temporary in waiting:
            with self._mending("written", path):
                os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        with self._mending("written", ""):
            if many:
                sync_disks(folders)
            else:
                for folder in folders:
                    os.fsync(folder)

    def copy(self, path: str, source: Path) -> bool:
        """Make the file hold what `source` holds; whether that changed anything.

        `source` has to be a regular file; ArticleError if it can't be read.
        """
        with _reading(source) as file:
            return self._put(path, os.fstat(file).st_size, lambda: _chunks(file, source))

    def remove(self, path: str) -> bool:
        """Remove the file, and the folders that it leaves empty; whether it was there."""
        *folders, name = self._parts(path)
        with self._mending("removed", path):
            try:
                with self._folder(folders) as folder:
                    _check_kind(folder, name)
                    self.clean()
                    os.unlink(name, dir_fd=folder)
                    os.fsync(folder)
            except FileNotFoundError:
                return False
            self._remove_empty(folders)
        return True

    def files(self) -> set[str]:
        """The paths of all files that are there now; links are none."""
        return set(self.stamps())

    def read(self, path: str, stamp: str) -> bytes | None:
        """What the file holds, if it is there and has this stamp still."""
        *folders, name = self._parts(path)
        try:
            with self._folder(folders) as folder:
                file = os.open(name, _READ, dir_fd=folder)
                with os.fdopen(file, "rb") as reader:
                    return reader.read() if _stamp(os.fstat(file)) == stamp else None
        except OSError:
            return None

    def stamps(self) -> dict[str, str]:
        """The same with what stat says of each: another stamp, and somebody was at the file."""
        with self._mending("listed", ""):
            found: dict[str, str] = {}
            _walk(str(self._root), "", found)
            return found

    def stamp(self, path: str) -> str:
        """What `stamps` would say of one file; empty if it is not there."""
        try:
            return _stamp(os.lstat(f"{self._root}/{path}"))  # a Path for each takes twice as long
        except OSError:
            return ""

    def _put(self, path: str, size: int, chunks: Callable[[], Iterable[bytes]]) -> bool:
        *folders, name = self._parts(path)
        with self._mending("written", path), self._folder(folders, make=True) as folder:
            if _holds(folder, name, size, chunks()):
                return False
            self.clean()
            _write(folder, name, chunks())
        return True

    def _parts(self, path: str) -> list[str]:
        """The names on the way; OutputError unless the path stays below the root."""
        parts = path.split("/")
        if (
            not all(parts)
            or {".", ".."}.intersection(parts)
            or re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", path)
            or _TEMPORARY.fullmatch(parts[-1])
        ):
            raise OutputError(
                f"{path!a} is no path below {self._root}",
                mend="name a file by its folders and name, such as tags/china/rss.xml",
            )
        return parts

    @contextmanager
    def _folder(self, names: list[str], *, make: bool = False, sync: bool = True) -> Iterator[int]:
        """A descriptor of the folder, reached from the root without following a link.

        One that is made on the way is on the disk then, if `sync`.
        """
        if make:
            self._root.mkdir(parents=True, exist_ok=True)
        folder = os.open(self._root, _FOLDER)
        try:
            for name in names:
                child = _enter(folder, name, make=make, sync=sync)
                os.close(folder)
                folder = child
            yield folder
        finally:
            os.close(folder)

    def _remove_empty(self, folders: list[str]) -> None:
        for depth in range(len(folders) - 1, -1, -1):
            with self._folder(folders[:depth]) as parent:
                try:
                    os.rmdir(folders[depth], dir_fd=parent)
                except OSError:
                    return
                os.fsync(parent)

    def clean(self) -> None:
        """Remove what a killed run left; once, and only by a run that changes something.

        Where several processes are to write, before there are any: one can't tell another's files.
        """
        if self._cleaned:
            return
        self._cleaned = True
        with suppress(FileNotFoundError):  # there is no folder yet
            for _, _, names, folder in os.fwalk(self._root):
                for name in filter(_TEMPORARY.fullmatch, names):
                    with suppress(OSError):
                        os.unlink(name, dir_fd=folder)

    @contextmanager
    def _mending(self, what: str, path: str) -> Iterator[None]:
        """Turn what the system refuses into what the operator can do about it."""
        try:
            yield
        except OSError as err:
            raise OutputError(
                f"can't be {what}: {err.strerror}",
                mend=_MEND.get(err.errno or 0, "see to that disk, then run again"),
                path=str(self._root / path),
            ) from err


def _enter(folder: int, name: str, *, make: bool, sync: bool) -> int:
    try:
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except FileNotFoundError:
        if not make:
            raise
    with suppress(FileExistsError):  # another thread was quicker
        os.mkdir(name, 0o755, dir_fd=folder)
    if sync:
        os.fsync(folder)
    child = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    # Cron often runs with umask 077, and the web server is somebody else.
    os.fchmod(child, stat.S_IMODE(os.fstat(child).st_mode) | 0o755)
    return child


def _check_kind(folder: int, name: str) -> os.stat_result:
    """Its status if it is a regular file; OSError if it is not there or anything else."""
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, "it is a link")
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EISDIR, "something that is no file stands in its place")
    return found


def _holds(folder: int, name: str, size: int, chunks: Iterable[bytes]) -> bool:
    """Whether the file is there and holds just these bytes."""
    try:
        if _check_kind(folder, name).st_size != size:
            return False
        with os.fdopen(os.open(name, _READ, dir_fd=folder), "rb") as file:
            return all(file.read(len(chunk)) == chunk for chunk in chunks) and not file.read(1)
    except (FileNotFoundError, PermissionError):
        return False  # one that we may not read we may still replace


def _write(folder: int, name: str, chunks: Iterable[bytes]) -> None:
    # On the disk before the name moves, else a power cut leaves an empty file.
    temporary = _write_beside(folder, chunks, sync=True)
    try:
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise
    os.fsync(folder)


def _write_beside(folder: int, chunks: Iterable[bytes], *, sync: bool = False) -> str:
    """Write a file under a name of our own, which is returned; nothing is left if that fails."""
    temporary = f".publisher-{secrets.token_hex(8)}.tmp"
    file = os.open(temporary, _CREATE, 0o644, dir_fd=folder)
    try:
        try:
            for chunk in chunks:
                _write_all(file, chunk)
            os.fchmod(file, 0o644)  # whatever the umask
            if sync:
                os.fsync(file)
        finally:
            os.close(file)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise
    return temporary


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}"


def _walk(folder: str, prefix: str, found: dict[str, str]) -> None:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            _walk(entry.path, f"{prefix}{name}/", found)
        elif entry.is_file(follow_symlinks=False) and not _is_temporary(name):
            try:
                found[prefix + name] = _stamp(entry.stat(follow_symlinks=False))
            except FileNotFoundError:
                continue  # it went away just now


def _is_temporary(name: str) -> bool:
    return name.startswith(".") and _TEMPORARY.fullmatch(name) is not None


@contextmanager
def _reading(source: Path) -> Iterator[int]:
    """A descriptor of a regular file; never waits, whatever else stands there."""
    try:
        file = os.open(source, _READ)
    except OSError as err:
        raise _unreadable(source, err.strerror) from err
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise _unreadable(source, "it is no regular file")
        yield file
    finally:
        os.close(file)


def _chunks(file: int, source: Path) -> Iterator[bytes]:
    offset = 0
    try:
        while chunk := os.pread(file, _CHUNK, offset):
            yield chunk
            offset += len(chunk)
    except OSError as err:
        raise _unreadable(source, err.strerror) from err


def _unreadable(source: Path, reason: str | None) -> ArticleError:
    return ArticleError(
        f"can't be copied: {reason}",
        path=str(source),
        mend="put a readable file there, or take its mention out of the article",
    )
