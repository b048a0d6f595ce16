"""publisher.password: the operator's password for the status page, as a hash (scrypt)."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from publisher.errors import ConfigError, UsageError

PASSWORD_NAME = "publisher.password"  # noqa: S105 - of the file
SHORTEST = 10  # letters
LONGEST = 1000
# 32 MiB and some tenths of a second a guess (RFC 7914; the OWASP cheat sheet's third choice).
_COST, _BLOCK, _PARALLEL = 2**15, 8, 3
_MAX_MEMORY = 128 * 1024 * 1024


def save_password(folder: Path, password: str) -> None:
    """Keep the hash of a new password, mode 0600. Raises UsageError for one that is too short."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"a password has {SHORTEST} to {LONGEST} letters", mend="take some words in a row"
        )
    salt = secrets.token_bytes(16)
    cost = (_COST, _BLOCK, _PARALLEL)
    line = ":".join(["scrypt", *map(str, cost), salt.hex(), _hash(password, salt, cost).hex()])
    path = folder / PASSWORD_NAME
    draft = path.with_name(f"{PASSWORD_NAME}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as err:
        draft.unlink(missing_ok=True)
        raise ConfigError(f"can't write {PASSWORD_NAME}: {err.strerror}", path=str(path)) from err


def load_password(folder: Path) -> str:
    """The hash that `check_password` compares with; empty where no password was set."""
    path = folder / PASSWORD_NAME
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigError(f"{PASSWORD_NAME} can't be read: {err}", path=str(path)) from err
    if _parse(text) is None:
        raise ConfigError(
            f"{PASSWORD_NAME} holds no password of ours; `publisher password` sets a new one",
            path=str(path),
        )
    return text


def check_password(password: str, stored: str) -> bool:
    """Whether this is the password; takes as long for a wrong one."""
    parts = _parse(stored)
    if parts is None:
        return False
    cost, salt, known = parts
    return hmac.compare_digest(_hash(password[:LONGEST], salt, cost), known)


def _hash(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    n, r, p = cost
    words = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(words, salt=salt, n=n, r=r, p=p, maxmem=_MAX_MEMORY, dklen=32)


def _parse(stored: str) -> tuple[tuple[int, int, int], bytes, bytes] | None:
    try:
        name, n, r, p, salt, known = stored.split(":")
        parts = (int(n), int(r), int(p)), bytes.fromhex(salt), bytes.fromhex(known)
    except ValueError:
        return None
    return parts if name == "scrypt" and len(parts[2]) == 32 else None
