"""The default way out: a folder with one .eml for each message, which any mail program opens."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from publisher.delivery.transports.letters import Letter
from publisher.delivery.transports.protocol import Mailroom, Managed
from publisher.errors import TransportError
from publisher.model import Outcome, Receipt

_LONGEST_NAME = 200  # bytes; most file systems take 255


class Outbox(Managed):
    """Writes each message into `folder`, whole and durable, or not at all.

    The folder is made with mode 0700 and the files with 0600: they hold addresses and signed
    links. The name comes from the Message-ID, so a second attempt replaces the first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"Outbox({str(self._folder)!r})"

    def open(self) -> None:
        """Make the folder. Raises TransportError where nothing can be written."""
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                # Or a power cut takes it away with all that is in it, whatever was synced there.
                _sync_folder(self._folder.parent)
        except OSError as err:
            raise self._unusable(err) from err

    def carry(self, mailroom: Mailroom) -> None:
        """Write letter by letter. Raises TransportError where the disk takes no more."""
        self.open()
        mailroom.begin(None)
        try:
            self._carry(mailroom)
        finally:
            mailroom.end()

    def _carry(self, mailroom: Mailroom) -> None:
        done: list[tuple[Letter, Receipt]] = []
        while letter := mailroom.next():
            mailroom.turn([letter], done)
            done = []
            path = self._folder / file_name(letter.message_id)
            try:
                _write_whole(path, letter.data)
            except OSError as err:
                mailroom.back(letter)
                raise self._unusable(err) from err
            receipt = Receipt(outcome=Outcome.ACCEPTED, reply=f"written to {path.name}")
            done.append((letter, receipt))
        mailroom.turn([], done)

    def close(self) -> None:
        """Nothing stays open between two messages."""

    def _unusable(self, err: OSError) -> TransportError:
        return TransportError(
            f"the outbox can't be written: {err.strerror or err}",
            mend="make the folder writable and see that the disk has room",
            path=str(self._folder),
        )


def file_name(message_id: str) -> str:
    """A name for a message's file: the Message-ID's local part, where it is safe as a name."""
    local = message_id.strip("<>").rpartition("@")[0]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", local).strip(".-")[:_LONGEST_NAME]
    if name != local or not name:
        # Two different ids must not share a file.
        name = f"{name}-{hashlib.sha256(message_id.encode()).hexdigest()[:16]}".lstrip("-")
    return f"{name}.eml"


def _write_whole(path: Path, data: bytes) -> None:
    """Temporary file, fsync, rename, fsync of the folder: never half a message under its name."""
    # Always the same name: what a killed run left half-written, the next attempt writes over.
    temporary = path.with_name(f".{path.name}.tmp")
    handle = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
