"""Find the articles in a folder, and read them: each as its bytes, or as the problem with it."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from publisher.content.markup.media import ARTICLES, PUBLISHABLE
from publisher.errors import ArticleError, UsageError
from publisher.late import late_pattern
from publisher.sources.files import Shelf, file_stamp, settled_before
from publisher.sources.stamps import stamp_lines
from publisher.valueclass import valueclass

if TYPE_CHECKING:
    from publisher.model import Article

# Stands beside articles and is none; some of it may be published with one, some may not.
_BESIDE = frozenset(PUBLISHABLE) | {
    *("svg", "bmp", "tif", "tiff", "heic", "ico", "webm", "mov", "ogv"),
    *("opus", "oga", "wav", "flac", "aac"),
}
# Notes to oneself, what editors keep while one types, what desktops leave in folders.
_PRIVATE = late_pattern(r"[._].*|.*~|.*\.sw[a-z]|#.*#|Thumbs\.db|desktop\.ini", re.DOTALL)
# What would break a line of the log, or show another name than the one that is there.
_UNPRINTABLE = late_pattern(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

# What nearly every article is called: nothing in it needs a second look.
_PLAIN = re.compile(rf"[A-Za-z0-9][A-Za-z0-9 ._-]*\.(?:{'|'.join(sorted(ARTICLES))})")

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


@valueclass
class Look:
    """What a folder of articles holds, told without opening a file.

    `lines` has each article's path below the folder, with forward slashes, a tab and a stamp;
    they are sorted. The same stamp, the same content; it is empty if only reading can tell.
    `beside` has the same of what lies beside articles. A problem names what can't be read; its
    path ends with a slash if it is a folder that can't be looked into.
    """

    lines: list[str]
    beside: list[str]
    problems: list[ArticleError]

    def digest(self) -> str:
        """Another one whenever anything in the folder is; "" where it can't be told by looking."""
        said = "\n".join([*self.lines, "", *self.beside, ""])
        if self.problems or "\t\n" in said:
            return ""
        return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()


def look_over(folder: Path, *, max_bytes: int) -> Look:
    """Find every article below `folder`, and what is there in place of one.

    Hidden files, names that begin with _ and editors' backups are passed over in silence;
    anything else that is neither an article nor media is a problem, and the others go on.
    Raises UsageError if the folder itself can't be read.
    """
    look = Look(lines=[], beside=[], problems=[])
    settled = settled_before()
    folders = [""]
    plain = []
    try:
        while folders:
            prefix = folders.pop()
            plain.append((prefix, _look_into(folder, prefix, settled, max_bytes, look, folders)))
    except OSError as err:
        raise UsageError(
            f"the folder of articles can't be read: {err.strerror}",
            path=str(folder),
            mend="make it, or name another as folder under [articles] in publisher.toml",
        ) from err
    look.lines.extend(stamp_lines(folder, plain, settled, max_bytes))
    look.lines.sort()
    look.beside.sort()
    look.problems.sort(key=lambda problem: problem.path)
    return look


def read_article_files(
    folder: Path, paths: Iterable[str], *, max_bytes: int
) -> Iterator[Article | ArticleError]:
    """The articles at these paths below `folder`, read one by one as they are asked for."""
    from publisher.model import Article  # noqa: PLC0415 - who only looks needs no nouns

    with Shelf(folder) as shelf:
        for path in paths:
            try:
                yield Article(path=path, data=shelf.read(path, max_bytes))
            except OSError as err:
                what, mend = _refusal(err)
                yield ArticleError(what, mend=mend, path=path)


def _look_into(
    root: Path, prefix: str, settled: int, max_bytes: int, look: Look, folders: list[str]
) -> list[str]:
    """Take in one folder but for what is plainly an article: the names of those are the answer.

    Its folders are left in `folders`. OSError only for the root.
    """
    plain: list[str] = []
    is_plain, add = _PLAIN.fullmatch, plain.append
    try:
        with os.scandir(root / prefix) as entries:
            for entry in entries:
                name = entry.name
                if is_plain(name) and entry.is_file(follow_symlinks=False):
                    add(name)
                else:
                    _look_at(prefix, entry, settled, max_bytes, look, folders)
    except OSError as err:
        if not prefix:
            raise
        _blame(prefix, _refusal(err), look)
    return plain


def _look_at(
    prefix: str,
    entry: os.DirEntry[str],
    settled: int,
    max_bytes: int,
    look: Look,
    folders: list[str],
) -> None:
    """Take in what may be no article."""
    name, kind = entry.name, _kind(entry)
    if _PRIVATE.fullmatch(name):
        return
    if kind != "folder" and _extension(name) in _BESIDE:
        look.beside.append(f"{prefix}{name}\t{_stamp(entry, settled, sys.maxsize)}")
        return
    problem = _name_problem(name, kind)
    if problem:
        _blame(prefix + name, problem, look)
    elif kind == "folder":
        folders.append(f"{prefix}{name}/")
    else:
        look.lines.append(f"{prefix}{name}\t{_stamp(entry, settled, max_bytes)}")


def _blame(path: str, problem: tuple[str, str], look: Look) -> None:
    look.problems.append(ArticleError(problem[0], mend=problem[1], path=_printable(path)))


def _refusal(err: OSError) -> tuple[str, str]:
    """What is wrong with a file, and how to mend it."""
    return f"can't be read: {err.strerror}", _MEND.get(err.errno or 0, "see to that disk")


def _stamp(entry: os.DirEntry[str], settled: int, max_bytes: int) -> str:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return ""  # it went away just now; reading it will say so
    return file_stamp(status, settled) if status.st_size <= max_bytes else ""


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
