"""publisher.key: the keys that sign readers' links."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from publisher.errors import ConfigError

KEY_NAME = "publisher.key"


def load_keys(folder: Path) -> tuple[bytes, ...]:
    """The keys that sign readers' links, oldest first; the last one signs.

    They lie in publisher.key, one a line in hexadecimal, made with mode 0600 the first time. To
    rotate, add a line: links signed with the older ones stay good.
    """
    path = folder / KEY_NAME
    if path.exists():
        return _read_keys(path)
    key = secrets.token_bytes(32)
    try:
        _put(path, key.hex() + "\n")
    except FileExistsError:  # another process was quicker
        return _read_keys(path)
    except OSError as err:
        raise ConfigError(f"can't make {KEY_NAME}: {err.strerror}", path=str(path)) from err
    return (key,)


def _put(path: Path, text: str) -> None:
    """Make the file, whole and on the disk, or not at all: half a key could never be mended."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)  # unlike a rename, it replaces nothing
    finally:
        with suppress(OSError):
            partial.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def keys_are_loose(folder: Path) -> bool:
    """Whether other people on this machine may read publisher.key."""
    try:
        mode = (folder / KEY_NAME).stat().st_mode
    except OSError:
        return False
    return bool(mode & (stat.S_IRWXG | stat.S_IRWXO))


def _read_keys(path: Path) -> tuple[bytes, ...]:
    try:
        lines = path.read_text(encoding="ascii").split()
        keys = tuple(bytes.fromhex(line) for line in lines)
    except (OSError, ValueError) as err:
        raise ConfigError(
            f"{KEY_NAME} can't be read: {err}; put it back from a backup, for without it the "
            "links in mails already sent stop working",
            path=str(path),
        ) from err
    if not keys or any(len(key) < 16 for key in keys):
        raise ConfigError(
            f"{KEY_NAME} must hold keys of at least 32 hexadecimal digits, one a line",
            path=str(path),
        )
    return keys
