"""What this machine and this installation do to a site: looked at, and nothing changed."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import BuiltinFunctionType

from sqlalchemy.engine import make_url

from publisher.config import KEY_NAME, Site
from publisher.model import Finding, Severity
from publisher.publish.templates import check_own_templates

# Their locks are not every machine's: https://sqlite.org/faq.html#q5
_SHARED = ("nfs", "cifs", "smb", "afs", "ceph", "9p", "fuse.sshfs", "fuse.glusterfs")
_LITTLE = 100 << 20  # bytes of free space
# The first that escape line ends in headers by themselves (CVE-2024-6923). We write headers with
# our own code; programs that share the interpreter may not.
_PATCHED = {(3, 11): (3, 11, 10), (3, 12): (3, 12, 5)}
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*([^;]*)(;.*)?")


def examine(site: Site) -> Iterator[Finding]:
    """Everything that a person should see to: versions, files, the disk, templates."""
    yield from _interpreter(sys.version_info[:3])
    yield from _packages(_requirements())
    yield from _mjml()
    yield from _folders(site)
    yield from _modes(site)
    yield from _store(site)
    for checked in check_own_templates(site):
        yield from checked.findings


def _interpreter(version: tuple[int, ...]) -> Iterator[Finding]:
    patched = _PATCHED.get((version[0], version[1]))
    if patched and version < patched:
        yield _warning(
            f"Python {_dotted(version)} lacks mends of its mail library (CVE-2024-6923)",
            f"take {_dotted(patched)} or newer; publisher itself writes headers by its own code",
        )


def _requirements() -> list[str]:
    try:
        return metadata.requires("publisher") or []
    except metadata.PackageNotFoundError:
        return []  # a checkout: its lock file says which versions there are


def _packages(requirements: list[str]) -> Iterator[Finding]:
    """The packages that are asked for and missing, or of a version that was not tried."""
    for one in requirements:
        found = _REQUIREMENT.fullmatch(one)
        if not found or found[3]:  # only with an extra
            continue
        try:
            version = metadata.version(found[1])
        except metadata.PackageNotFoundError:
            yield _error(f"the package {found[1]} is missing", f"pip install '{one}'")
            continue
        if not all(_meets(version, bound) for bound in found[2].split(",") if bound.strip()):
            yield _error(
                f"the package {found[1]} is {version}, and {found[2].strip()} is asked for",
                f"pip install '{one}'",
            )


def _meets(version: str, bound: str) -> bool:
    match = re.fullmatch(r"\s*(>=|<=|==|!=|<|>)\s*([0-9.]+)\s*", bound)
    if not match:
        return True
    has, wants = _numbers(version), _numbers(match[2])
    return {
        ">=": has >= wants,
        "<=": has <= wants,
        "==": has == wants,
        "!=": has != wants,
        "<": has < wants,
        ">": has > wants,
    }[match[1]]


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(part) for part in found[0].split(".")] if found else [0]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _mjml() -> Iterator[Finding]:
    try:
        from mjml import mjml2html  # noqa: PLC0415
    except ImportError as err:
        yield _error(f"mjml-python can't be imported: {err}", "pip install mjml-python")
        return
    if not isinstance(mjml2html, BuiltinFunctionType):
        yield _error(
            "the package mjml hides mjml-python, which has the same import name",
            "pip uninstall mjml, then pip install --force-reinstall mjml-python",
        )


def _folders(site: Site) -> Iterator[Finding]:
    for folder in {site.folder, site.output}:
        there = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
        if not os.access(there, os.W_OK | os.X_OK):
            yield _error("this user can't write here", "chown or chmod the folder", there)
        elif shutil.disk_usage(there).free < _LITTLE:
            yield _warning(
                f"the disk has less than {_LITTLE >> 20} MB left", "free some space", there
            )


def _modes(site: Site) -> Iterator[Finding]:
    """What holds addresses or keys and can be read by others."""
    private = [KEY_NAME, "publisher.db", "publisher.db-wal", "publisher.db-shm", "outbox"]
    for path in [*(site.folder / name for name in private), *site.folder.glob("dkim*.key")]:
        try:
            found = path.stat()
        except OSError:
            continue
        if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
            yield _warning("others on this machine can read it", f"chmod {mode} {path}", path)


def _store(site: Site) -> Iterator[Finding]:
    url = make_url(site.settings.storage.url)
    if url.get_backend_name() != "sqlite":
        return
    path = site.folder / (url.database or "publisher.db")
    kind = file_system(path.parent)
    if kind.startswith(_SHARED):
        yield _error(
            f"the database lies on {kind}, where several machines can't lock it",
            "put it on a disk of this machine, or use PostgreSQL ([storage] url)",
            path,
        )
    if not path.exists():
        return
    try:
        connection = sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)
        try:
            (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as err:
        yield _error(f"the database can't be read: {err}", "put it back from a backup", path)
        return
    if mode != "wal":
        yield _warning(
            f"the database keeps its journal as {mode}, not wal", "the next run changes it", path
        )
    if sound != "ok":
        yield _error(f"the database is damaged: {sound}", "put it back from a backup", path)


def file_system(folder: Path, mounts: str = "/proc/self/mountinfo") -> str:
    """The kind of file system that a folder lies on ("ext4"); empty where nothing tells."""
    try:
        lines = Path(mounts).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    place, kind = "", ""
    wanted = os.path.realpath(folder)
    for line in lines:
        before, _, after = line.partition(" - ")
        # proc_pid_mountinfo(5): blanks in a path stand as \040.
        point = before.split(" ")[4].replace("\\040", " ")
        inside = wanted == point or wanted.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(place):
            place, kind = point, after.split(" ")[0]
    return kind


def _error(what: str, mend: str, path: Path | None = None) -> Finding:
    return Finding(severity=Severity.ERROR, what=what, mend=mend, path=str(path or ""))


def _warning(what: str, mend: str, path: Path | None = None) -> Finding:
    return Finding(severity=Severity.WARNING, what=what, mend=mend, path=str(path or ""))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
