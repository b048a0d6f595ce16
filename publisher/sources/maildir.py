"""The letters of a Maildir, where what came back arrives.

A letter is discarded by its reader, after it was stored: whatever happens in between, the next
run finds it again, and the store knows it by its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from publisher.errors import MailboxError
from publisher.sources.files import read_regular
from publisher.valueclass import valueclass

_PARTS = ("new", "cur")
LARGEST = 25 * 2**20  # bytes of one letter; what is larger stays where it is, and is named
MOST = 100_000  # letters of one look


@valueclass(kw_only=False)
class Letter:
    """A message as it lies in a mailbox; `discard` takes it out.

    `trouble` is why it can't be read; then it stays where it is, and the others go on.
    """

    data: bytes
    discard: Callable[[], None]
    trouble: MailboxError | None = None


def read_maildir(folder: Path) -> Iterator[Letter]:
    """The letters of a Maildir, new and seen, the oldest first. Raises MailboxError."""
    for part in _PARTS:
        try:
            names = sorted(path.name for path in (folder / part).iterdir())
        except OSError as err:
            raise MailboxError(
                f"the Maildir can't be read: {err.strerror}",
                mend="[bounces] maildir names a folder that has new/ and cur/ in it",
                path=str(folder),
            ) from err
        for name in names[:MOST]:
            letter = None if name.startswith(".") else _letter(folder, f"{part}/{name}")
            if letter is not None:
                yield letter


def is_empty_maildir(folder: Path) -> bool:
    """Whether nothing has arrived in a Maildir; False too if it can't be read. Never raises."""
    try:
        letters = (path for part in _PARTS for path in (folder / part).iterdir())
        return all(path.name.startswith(".") for path in letters)
    except OSError:
        return False


def _letter(folder: Path, path: str) -> Letter | None:
    discard = _remover(folder / path)
    try:
        return Letter(read_regular(folder, path, LARGEST), discard)
    except FileNotFoundError:
        return None  # another program has moved it meanwhile
    except OSError as err:
        trouble = MailboxError(
            f"a letter can't be read: {err.strerror}",
            mend="look at it, and take it out of the Maildir",
            path=str(folder / path),
        )
        return Letter(b"", discard, trouble)


def _remover(path: Path) -> Callable[[], None]:
    def remove() -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as err:
            raise MailboxError(
                f"a letter that was read can't be removed: {err.strerror}",
                mend="let the user who runs publisher write to that folder",
                path=str(path),
            ) from err

    return remove
