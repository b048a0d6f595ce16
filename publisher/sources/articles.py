"""Find the articles in a folder: each as its bytes, or as the problem that kept it from us."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from publisher.content.media import ARTICLES, PUBLISHABLE
from publisher.errors import ArticleError, UsageError
from publisher.model import Article
from publisher.sources.files import file_stamp, read_regular, settled_before

# Stands beside articles and is none; some of it may be published with one, some may not.
_BESIDE = frozenset(PUBLISHABLE) | {
    *("svg", "bmp", "tif", "tiff", "heic", "ico", "webm", "mov", "ogv"),
    *("opus", "oga", "wav", "flac", "aac"),
}
# Notes to oneself, what editors keep while one types, what desktops leave in folders.
_PRIVATE = re.compile(r"[._].*|.*~|.*\.sw[a-z]|#.*#|Thumbs\.db|desktop\.ini", re.DOTALL)
# What would break a line of the log, or show another name than the one that is there.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_FORMS = ", ".join(f".{form}" for form in sorted(ARTICLES))
_LEAVE_OUT = "or begin its name with _ to leave it out"
_MEND = {
    errno.EFBIG: "split it, or raise max_megabytes under [articles] in publisher.toml",
    errno.ELOOP: f"put the file itself here, {_LEAVE_OUT}",
    errno.EISDIR: f"move it away, {_LEAVE_OUT}",
    errno.EACCES: "let the user who runs publisher read it",
    errno.EPERM: "let the user who runs publisher read it",
    errno.ENOENT: "it went away just now; run again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One file among the articles: what it holds, or why it can't be read.

    `path` is below the articles folder, with forward slashes; the problem has the same. A folder
    that can't be looked into is a problem whose path ends with a slash. `stamp` tells the next
    look whether the file is still the same, or is empty if only reading it can tell. Without
    article and problem it is a file that has still the stamp it had, and was not opened.
    """

    path: str
    stamp: str = ""
    article: Article | None = None
    problem: ArticleError | None = None


def find_articles(
    folder: Path, *, max_bytes: int, stamps: Mapping[str, str] | None = None
) -> Iterator[Found]:
    """Every article below `folder`, by path; read one by one, as they are asked for.

    Files that have still the stamp that `stamps` says are not opened.

    Hidden files, names that begin with _, editors' backups and media are passed over in silence;
    anything else that is no article is a problem, and the others go on. Raises UsageError at
    once if the folder itself can't be read.
    """
    try:
        os.scandir(folder).close()
    except OSError as err:
        raise UsageError(
            f"the folder of articles can't be read: {err.strerror}",
            path=str(folder),
            mend="make it, or name another as folder under [articles] in publisher.toml",
        ) from err
    return _read_all(folder, max_bytes, stamps or {})


def _read_all(folder: Path, max_bytes: int, stamps: Mapping[str, str]) -> Iterator[Found]:
    settled = settled_before()
    for path, problem, status in sorted(_walk(folder), key=lambda found: found[0]):
        if problem is None:
            small = status is not None and status.st_size <= max_bytes
            stamp = file_stamp(status, settled) if status and small else ""
            if stamp and stamps.get(path) == stamp:
                yield Found(path=path, stamp=stamp)
            else:
                yield _read(folder, path, max_bytes, stamp)
        else:
            shown = _printable(path)
            yield Found(path=shown, problem=ArticleError(problem[0], mend=problem[1], path=shown))


def _read(folder: Path, path: str, max_bytes: int, stamp: str) -> Found:
    try:
        data = read_regular(folder, path, max_bytes)
    except OSError as err:
        what, mend = _refusal(err)
        return Found(path=path, problem=ArticleError(what, mend=mend, path=path))
    return Found(path=path, article=Article(path=path, data=data), stamp=stamp)


def _refusal(err: OSError) -> tuple[str, str]:
    """What is wrong with a file, and how to mend it."""
    return f"can't be read: {err.strerror}", _MEND.get(err.errno or 0, "see to that disk")


def _walk(root: Path) -> Iterator[tuple[str, tuple[str, str] | None, os.stat_result | None]]:
    """Every path that may be an article's, what is wrong with it, its status; in no order."""
    folders = [""]
    while folders:
        prefix = folders.pop()
        try:
            with os.scandir(root / prefix) as entries:
                names = [(entry.name, _kind(entry), entry) for entry in entries]
        except OSError as err:
            yield prefix, _refusal(err), None
            continue
        for name, kind, entry in names:
            if _PRIVATE.fullmatch(name) or (kind != "folder" and _extension(name) in _BESIDE):
                continue
            problem = _name_problem(name, kind)
            if kind == "folder" and problem is None:
                folders.append(f"{prefix}{name}/")
            else:
                yield prefix + name, problem, None if problem else _status(entry)


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError:
        return None  # it went away just now; reading it will say so


def _kind(entry: os.DirEntry[str]) -> Literal["folder", "link", "file"]:
    if entry.is_symlink():
        return "link"
    return "folder" if entry.is_dir(follow_symlinks=False) else "file"


def _name_problem(name: str, kind: str) -> tuple[str, str] | None:
    """What is wrong with it that can be told by its name alone."""
    if _UNPRINTABLE.search(name):
        return "its name has characters that can't be printed", "give it another name"
    if kind == "folder" and _extension(name) in ARTICLES:
        return "it is a folder, named like an article", "give it a name without such an ending"
    if kind == "file" and _extension(name) not in ARTICLES:
        return f"it is no article: those end in {_FORMS}", f"give it such an ending, {_LEAVE_OUT}"
    return None


def _extension(name: str) -> str:
    # Not that of an address, where # and ? would end it.
    if name.lower().endswith(".chapters.json"):
        return "chapters.json"
    return name.rpartition(".")[2].lower() if "." in name else ""


def _printable(path: str) -> str:
    """The path with whatever can't be printed as an escape."""
    path = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return _UNPRINTABLE.sub(lambda one: one[0].encode("unicode_escape").decode(), path)
